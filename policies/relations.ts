import type { PolicyResource } from "@pulumi/policy";
import { type Statement, statementsOf } from "./documents.ts";
import { knownText } from "./given.ts";
import { isDenied } from "./requests.ts";

/**
 * Whether `property` of a resource names another resource. The name itself is unknown in a preview, so the engine's
 * record of which output went into which input comes first; a name given as a plain text is compared.
 */
export function refersTo(resource: PolicyResource, property: string, target: PolicyResource, identifiers: readonly string[]): boolean {
  if (resource.propertyDependencies[property]?.some(({ urn }) => urn === target.urn)) return true;
  const name = knownText(resource.props, property);
  return name !== undefined && identifiers.some((identifier) => knownText(target.props, identifier) === name);
}

/** Finds what a property names among many, as {@link refersTo} tells of one: each is looked at once, however many ask. */
export function referrers(
  targets: readonly PolicyResource[],
  identifiers: readonly string[],
): (resource: PolicyResource, property: string) => PolicyResource | undefined {
  const byUrn = new Map(targets.map((target) => [target.urn, target]));
  const byName = new Map<string, PolicyResource>();
  for (const target of targets)
    for (const identifier of identifiers) {
      const name = knownText(target.props, identifier);
      if (name !== undefined && !byName.has(name)) byName.set(name, target);
    }
  return (resource, property) => {
    const made = resource.propertyDependencies[property]?.flatMap(({ urn }) => byUrn.get(urn) ?? [])[0];
    const name = made === undefined ? knownText(resource.props, property) : undefined;
    return made ?? (name === undefined ? undefined : byName.get(name));
  };
}

/** The resources of a type that belong to a bucket: S3 keeps encryption, versions and the like in resources of their own. */
export function companionsOf(bucket: PolicyResource, resources: readonly PolicyResource[], type: string): PolicyResource[] {
  return resources.filter((resource) => resource.type === type && refersTo(resource, "bucket", bucket, ["bucket", "id", "arn"]));
}

/** How a resource gets its policy: by an argument of its own, or by another resource that names it. */
export interface PolicyAttachment {
  /** Type of the resource that attaches a policy. */
  readonly type: string;
  /** Its property that names what it is attached to, and what can stand there. */
  readonly property: string;
  readonly identifiers: readonly string[];
}

/**
 * The statements of all policies that a resource has. In a preview its own policy is unknown if the program does not set it,
 * and counts only where nothing attaches one.
 */
export function attachedStatements(
  subject: PolicyResource,
  resources: readonly PolicyResource[],
  { type, property, identifiers }: PolicyAttachment,
): Statement[] {
  const attached = resources.filter((resource) => resource.type === type && refersTo(resource, property, subject, identifiers));
  const own = knownText(subject.props, "policy") ?? (attached.length === 0 ? (subject.props["policy"] as unknown) : undefined);
  return [...(own === undefined || own === "" ? [] : [own]), ...attached.map(({ props }) => props["policy"] as unknown)].flatMap(statementsOf);
}

/** Whether a policy denies an action to whoever does not come over TLS. Where the resource's ARN is unknown, its own policy names it. */
export function refusesPlainHttp(subject: PolicyResource, statements: readonly Statement[], action: string): boolean {
  const resource = knownText(subject.props, "arn") ?? statements.flatMap(({ resources }) => resources)[0] ?? "";
  return isDenied(statements, { action, resource, context: { "aws:securetransport": "false" } });
}
