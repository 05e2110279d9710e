import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { objections, today, waivers } from "../../waivers.ts";

/** An exception from a rule is documented, approved, in time, and about something that exists. Which rules exist, `test/policies` checks. */
export const waiversAreInOrder: StackValidationPolicy = {
  name: "pack-waivers-are-in-order",
  description: "Every waiver of a rule must have a reason, an approver, an expiry within a year, and a resource that it is about.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.306(d)(3)", "164.316(b)(1)"),
  tags: ["waivers"],
  remediationSteps: "Renew the waiver in policies/waivers.ts with a new decision, or remove it.",
  validateStack: ({ resources, notApplicable }, report) => {
    const urns = resources.map(({ urn }) => urn);
    const own = waivers.filter(({ stack }) => urns[0]?.startsWith(`urn:pulumi:${stack}::`));
    if (own.length === 0) notApplicable("The stack has no waivers.");
    for (const objection of objections(own, urns, today())) report(objection);
  },
};
