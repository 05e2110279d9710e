import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly required: boolean;
}

const requiredByDefault = true;

/** What holds something that can't be made again. */
const stateful = new Set([
  "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault",
  "aws:backup/vault:Vault",
  "aws:cloudtrail/eventDataStore:EventDataStore",
  "aws:cloudtrail/trail:Trail",
  "aws:cognito/userPool:UserPool",
  "aws:dynamodb/globalTable:GlobalTable",
  "aws:dynamodb/table:Table",
  "aws:ecr/repository:Repository",
  "aws:kms/key:Key",
  "aws:kms/replicaKey:ReplicaKey",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketV2:BucketV2",
  "aws:sagemaker/featureGroup:FeatureGroup",
  "aws:sagemaker/modelPackageGroup:ModelPackageGroup",
  "aws:secretsmanager/secret:Secret",
]);

/** No deployment deletes or replaces what holds data, keys or who people are: Pulumi refuses to, until somebody takes the protection off. */
export const dataAreProtectedFromDeletion: ResourceValidationPolicy = {
  name: "aws-data-are-protected-from-deletion",
  description: "Buckets, tables, keys, vaults, trails, secrets, user pools and registries must be protected from deletion.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.310(d)(2)(i)", "164.310(d)(2)(iv)", "164.312(c)(1)"),
  tags: ["aws", "recovery", "presence"],
  remediationSteps: "Set svp:removal to retain, which gives the components' resources the option protect.",
  configSchema: { properties: { required: { type: "boolean", default: requiredByDefault } } },
  validateResource: ({ type, name, opts, getConfig, notApplicable }, report) => {
    if (!stateful.has(type)) notApplicable("The resource holds nothing that can't be made again.");
    const { required = requiredByDefault } = getConfig<Partial<Config>>();
    if (!required) notApplicable("What this stack holds may go with it.");
    if (!opts.protect) report(`"${name}" can be deleted by a deployment; it must have the option protect.`);
  },
};
