import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { approvedRegions } from "../../data/regions.ts";

interface Config {
  readonly regions: readonly string[];
}

const defaultRegions: readonly string[] = approvedRegions.names;

/** What opens patients' data is copied only to where they themselves may lie. */
export const secretStaysInApprovedRegions: ResourceValidationPolicy = {
  name: "secretsmanager-secret-stays-in-approved-regions",
  description: "Secrets must be replicated to approved AWS Regions only.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(B)", "164.308(b)(1)"),
  tags: ["secretsmanager", "residency"],
  remediationSteps: "Take the replica away, or approve its Region in the setting regions.",
  configSchema: { properties: { regions: { type: "array", items: { type: "string" }, minItems: 1, default: [...defaultRegions] } } },
  validateResource: validateResourceOfType(aws.secretsmanager.Secret, ({ replicas = [] }, args, report) => {
    const { regions = defaultRegions } = args.getConfig<Partial<Config>>();
    if (replicas.length === 0) args.notApplicable("The secret has no replicas.");
    for (const { region } of replicas)
      if (!regions.includes(region)) report(`Secret "${args.name}" is copied to ${region}; it must stay in ${regions.join(", ")}.`);
  }),
};
