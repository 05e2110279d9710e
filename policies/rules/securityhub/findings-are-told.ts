import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { matchesPattern } from "../../event-pattern.ts";
import { isGiven } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";

/** A new finding as Security Hub tells of it (User Guide, "EventBridge event formats for Security Hub"). */
const finding = (severity: string): object => ({
  source: "aws.securityhub",
  "detail-type": "Security Hub Findings - Imported",
  detail: { findings: [{ Severity: { Label: severity }, Workflow: { Status: "NEW" }, RecordState: "ACTIVE", Compliance: { Status: "FAILED" } }] },
});

/** Of a serious finding somebody hears at once: a rule of EventBridge matches it, and has a target. */
export const findingsAreTold: StackValidationPolicy = {
  name: "securityhub-findings-are-told",
  description: "Somebody must be told of every new finding of Security Hub that is high or critical.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(6)(ii)"),
  tags: ["securityhub", "incidents", "presence"],
  remediationSteps: "Add `SecurityTooling`, or an EventRule on aws.securityhub for HIGH and CRITICAL with the topic of alerts as its target.",
  configSchema: requiredSchema,
  validateStack: (args, report) => {
    onlyWhereRequired(args);
    const targets = ofType(args.resources, "aws:cloudwatch/eventTarget:EventTarget").filter(({ props }) => isGiven(props, "arn"));
    const rules = ofType(args.resources, "aws:cloudwatch/eventRule:EventRule").filter(
      (rule) =>
        isGiven(rule.props, "eventPattern") &&
        (rule.props["state"] ?? "ENABLED") !== "DISABLED" &&
        targets.some((target) => refersTo(target, "rule", rule, ["name", "id"])),
    );
    const untold = ["HIGH", "CRITICAL"].filter(
      (label) => !rules.some(({ props }) => matchesPattern(JSON.parse(props["eventPattern"] as string), finding(label))),
    );
    if (untold.length > 0) report(`Nobody is told of ${untold.join(" and ")} findings; an EventRule on aws.securityhub must match them and have a target.`);
  },
};
