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

/**
 * Prefixes of working copies: pictures that the privacy gate searches, and copies of videos that could not be read as they are. Both
 * show what the source shows, uncovered. And what endpoints told of requests that failed, until it is written down. No record
 * rests on them, so what the law asks of records does not hold for them, and every day that they lie is a risk.
 */
export const workingPrefixes: readonly string[] = ["screened-pictures/", "converted-videos/", "analysis-results/asynchronous-failures/"];

/** Whether a rule is about working copies and nothing else. */
export const isAboutWorkingCopies = ({ prefix, filter }: LifecycleRule, allowed: readonly string[]): boolean => {
  const only = prefix ?? filter?.prefix;
  return only !== undefined && only !== "" && allowed.some((working) => only.startsWith(working));
};

/** Whether a rule is about every object of its bucket. */
export const isAboutAll = ({ prefix, filter }: LifecycleRule): boolean =>
  !prefix && Object.entries(filter ?? {}).every(([key, value]) => key === "prefix" && value === "");
