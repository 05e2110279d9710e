import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { s3Types } from "./buckets.ts";

/** Arguments of a bucket that the provider has replaced by resources of their own, all of them deprecated. */
const deprecated = [
  "accelerationStatus",
  "acl",
  "corsRules",
  "grants",
  "lifecycleRules",
  "loggings",
  "logging",
  "objectLockConfiguration",
  "policy",
  "replicationConfiguration",
  "requestPayer",
  "serverSideEncryptionConfiguration",
  "versioning",
  "versionings",
  "website",
  "websites",
];

/** The other rules judge the resources that a bucket consists of: what is said in the bucket itself, past them, is refused. */
export const bucketHasItsPartsAsResources: ResourceValidationPolicy = {
  name: "s3-bucket-has-its-parts-as-resources",
  description: "S3 buckets must be configured by resources of their own, which can be judged, and not by deprecated arguments.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(8)", "164.312(a)(1)"),
  tags: ["s3", "evaluation"],
  remediationSteps: "Make the bucket an EncryptedBucket, or replace the argument by the resource that the provider names in its place.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    if (!s3Types("Bucket").includes(type)) notApplicable("The resource is no bucket.");
    const used = deprecated.filter((argument) => isGiven(props, argument));
    if (used.length > 0) report(`Bucket "${name}" sets ${used.join(", ")}; it must have resources for that.`);
  },
};
