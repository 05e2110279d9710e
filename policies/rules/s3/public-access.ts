import type { PolicyResource } from "@pulumi/policy";

/** The four ways in which S3 blocks public access, of a bucket and of an account (S3 User Guide, "Blocking public access to your Amazon S3 storage"). */
export const publicAccessSwitches = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;

/** Those that are not on. */
export const switchesOff = (block: PolicyResource | undefined): string[] => publicAccessSwitches.filter((name) => block?.props[name] !== true);
