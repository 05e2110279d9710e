import type { PolicyResource } from "@pulumi/policy";
import { holdsCases } from "../../classification.ts";
import { isGiven, knownText } from "../../given.ts";
import type { Subjects } from "../../subjects.ts";

export const distributions: Subjects = { types: ["aws:cloudfront/distribution:Distribution"], noun: "Distribution" };

export interface Origin {
  readonly originId: string;
  readonly domainName: string;
  readonly originAccessControlId?: string;
  readonly customOriginConfig?: { readonly originProtocolPolicy?: string; readonly originSslProtocols?: readonly string[] };
  readonly s3OriginConfig?: object;
  readonly vpcOriginConfig?: object;
}

export interface Behavior {
  /** `*` for whatever no other behavior is for. */
  readonly pathPattern: string;
  readonly targetOriginId: string;
  readonly viewerProtocolPolicy: string;
  readonly allowedMethods: readonly string[];
  readonly cachePolicyId?: string;
  readonly trustedKeyGroups?: readonly string[];
}

type Properties = Readonly<Record<string, unknown>>;

export const originsOf = (props: Properties): Origin[] => (props["origins"] ?? []) as Origin[];

export function behaviorsOf(props: Properties): Behavior[] {
  const byDefault = (props["defaultCacheBehavior"] ?? {}) as Omit<Behavior, "pathPattern">;
  return [{ ...raw(byDefault), pathPattern: "*" }, ...((props["orderedCacheBehaviors"] ?? []) as Behavior[])];
}

/** A copy that reads nothing: reading an unknown value would end the rule. */
const raw = <T extends object>(object: T): T => Object.create(Object.getPrototypeOf(object), Object.getOwnPropertyDescriptors(object)) as T;

/** Whether an origin is a bucket: neither a server nor something in a network. */
export const isBucket = (origin: Origin): boolean => !isGiven(origin, "customOriginConfig") && !isGiven(origin, "vpcOriginConfig");

/** The server that an origin is, or the bucket, if either may hold data of cases. A bucket that the program does not make may hold anything. */
export function mayServeCases(origin: Origin, resources: readonly PolicyResource[]): boolean {
  if (!isBucket(origin)) return true;
  const host = knownText(origin, "domainName");
  const bucket = resources.find(({ type, props }) => {
    const name = type === "aws:s3/bucket:Bucket" ? knownText(props, "bucket") : undefined;
    return name !== undefined && host?.startsWith(`${name}.s3.`) === true;
  });
  return bucket === undefined || holdsCases(bucket);
}

/** Behaviors whose answers may be about cases, with what they are answered by. An origin that nobody knows may hold anything. */
export function behaviorsWithCases({ props }: PolicyResource, resources: readonly PolicyResource[]): { behavior: Behavior; origin: Origin | undefined }[] {
  const origins = originsOf(props);
  return behaviorsOf(props)
    .map((behavior) => ({ behavior, origin: origins.find(({ originId }) => originId === behavior.targetOriginId) }))
    .filter(({ origin }) => origin === undefined || mayServeCases(origin, resources));
}

/** A policy that a behavior names by its id. In a preview the id is unknown, and the engine's record tells which it may be. */
export function namedBy(distribution: PolicyResource, behavior: Behavior, property: string, type: string): PolicyResource[] {
  const within = behavior.pathPattern === "*" ? "defaultCacheBehavior" : "orderedCacheBehaviors";
  const candidates = (distribution.propertyDependencies[within] ?? []).filter((resource) => resource.type === type);
  if (!isGiven(behavior, property)) return [];
  const id = knownText(behavior, property);
  const comparable = id !== undefined && candidates.every(({ props }) => knownText(props, "id") !== undefined);
  return comparable ? candidates.filter(({ props }) => knownText(props, "id") === id) : candidates;
}
