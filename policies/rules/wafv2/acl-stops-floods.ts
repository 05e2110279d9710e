import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeAll } from "../../subjects.ts";
import { type AclRule, acls, rulesOf } from "./acls.ts";

interface Config {
  readonly requestsPerFiveMinutes: number;
}

/** A hospital's people share one address: a hundred of them, each with thirty requests in five minutes. */
const defaults: Config = { requestsPerFiveMinutes: 3000 };

/** Nobody floods what patients' care waits for, or tries passwords without end: a rule by rate blocks every address that asks too often. */
export const aclStopsFloods: StackValidationPolicy = {
  name: "wafv2-acl-stops-floods",
  description: "Web ACLs must block addresses that send too many requests.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(5)(ii)(C)", "164.312(a)(1)"),
  tags: ["wafv2", "availability"],
  remediationSteps: "Use WebFirewall, or add a rule with a rateBasedStatement without scopeDownStatement and with action block.",
  configSchema: { properties: { requestsPerFiveMinutes: { type: "integer", minimum: 10, default: defaults.requestsPerFiveMinutes } } },
  validateStack: (args, report) => {
    const { requestsPerFiveMinutes: most } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    judgeAll(args, report, acls, (acl, say) => {
      const rates = rulesOf(acl, args.resources).flatMap(rateOf);
      if (rates.length === 0) say("blocks nobody for asking too often; it must have a rateBasedStatement with action block.");
      else if (Math.min(...rates) > most) say(`lets an address send ${Math.min(...rates)} requests in five minutes; it must be ${most} at most.`);
    });
  },
};

/** Requests in five minutes from which on a rule blocks; nothing if it does not. */
function rateOf({ action, statement }: AclRule): number[] {
  const rate = statement?.rateBasedStatement;
  if (rate === undefined || rate.scopeDownStatement !== undefined || action?.["block"] === undefined) return [];
  return [(rate.limit * 300) / (rate.evaluationWindowSec ?? 300)];
}
