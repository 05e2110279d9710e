import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { matches } from "../../requests.ts";

interface Config {
  readonly buckets: readonly string[];
}

/** What `ArchiveBucket` calls its buckets, and `Guardrails` keep closed, in whatever account. */
const defaultBuckets = ["svp-*-archive"];

/** What Config records goes where nobody deletes it. The bucket is another stack's: it is known by the name that guardrails watch for. */
export const deliveryGoesToArchive: ResourceValidationPolicy = {
  name: "config-delivery-goes-to-archive",
  description: "Config delivery channels must deliver to a bucket of the log archive.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(b)", "164.312(c)(1)", "164.316(b)(2)(i)"),
  tags: ["config", "audit"],
  remediationSteps: "Set s3BucketName to the bucket of `LogArchive`.",
  configSchema: { properties: { buckets: { type: "array", items: { type: "string" }, minItems: 1, default: defaultBuckets } } },
  validateResource: validateResourceOfType(aws.cfg.DeliveryChannel, ({ s3BucketName }, { name, getConfig }, report) => {
    const { buckets = defaultBuckets } = getConfig<Partial<Config>>();
    if (!buckets.some((pattern) => matches(pattern, s3BucketName)))
      report(`Delivery channel "${name}" delivers to ${s3BucketName}; it must deliver to ${buckets.join(" or ")}.`);
  }),
};
