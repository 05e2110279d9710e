import type { DeployedResource } from "../deploy/deployment.ts";
import { storageClasses, unreadTiers } from "./prices.ts";

interface LifecycleRule {
  readonly status?: string;
  readonly filter?: Filter & { readonly and?: Filter };
  readonly transitions?: readonly { readonly days?: number; readonly storageClass: string }[];
  readonly expiration?: { readonly days?: number };
}
interface Filter {
  readonly prefix?: string;
  readonly tags?: unknown;
  readonly tag?: unknown;
}

const yearDays = 365;

/** Where an object lies on which day of its first year. */
export interface Stay {
  readonly storageClass: string;
  readonly days: number;
}

/** How objects under a key move through the storage classes of a bucket in their first year, as its lifecycle says. */
export function firstYear(bucket: string, key: string, resources: readonly DeployedResource[]): Stay[] {
  const rules = resources
    .filter(({ type, inputs }) => type === "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration" && inputs["bucket"] === bucket)
    .flatMap(({ inputs }) => inputs["rules"] as LifecycleRule[])
    .filter((rule) => rule.status === "Enabled" && reaches(rule, key));
  const moves = rules
    .flatMap(({ transitions = [] }) => transitions)
    .map(({ days = 0, storageClass }) => ({ day: days, storageClass }))
    .sort((a, b) => a.day - b.day);
  const end = Math.min(yearDays, ...rules.flatMap(({ expiration }) => expiration?.days ?? []));
  const stops = [{ day: 0, storageClass: "STANDARD" }, ...moves].flatMap((stop, i, all) => {
    if (stop.storageClass !== "INTELLIGENT_TIERING") return [stop];
    // What nobody reads sinks through the tiers by itself, until it is moved.
    const sinking = unreadTiers.map(({ afterDays, storageClass }) => ({ day: stop.day + afterDays, storageClass }));
    return [stop, ...sinking.filter(({ day }) => day < (all[i + 1]?.day ?? end))];
  });
  return stops
    .map(({ day, storageClass }, i) => ({ storageClass, days: Math.min(end, stops[i + 1]?.day ?? end) - Math.min(end, day) }))
    .filter(({ days }) => days > 0);
}

/** Applies to every object under the key. Rules that ask for a tag reach only what somebody tagged. */
function reaches({ filter = {} }: LifecycleRule, key: string): boolean {
  const { prefix = "", tags, tag } = { ...filter, ...filter.and };
  return tags === undefined && tag === undefined && key.startsWith(prefix);
}

/** Dollars for one gigabyte through these stays. */
export function usdPerGb(stays: readonly Stay[]): number {
  return stays.reduce((sum, { storageClass, days }) => {
    const price = storageClasses[storageClass];
    if (price === undefined) throw new Error(`Storage class ${storageClass} has no price in local/cost/prices.ts.`);
    return sum + (price.usd * days * 12) / yearDays;
  }, 0);
}
