import type { PolicyResource } from "@pulumi/policy";
import { companionsOf } from "../../relations.ts";

interface CorsRule {
  readonly allowedMethods: readonly string[];
}

/** Whether something comes into a bucket from outside: pages upload to it, or its new objects start an analysis. */
export function takesUploads(bucket: PolicyResource, resources: readonly PolicyResource[]): boolean {
  const fromPages = companionsOf(bucket, resources, "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration").some(({ props }) =>
    (props["corsRules"] as readonly CorsRule[]).some(({ allowedMethods }) => allowedMethods.some((method) => method === "PUT" || method === "POST")),
  );
  return fromPages || companionsOf(bucket, resources, "aws:s3/bucketNotification:BucketNotification").some(({ props }) => props["eventbridge"] === true);
}
