import type { ResourceValidationPolicy } from "@pulumi/policy";
import { accountIdOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { statementsOf } from "../../documents.ts";
import { strangersIn } from "../../openings.ts";

/** Nobody of another account puts events on a bus, where they would start what real events start. A bus without a policy lets in its own account only. */
export const busIsClosedToStrangers: ResourceValidationPolicy = {
  name: "events-bus-is-closed-to-strangers",
  description: "Policies of EventBridge buses must let in nobody but their own account, and services on its behalf.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.312(c)(1)", "164.308(a)(4)(ii)(B)"),
  tags: ["events", "access"],
  remediationSteps: "Name principals of the bus's own account, or give the statement a condition by aws:PrincipalOrgID.",
  validateResource: ({ type, name, props, provider, notApplicable }, report) => {
    const own = accountIdOf(provider);
    if (type === "aws:cloudwatch/eventBusPolicy:EventBusPolicy") {
      for (const wrong of strangersIn(statementsOf(props["policy"]), own)) report(`The policy of bus "${name}" ${wrong}.`);
    } else if (type === "aws:cloudwatch/eventPermission:EventPermission") {
      const principal = String(props["principal"]);
      // Its only condition is about the organisation.
      if (principal === "*" ? props["condition"] === undefined : principal !== own) {
        report(`The permission "${name}" lets in ${principal === "*" ? "everybody" : `account ${principal}`}.`);
      }
    } else notApplicable("The resource says nothing of who may put events on a bus.");
  },
};
