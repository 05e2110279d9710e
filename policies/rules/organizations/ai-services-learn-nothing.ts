import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";
import { attachedPolicies, reaches, targetsOf } from "./guardrails.ts";

type Document = Readonly<Record<string, unknown>>;
const at = (document: unknown, ...keys: readonly string[]): unknown => keys.reduce<unknown>((value, key) => (value as Document | undefined)?.[key], document);
const children = "@@operators_allowed_for_child_policies";
const isClosed = (part: unknown): boolean => JSON.stringify(at(part, children)) === '["@@none"]';

/** Services whose opt-out another statement may not take back: all that the policy names. */
const optsOut = (document: unknown): boolean =>
  Object.values((at(document, "services") ?? {}) as Document)
    .filter((service) => typeof service === "object" && !Array.isArray(service))
    .every((service) => at(service, "opt_out_policy", "@@assign") === "optOut");

/**
 * AWS's AI services, Rekognition among them, may keep what they are shown and use it to become better, in other Regions too, unless
 * the organisation opts out (Organizations User Guide, "AI services opt-out policies"). It does, for all of them and those to come,
 * in every account, and no account can opt in again.
 */
export const aiServicesLearnNothing: StackValidationPolicy = {
  name: "organizations-ai-services-learn-nothing",
  description: "Every account of the organisation must be opted out of AWS's use of what its AI services are shown, for good.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(b)(1)", "164.314(a)(1)", "164.502(b)"),
  tags: ["organizations", "guardrails", "minimum-necessary", "presence"],
  remediationSteps: "Add `Guardrails` for every account, whose AISERVICES_OPT_OUT_POLICY assigns optOut to default and allows child policies nothing.",
  configSchema: requiredSchema,
  validateStack: (args, report) => {
    onlyWhereRequired(args);
    const policies = attachedPolicies(args.resources, "AISERVICES_OPT_OUT_POLICY");
    if (policies.length === 0) report("The stack must have a policy of type AISERVICES_OPT_OUT_POLICY.");
    for (const { policy } of policies) {
      const document: unknown = JSON.parse(policy.props["content"] as string);
      const byDefault = at(document, "services", "default");
      if (at(byDefault, "opt_out_policy", "@@assign") !== "optOut" || !optsOut(document))
        report(`Policy "${policy.name}" does not opt out of every AI service; default, and whatever else it names, must be assigned optOut.`, policy.urn);
      if (![at(document, "services"), byDefault, at(byDefault, "opt_out_policy")].every(isClosed))
        report(`Policy "${policy.name}" lets accounts opt in again; ${children} must be @@none on services, default and opt_out_policy.`, policy.urn);
    }
    const open = targetsOf(args.resources).filter((target) => !policies.some(({ targets }) => reaches(targets, target)));
    if (policies.length > 0 && (open.length > 0 || targetsOf(args.resources).length === 0))
      report(`The opt-out from AI services does not reach ${open.length > 0 ? open.join(", ") : "any account"}.`);
  },
};
