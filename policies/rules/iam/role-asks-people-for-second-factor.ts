import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { mayMeet } from "../../requests.ts";
import { isOnly, isPerson, judgeTrusts, machinesSetting } from "./trusts.ts";

interface Config {
  readonly maximumSeconds: number;
  /** ARNs, or patterns of them, of roles that only services take: whoever is one of these is no person. */
  readonly machines: readonly string[];
}

/** As long as a session. */
const defaultSeconds = 3600;

/** Roles that IAM Identity Center makes of permission sets, under a path that only it can write to. It asks for the second factor itself. */
const identityCenter = ":role/aws-reserved/sso.amazonaws.com/";

/**
 * Whoever takes a role by AWS credentials, or by an identity provider of people (SAML), has given a second factor, and lately. An identity
 * provider says so in the session tag `mfa`; a service or a workflow has none to give.
 */
export const roleAsksPeopleForSecondFactor: ResourceValidationPolicy = {
  name: "iam-role-asks-people-for-second-factor",
  description: "IAM roles that people take must ask for a second factor that was given within the hour.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(5)(ii)(D)", "164.312(a)(2)(i)", "164.312(a)(2)(ii)", "164.312(d)"),
  tags: ["iam", "authentication", "nprm-2025"],
  remediationSteps:
    "Describe the people of WorkforceRoles: by a permission set, by a SAML provider that sets the tag mfa, or by principals with a second factor.",
  configSchema: {
    properties: {
      maximumSeconds: { type: "integer", minimum: 900, default: defaultSeconds },
      machines: machinesSetting,
    },
  },
  validateResource: (args, report) => {
    const { maximumSeconds = defaultSeconds, machines = [] } = args.getConfig<Partial<Config>>();
    judgeTrusts(
      args,
      report,
      (trust, say) => {
        if (isOnly(trust, (arn) => arn.includes(identityCenter) || machines.includes(arn))) return;
        const none = { "aws:multifactorauthpresent": "false", "aws:multifactorauthage": undefined, "aws:requesttag/mfa": undefined };
        const old = { "aws:multifactorauthpresent": "true", "aws:multifactorauthage": String(maximumSeconds + 1), "aws:requesttag/mfa": undefined };
        const given = { "aws:multifactorauthpresent": "true", "aws:multifactorauthage": "1", "aws:requesttag/mfa": "true" };
        if (!mayMeet(trust, given)) say("can't be taken with a second factor");
        if (mayMeet(trust, none)) say("is taken without a second factor");
        else if (mayMeet(trust, old)) say(`is taken on a second factor of any age; aws:MultiFactorAuthAge must be ${maximumSeconds} or less`);
      },
      { of: isPerson, none: "No person takes the role." },
    );
  },
};
