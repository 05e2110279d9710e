import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { hearersIn } from "../../event-pattern.ts";
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
    const hearers = hearersIn(args.resources);
    const untold = ["HIGH", "CRITICAL"].filter((label) => !hearers.some((hears) => hears(finding(label))));
    if (untold.length > 0) report(`Nobody is told of ${untold.join(" and ")} findings; an EventRule on aws.securityhub must match them and have a target.`);
  },
};
