import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/**
 * One name is one person: `Jane@x` is nobody else than `jane@x`, and who changes the address that he signs in with must first show
 * that it is his.
 */
export const poolTellsPeopleApart: ResourceValidationPolicy = {
  name: "cognito-pool-tells-people-apart",
  description: "Cognito user pools must not tell names apart by the case of letters, and must verify a new address before it counts.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(a)(2)(i)", "164.312(d)"),
  tags: ["cognito", "identity"],
  remediationSteps: "Use SignIn, or set usernameConfiguration.caseSensitive false and userAttributeUpdateSettings.attributesRequireVerificationBeforeUpdates.",
  validateResource: validateResourceOfType(aws.cognito.UserPool, (pool, args, report) => {
    // Left out, Cognito's API tells them apart (API reference, `UsernameConfigurationType`).
    if (pool.usernameConfiguration?.caseSensitive !== false) {
      report(`User pool "${args.name}" tells names apart by case; usernameConfiguration.caseSensitive must be false.`);
    }
    const names = [...(pool.usernameAttributes ?? []), ...(pool.aliasAttributes ?? [])].filter((name) => name === "email" || name === "phone_number");
    const verified = pool.userAttributeUpdateSettings?.attributesRequireVerificationBeforeUpdates ?? [];
    const open = names.filter((name) => !verified.includes(name));
    if (open.length > 0) {
      report(`User pool "${args.name}" takes a new ${open.join(", ")} unseen; userAttributeUpdateSettings must ask for its verification.`);
    }
  }),
};
