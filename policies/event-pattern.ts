import type { PolicyResource } from "@pulumi/policy";
import { ofType } from "./accounts.ts";
import { isGiven, knownText } from "./given.ts";
import { refersTo } from "./relations.ts";

/**
 * Whether an event pattern matches an event (EventBridge User Guide, "Event patterns"), as far as it names values, compares numbers or has
 * `$or`. Of a list in the event one item is enough. A pattern with a comparison that is not known here matches nothing.
 */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  if (Array.isArray(event)) return event.some((item) => matchesPattern(pattern, item));
  if (Array.isArray(pattern)) return pattern.some((one) => one === event || compares(one, event));
  if (typeof pattern !== "object" || pattern === null || typeof event !== "object" || event === null) return false;
  return Object.entries(pattern).every(([key, inner]) =>
    key === "$or" && Array.isArray(inner) ? inner.some((one) => matchesPattern(one, event)) : matchesPattern(inner, (event as Record<string, unknown>)[key]),
  );
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

/** Whether a value meets `{ "numeric": [">", 0, "<=", 5] }`. */
function compares(comparison: unknown, value: unknown): boolean {
  const { numeric, ...others } = { ...(comparison as { numeric?: unknown } | null) };
  if (!Array.isArray(numeric) || ![2, 4].includes(numeric.length) || Object.keys(others).length > 0 || typeof value !== "number") return false;
  return [0, 2].every((at) => {
    if (at >= numeric.length) return true;
    const [name, bound] = numeric.slice(at, at + 2) as [unknown, unknown];
    return typeof bound === "number" && comparisons[String(name)]?.(value, bound) === true;
  });
}

/** Rules of the default bus that are on and have a target, each as whether it hears of an event. A pattern that is not known yet throws. */
export function hearersIn(resources: readonly PolicyResource[]): ((event: object) => boolean)[] {
  const targets = ofType(resources, "aws:cloudwatch/eventTarget:EventTarget").filter(({ props }) => isGiven(props, "arn"));
  return ofType(resources, "aws:cloudwatch/eventRule:EventRule")
    .filter(
      (rule) =>
        isGiven(rule.props, "eventPattern") &&
        (rule.props["state"] ?? "ENABLED") !== "DISABLED" &&
        (rule.props["eventBusName"] ?? "default") === "default" &&
        targets.some((target) => isOf(target, rule)),
    )
    .map(
      ({ props }) =>
        (event) =>
          matchesPattern(JSON.parse(props["eventPattern"] as string), event),
    );
}

/** Whether a target is a rule's: by its name where both are known. */
function isOf(target: PolicyResource, rule: PolicyResource): boolean {
  const [named, own] = [knownText(target.props, "rule"), knownText(rule.props, "name")];
  return named === undefined || own === undefined ? refersTo(target, "rule", rule, ["id"]) : named === own;
}
