import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { acts, alarmTypes } from "./alarms.ts";

/** An alarm that does nothing is a light in an empty room. */
export const alarmTellsSomebody: ResourceValidationPolicy = {
  name: "cloudwatch-alarm-tells-somebody",
  description: "CloudWatch alarms must have actions, and not have them switched off.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(6)(ii)", "164.312(b)"),
  tags: ["cloudwatch", "incidents"],
  remediationSteps: "Set alarmActions to the topic of alerts, an `EncryptedTopic`, and leave actionsEnabled at true.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    const kind = alarmTypes[type] ?? notApplicable("The resource is no alarm.");
    if (!acts(props)) report(`${kind} "${name}" does nothing; alarmActions must name a topic, and actionsEnabled must not be false.`);
  },
};
