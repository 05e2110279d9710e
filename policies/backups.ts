import type { PolicyResource } from "@pulumi/policy";
import { refersTo } from "./relations.ts";
import { matches } from "./requests.ts";

/** Whether a selection of AWS Backup holds a resource: by its ARN, or by a pattern of ARNs, and none that is left out. Selections by tags are not looked into. */
export const isBackedUp = (resource: PolicyResource, resources: readonly PolicyResource[]): boolean =>
  resources.some(
    (selection) =>
      selection.type === "aws:backup/selection:Selection" && names(selection, "resources", resource) && !names(selection, "notResources", resource),
  );

function names(selection: PolicyResource, property: "resources" | "notResources", resource: PolicyResource): boolean {
  if (refersTo(selection, property, resource, [])) return true;
  const patterns = (selection.props[property] ?? []) as string[];
  return patterns.some((pattern) => matches(pattern, String(resource.props["arn"])));
}
