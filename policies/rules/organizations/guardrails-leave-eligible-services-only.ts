import type { StackValidationPolicy } from "@pulumi/policy";
import { isAllowedService } from "../../../contracts/hipaa-eligible-services.ts";
import { hipaa } from "../../controls.ts";
import { requiredSchema } from "../../required.ts";
import { attempt, type Guarded, judgeGuardrails } from "./guardrails.ts";

/**
 * No account can use a service that AWS's Business Associate Addendum does not cover, one that is yet to come included: guardrails
 * are asked about a service that nobody knows, some that are not eligible, and whatever they except.
 */
export const guardrailsLeaveEligibleServicesOnly: StackValidationPolicy = {
  name: "organizations-guardrails-leave-eligible-services-only",
  description: "Service-control policies must deny every service that is not HIPAA-eligible.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(1)(ii)(B)", "164.308(b)(1)", "164.314(a)(1)"),
  tags: ["organizations", "guardrails", "presence"],
  remediationSteps: "Add `Guardrails` for every account, and renew contracts/hipaa-eligible-services.ts rather than its policies.",
  configSchema: requiredSchema,
  validateStack: (args, report) => {
    judgeGuardrails(args, report, (guarded) => {
      const services = new Set(["a-service-to-come", ...knownIneligible, ...excepted(guarded)].filter((service) => !isAllowedService(service)));
      return [...services].sort().map((service) => ({ what: `${service}:*`, request: attempt(`${service}:Any`) }));
    });
  },
};

/** Services that are not in `hipaaEligible` and never were on AWS's page. */
const knownIneligible = ["deepracer", "gamelift", "lightsail", "sumerian"];

/** The services that any statement excepts from what it denies. */
const excepted = (guarded: readonly Guarded[]): string[] =>
  guarded.flatMap(({ statements }) => statements.flatMap(({ notActions }) => notActions.map((action) => action.split(":")[0]!)));
