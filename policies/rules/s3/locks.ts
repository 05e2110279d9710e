import type { PolicyResource } from "@pulumi/policy";
import { partsOf } from "./buckets.ts";

/** What is wrong with how a bucket locks its objects, in words that follow its name. A year is 365 days here, for a lock may not end early. */
export function lockFlaws(bucket: PolicyResource, resources: readonly PolicyResource[], minimumDays: number): string[] {
  const [lock] = partsOf(bucket, resources, "BucketObjectLockConfiguration");
  const { mode, days, years } = (lock?.props["rule"]?.defaultRetention ?? {}) as { mode?: string; days?: number; years?: number };
  const locked = days ?? (years ?? 0) * 365;
  return [
    ...(bucket.props["objectLockEnabled"] === true ? [] : ["must set objectLockEnabled."]),
    ...(mode === "COMPLIANCE" ? [] : [`locks objects in mode ${mode ?? "unset"}; it must be COMPLIANCE, which binds everybody.`]),
    ...(locked >= minimumDays ? [] : [`locks objects ${locked} days; it must lock them ${minimumDays}.`]),
  ];
}
