import type { PolicyResource } from "@pulumi/policy";
import { knownText } from "../../given.ts";

/** The bucket that a URI `s3://bucket/key` names. */
export const bucketOfUri = (uri: string): string | undefined => /^s3:\/\/([^/{}]+)\//.exec(uri)?.[1];

/** Names of the buckets that a stack makes. */
export const bucketsNamed = (resources: readonly PolicyResource[]): ReadonlySet<string> =>
  new Set(
    resources
      .filter(({ type }) => type === "aws:s3/bucket:Bucket" || type === "aws:s3/bucketV2:BucketV2")
      .map(({ props }) => knownText(props, "bucket"))
      .filter((name) => name !== undefined),
  );
