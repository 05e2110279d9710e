import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { refersTo } from "../../relations.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";
import { alarmsOn } from "./alarms.ts";
import { matcherOf } from "./filter-pattern.ts";
import { deliversTo } from "./trail-log-group-outlives-its-stack.ts";
import { watchedEvents } from "./watched-events.ts";

/**
 * Of every change to what keeps patients' data safe, somebody hears at once: a metric filter on the organisation's trail matches
 * the event, and an alarm on its metric goes off. Filters are asked whether they match, not how they are written.
 */
export const changesRaiseAlarms: StackValidationPolicy = {
  name: "cloudwatch-changes-raise-alarms",
  description: "Signing in wrongly, using root, and changing identities, keys, networks, buckets or what watches must raise an alarm.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(C)", "164.308(a)(6)(ii)", "164.312(b)"),
  tags: ["cloudwatch", "incidents", "presence"],
  remediationSteps: "Add `AuditAlarms` to the account of `OrganizationTrail`.",
  configSchema: requiredSchema,
  validateStack: (args, report) => {
    onlyWhereRequired(args);
    const { resources } = args;
    const trails = ofType(resources, "aws:cloudtrail/trail:Trail").filter(({ props }) => props["isOrganizationTrail"] === true);
    const groups = ofType(resources, "aws:cloudwatch/logGroup:LogGroup").filter((group) => trails.some((trail) => deliversTo(trail, group)));
    const matchers = ofType(resources, "aws:cloudwatch/logMetricFilter:LogMetricFilter")
      .filter((filter) => groups.some((group) => refersTo(filter, "logGroupName", group, ["name", "id"])))
      .filter(({ props }) => {
        const { namespace, name, value } = props["metricTransformation"] as { namespace: string; name: string; value: string };
        return Number(value) >= 1 && alarmsOn(resources, namespace, name).length > 0;
      })
      .flatMap(({ props }) => matcherOf(props["pattern"] as string) ?? []);
    for (const [what, events] of Object.entries(watchedEvents)) {
      const missed = events.filter((event) => !matchers.some((matches) => matches(event))) as { eventName: string }[];
      if (missed.length > 0) report(`No alarm of the organisation's trail goes off at ${what} (${missed.map(({ eventName }) => eventName).join(", ")}).`);
    }
  },
};
