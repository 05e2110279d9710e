import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey, isGiven, judgeEach, knownText } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { arnOf, bucketNamedBy, replicationType, s3Types } from "./buckets.ts";

interface Config {
  readonly buckets: readonly string[];
}

/**
 * A copy lies where the same rules hold: in a bucket of the same stack, which the rules for Regions, keys and access judge, or in one that
 * the stack's configuration names by its ARN. It is encrypted with a customer key of its own Region.
 */
export const replicationStaysInOwnBuckets: StackValidationPolicy = {
  name: "s3-replication-stays-in-own-buckets",
  description: "Replication of S3 buckets must copy to buckets of the stack or approved ones, under a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.308(a)(7)(ii)(B)", "164.308(b)(1)", "164.312(a)(2)(iv)"),
  tags: ["s3", "residency", "encryption"],
  remediationSteps: "Use BucketReplication, or name the ARN of the bucket in the setting buckets; set encryptionConfiguration.replicaKmsKeyId.",
  configSchema: { properties: { buckets: { type: "array", items: { type: "string" }, default: [] } } },
  validateStack: ({ resources, getConfig, notApplicable }, report) => {
    const { buckets: approved = [] } = getConfig<Partial<Config>>();
    const replications = resources.filter(({ type }) => type === replicationType);
    if (replications.length === 0) notApplicable("The stack replicates no bucket.");
    judgeEach(replications, (replication) => {
      const say = (wrong: string): void => report(`Replication "${replication.name}" ${wrong}`, replication.urn);
      const own = resources.filter(({ type }) => s3Types("Bucket").includes(type));
      if (bucketNamedBy(replication, "bucket", resources) === undefined) say("copies what is in no bucket of the stack.");
      const rules = (replication.props["rules"] ?? []) as Rule[];
      const targets = own.filter((bucket) => refersTo(replication, "rules", bucket, []));
      judgeEach(rules, ({ destination }) => {
        if (isGiven(destination, "account")) say("names the account of its copies; they must lie in buckets of the stack.");
        if (!isCustomerKey(destination?.encryptionConfiguration, "replicaKmsKeyId"))
          say("must set encryptionConfiguration.replicaKmsKeyId to a customer-managed key.");
        const arn = knownText(destination, "bucket");
        const isOwn = arn === undefined ? targets.length > 0 : own.some((bucket) => [arnOf(bucket), knownText(bucket.props, "arn")].includes(arn));
        if (!isOwn && !approved.includes(arn ?? "")) say(`copies to ${arn ?? "a bucket"}, which is no bucket of the stack.`);
      });
    });
  },
};

interface Rule {
  readonly destination?: {
    readonly bucket?: string;
    readonly account?: string;
    readonly encryptionConfiguration?: { readonly replicaKmsKeyId?: string };
  };
}
