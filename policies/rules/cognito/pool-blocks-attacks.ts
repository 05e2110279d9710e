import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { pools } from "./pools.ts";

/** What may follow where somebody may have taken over an account, by how likely it is. */
const answers = { lowAction: ["MFA_REQUIRED", "BLOCK"], mediumAction: ["MFA_REQUIRED", "BLOCK"], highAction: ["BLOCK"] } as const;

/** Passwords that were stolen elsewhere, and sign-ins that are not like their user, are noticed and stopped (Cognito Developer Guide, "Advanced security with threat protection"). */
export const poolBlocksAttacks: StackValidationPolicy = {
  name: "cognito-pool-blocks-attacks",
  description: "Cognito user pools must block stolen passwords and taken-over accounts.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(5)(ii)(C)", "164.308(a)(5)(ii)(D)", "164.308(a)(6)(ii)", "164.312(d)"),
  tags: ["cognito", "attacks"],
  remediationSteps: "Use SignIn, or set userPoolAddOns.advancedSecurityMode ENFORCED and add a RiskConfiguration that blocks.",
  validateStack: (args, report) =>
    judgeAll(args, report, pools, (pool, say) => {
      const { advancedSecurityMode = "OFF" } = (pool.props["userPoolAddOns"] ?? {}) as { advancedSecurityMode?: string };
      if (advancedSecurityMode !== "ENFORCED") say(`has userPoolAddOns.advancedSecurityMode ${advancedSecurityMode}; it must be ENFORCED.`);
      const risks = args.resources.filter(({ type }) => type === "aws:cognito/riskConfiguration:RiskConfiguration");
      const own = risks.filter((risk) => refersTo(risk, "userPoolId", pool, ["id"]));
      if (own.length === 0) return say("does nothing about what it notices; it must have a RiskConfiguration.");
      for (const risk of own) for (const wrong of weaknessesOf(risk)) say(wrong);
    }),
};

function weaknessesOf({ name, props }: PolicyResource): string[] {
  const compromised = (props["compromisedCredentialsRiskConfiguration"] ?? {}) as { actions?: { eventAction?: string }; eventFilters?: string[] };
  const takeover = (props["accountTakeoverRiskConfiguration"] ?? {}) as { actions?: Record<string, { eventAction?: string } | undefined> };
  const { riskExceptionConfiguration } = props as { riskExceptionConfiguration?: { skippedIpRangeLists?: string[] } };
  const action = compromised.actions?.eventAction ?? "NO_ACTION";
  return [
    ...(action === "BLOCK" ? [] : [`answers stolen passwords by ${action} ("${name}"); it must be BLOCK.`]),
    ...(compromised.eventFilters === undefined || compromised.eventFilters.includes("SIGN_IN")
      ? []
      : [`does not look for stolen passwords at sign-in ("${name}").`]),
    ...Object.entries(answers).flatMap(([key, allowed]) => {
      const found = takeover.actions?.[key]?.eventAction ?? "NO_ACTION";
      return (allowed as readonly string[]).includes(found) ? [] : [`answers ${key} by ${found} ("${name}"); it must be ${allowed.join(" or ")}.`];
    }),
    ...((riskExceptionConfiguration?.skippedIpRangeLists ?? []).length === 0 ? [] : [`looks away for some addresses ("${name}"); it must skip none.`]),
  ];
}
