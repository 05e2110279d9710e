import type { StackValidationPolicy } from "@pulumi/policy";
import { judgeAccountsWithCases, ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly minimumLength: number;
  readonly remembered: number;
  readonly maximumDays: number;
}

/** CIS AWS Foundations Benchmark: 14 characters, 24 passwords remembered; changed every quarter, as AWS's conformance pack for HIPAA asks. */
const defaults: Config = { minimumLength: 14, remembered: 24, maximumDays: 90 };

const kinds = ["requireLowercaseCharacters", "requireNumbers", "requireSymbols", "requireUppercaseCharacters"];

/** There are no users of IAM; should one be made past all rules, its password is no easy one. */
export const accountHasStrongPasswordPolicy: StackValidationPolicy = {
  name: "iam-account-has-strong-password-policy",
  description: "Accounts that may hold cases must ask for long, varied and new passwords.",
  enforcementLevel: "mandatory",
  severity: "low",
  framework: hipaa("164.308(a)(5)(ii)(D)", "164.312(d)"),
  tags: ["iam", "authentication", "presence"],
  remediationSteps: "Make an AccountBaseline in the account.",
  configSchema: {
    properties: {
      minimumLength: { type: "integer", minimum: 6, maximum: 128, default: defaults.minimumLength },
      remembered: { type: "integer", minimum: 0, maximum: 24, default: defaults.remembered },
      maximumDays: { type: "integer", minimum: 1, default: defaults.maximumDays },
    },
  },
  validateStack: (args, report) => {
    const { minimumLength, remembered, maximumDays } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    judgeAccountsWithCases(args, report, ({ resources }, say) => {
      const [policy] = ofType(resources, "aws:iam/accountPasswordPolicy:AccountPasswordPolicy");
      if (policy === undefined) return say("has no password policy.");
      const { minimumPasswordLength = 6, passwordReusePrevention = 0, maxPasswordAge = 0 } = policy.props as Readonly<Record<string, number | undefined>>;
      const lacking = kinds.filter((kind) => policy.props[kind] !== true);
      if (minimumPasswordLength < minimumLength) say(`takes passwords of ${minimumPasswordLength} characters; it must be ${minimumLength}.`);
      if (lacking.length > 0) say(`does not set ${lacking.join(", ")} for passwords.`);
      if (passwordReusePrevention < remembered) say(`remembers ${passwordReusePrevention} passwords; it must be ${remembered}.`);
      if (maxPasswordAge === 0 || maxPasswordAge > maximumDays)
        say(`lets passwords last ${maxPasswordAge === 0 ? "for ever" : `${maxPasswordAge} days`}; it must be ${maximumDays} days.`);
      if (policy.props["allowUsersToChangePassword"] === false) say("lets nobody change their password; allowUsersToChangePassword must be true.");
    });
  },
};
