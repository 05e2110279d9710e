import type { PolicyResource } from "@pulumi/policy";
import { partsOf } from "./buckets.ts";

/** A rule of a bucket's lifecycle, as far as rules here read it. */
export interface LifecycleRule {
  readonly id?: string;
  readonly status?: string;
  readonly prefix?: string;
  readonly filter?: { readonly prefix?: string } & Readonly<Record<string, unknown>>;
  readonly abortIncompleteMultipartUpload?: { readonly daysAfterInitiation?: number };
  readonly expiration?: { readonly days?: number; readonly date?: string; readonly expiredObjectDeleteMarker?: boolean };
  readonly noncurrentVersionExpiration?: { readonly noncurrentDays?: number; readonly newerNoncurrentVersions?: number };
}

/** The rules of a bucket's lifecycle that are in force. */
export const lifecycleOf = (bucket: PolicyResource, resources: readonly PolicyResource[]): LifecycleRule[] =>
  partsOf(bucket, resources, "BucketLifecycleConfiguration")
    .flatMap(({ props }) => (props["rules"] ?? []) as LifecycleRule[])
    .filter(({ status }) => status === "Enabled");

/** Whether a rule is about every object of its bucket. */
export const isAboutAll = ({ prefix, filter }: LifecycleRule): boolean =>
  !prefix && Object.entries(filter ?? {}).every(([key, value]) => key === "prefix" && value === "");
