import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** Nobody gets credentials of AWS without having signed in, nor by the flow that lets a client choose its role. */
export const identityPoolAdmitsNoGuest: ResourceValidationPolicy = {
  name: "cognito-identity-pool-admits-no-guest",
  description: "Cognito identity pools must give credentials to known users only, and by the enhanced flow.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(2)(i)", "164.312(a)(1)", "164.312(d)"),
  tags: ["cognito", "access"],
  remediationSteps: "Set allowUnauthenticatedIdentities and allowClassicFlow false, and serverSideTokenCheck true for each user pool.",
  validateResource: validateResourceOfType(aws.cognito.IdentityPool, (pool, args, report) => {
    const subject = `Identity pool "${args.name}"`;
    if (pool.allowUnauthenticatedIdentities === true) report(`${subject} admits guests; allowUnauthenticatedIdentities must be false.`);
    if (pool.allowClassicFlow === true) report(`${subject} lets clients choose their roles; allowClassicFlow must be false.`);
    if (pool.cognitoIdentityProviders?.some(({ serverSideTokenCheck }) => serverSideTokenCheck !== true) === true) {
      report(`${subject} takes tokens of users who signed out; serverSideTokenCheck must be true.`);
    }
  }),
};
