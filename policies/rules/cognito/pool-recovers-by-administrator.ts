import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** A mailbox or a telephone is no proof of identity: who forgot a password asks an administrator. */
export const poolRecoversByAdministrator: ResourceValidationPolicy = {
  name: "cognito-pool-recovers-by-administrator",
  description: "Cognito user pools must let administrators alone reset passwords.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(d)", "164.308(a)(5)(ii)(D)"),
  tags: ["cognito", "passwords"],
  remediationSteps: "Use SignIn, or set accountRecoverySetting to admin_only.",
  validateResource: validateResourceOfType(aws.cognito.UserPool, (pool, args, report) => {
    const ways = pool.accountRecoverySetting?.recoveryMechanisms?.map(({ name }) => name) ?? [];
    if (ways.length !== 1 || ways[0] !== "admin_only") {
      report(`User pool "${args.name}" recovers accounts by ${ways.join(", ") || "what its users verified"}; accountRecoverySetting must be admin_only.`);
    }
  }),
};
