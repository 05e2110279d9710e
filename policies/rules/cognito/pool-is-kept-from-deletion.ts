import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";

/** Nobody deletes by accident who people are: users can't be restored, and a new user of the same name is somebody else. */
export const poolIsKeptFromDeletion: ResourceValidationPolicy = {
  name: "cognito-pool-is-kept-from-deletion",
  description: "Cognito user pools must be protected from deletion.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(i)", "164.312(a)(2)(i)", "164.312(b)"),
  tags: ["cognito", "availability"],
  remediationSteps: 'Use SignIn with removal "retain", or set deletionProtection ACTIVE.',
  configSchema: requiredSchema,
  validateResource: validateResourceOfType(aws.cognito.UserPool, (pool, args, report) => {
    onlyWhereRequired(args, "This stack is made to be taken down again.");
    if (pool.deletionProtection !== "ACTIVE")
      report(`User pool "${args.name}" has deletionProtection ${pool.deletionProtection ?? "INACTIVE"}; it must be ACTIVE.`);
  }),
};
