import type { PolicyResource } from "@pulumi/policy";
import { knownText, lengthOf } from "./given.ts";
import { refersTo } from "./relations.ts";
import { matches } from "./requests.ts";

/** Whether a selection of AWS Backup holds a resource: by its ARN, or by a pattern of ARNs, and none that is left out. Selections by tags are not looked into. */
export const isBackedUp = (resource: PolicyResource, resources: readonly PolicyResource[]): boolean =>
  resources.some(
    (selection) =>
      selection.type === "aws:backup/selection:Selection" && names(selection, "resources", resource) && !names(selection, "notResources", resource),
  );

function names(selection: PolicyResource, property: "resources" | "notResources", resource: PolicyResource): boolean {
  const arn = knownText(resource.props, "arn");
  const count = lengthOf(selection.props, property);
  const list: unknown = Object.getOwnPropertyDescriptor(selection.props, property)?.value;
  const patterns = Array.from({ length: count }, (_, i) => knownText(list as object, String(i)));
  if (arn !== undefined && patterns.some((pattern) => pattern !== undefined && matches(pattern, arn))) return true;
  // What is not made yet has no ARN: then it counts that its output goes there.
  return (arn === undefined || patterns.includes(undefined)) && refersTo(selection, property, resource, []);
}
