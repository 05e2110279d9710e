import type { PolicyResource } from "@pulumi/policy";
import { unknownText } from "./given.ts";

/**
 * Whether `property` of a resource names another resource. The name itself is unknown in a preview, so the engine's
 * record of which output went into which input comes first; a name given as a plain text is compared.
 */
export function refersTo(resource: PolicyResource, property: string, target: PolicyResource, identifiers: readonly string[]): boolean {
  if (resource.propertyDependencies[property]?.some(({ urn }) => urn === target.urn)) return true;
  const name = known(resource, property);
  return name !== undefined && identifiers.some((identifier) => known(target, identifier) === name);
}

/** The resources of a type that belong to a bucket: S3 keeps encryption, versions and the like in resources of their own. */
export function companionsOf(bucket: PolicyResource, resources: readonly PolicyResource[], type: string): PolicyResource[] {
  return resources.filter((resource) => resource.type === type && refersTo(resource, "bucket", bucket, ["bucket", "id", "arn"]));
}

/** A text that is known: two unknown values are not the same value. */
function known(resource: PolicyResource, property: string): string | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(resource.props, property)?.value;
  return typeof value === "string" && value !== "" && value !== unknownText ? value : undefined;
}
