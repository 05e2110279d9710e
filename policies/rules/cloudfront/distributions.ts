import type { PolicyResource } from "@pulumi/policy";
import { holdsCases } from "../../classification.ts";
import { isGiven, judgeEach, knownText } from "../../given.ts";
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

/** Whether what an origin is, a server or a bucket, may hold data of cases. A bucket that the program does not make may hold anything. */
function mayServeCases(origin: Origin | undefined, resources: readonly PolicyResource[]): boolean {
  if (origin === undefined || !isBucket(origin)) return true;
  const { domainName } = origin;
  const bucket = resources.find(({ type, props }) => {
    const name = type === "aws:s3/bucket:Bucket" ? knownText(props, "bucket") : undefined;
    return name !== undefined && domainName.startsWith(`${name}.s3.`);
  });
  return bucket === undefined || holdsCases(bucket);
}

/**
 * Judges behaviors whose answers may be about cases. Which bucket one is about is unknown in a first preview, and asked of only where
 * something is wrong: what keeps the rule whatever it is about is judged all the same.
 */
export function judgeBehaviorsWithCases(
  { props }: PolicyResource,
  resources: readonly PolicyResource[],
  say: (wrong: string) => void,
  wrongsOf: (behavior: Behavior, origin: Origin | undefined) => readonly string[],
): void {
  const origins = originsOf(props);
  judgeEach(behaviorsOf(props), (behavior) => {
    const origin = origins.find(({ originId }) => originId === behavior.targetOriginId);
    const wrongs = wrongsOf(behavior, origin);
    if (wrongs.length > 0 && mayServeCases(origin, resources)) for (const wrong of wrongs) say(wrong);
  });
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
