import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** People are invited by an administrator, who knows them; nobody makes an account for himself. */
export const poolLetsNobodySignUp: ResourceValidationPolicy = {
  name: "cognito-pool-lets-nobody-sign-up",
  description: "Cognito user pools must let administrators alone create users.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(3)(ii)(A)", "164.308(a)(4)(ii)(B)", "164.308(a)(4)(ii)(C)", "164.312(a)(2)(i)"),
  tags: ["cognito", "access"],
  remediationSteps: "Use SignIn, or set adminCreateUserConfig.allowAdminCreateUserOnly true.",
  validateResource: validateResourceOfType(aws.cognito.UserPool, (pool, args, report) => {
    if (pool.adminCreateUserConfig?.allowAdminCreateUserOnly !== true) {
      report(`User pool "${args.name}" lets anybody sign up; adminCreateUserConfig.allowAdminCreateUserOnly must be true.`);
    }
  }),
};
