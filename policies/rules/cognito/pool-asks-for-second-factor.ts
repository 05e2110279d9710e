import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";

/**
 * Everybody brings a second factor at every sign-in: a code of an app, not a text message, which others can read. Remembered devices would
 * be excused from it (Cognito Developer Guide, "Working with user devices in your user pool").
 */
export const poolAsksForSecondFactor: ResourceValidationPolicy = {
  name: "cognito-pool-asks-for-second-factor",
  description: "Cognito user pools must ask everybody for a second factor from an app.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(d)", "164.312(a)(1)", "164.308(a)(5)(ii)(D)"),
  tags: ["cognito", "mfa", "nprm-2025"],
  remediationSteps: "Use SignIn, or set mfaConfiguration ON and softwareTokenMfaConfiguration.enabled true, without smsConfiguration and deviceConfiguration.",
  validateResource: validateResourceOfType(aws.cognito.UserPool, (pool, args, report) => {
    const subject = `User pool "${args.name}"`;
    if (pool.mfaConfiguration !== "ON") report(`${subject} has mfaConfiguration ${pool.mfaConfiguration ?? "OFF"}; it must be ON.`);
    if (pool.softwareTokenMfaConfiguration?.enabled !== true) report(`${subject} takes no codes of apps; softwareTokenMfaConfiguration.enabled must be true.`);
    if (isGiven(pool, "smsConfiguration")) report(`${subject} sends codes as text messages; it must not set smsConfiguration.`);
    const { challengeRequiredOnNewDevice, deviceOnlyRememberedOnUserPrompt } = pool.deviceConfiguration ?? {};
    if (challengeRequiredOnNewDevice === true || deviceOnlyRememberedOnUserPrompt === true) {
      report(`${subject} excuses devices that it remembers; it must not set deviceConfiguration.`);
    }
  }),
};
