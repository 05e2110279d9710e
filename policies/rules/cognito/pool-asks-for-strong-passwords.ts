import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly minimumLength: number;
  readonly history: number;
  readonly temporaryDays: number;
}

/** Length and history as the CIS AWS Foundations Benchmark asks of accounts; an invitation that nobody took for three days is sent anew. */
const defaults: Config = { minimumLength: 14, history: 24, temporaryDays: 3 };
/** What Cognito does if it is told nothing. */
const unset = { minimumLength: 8, passwordHistorySize: 0, temporaryPasswordValidityDays: 7 };
const classes = ["requireLowercase", "requireNumbers", "requireSymbols", "requireUppercase"] as const;

/** Passwords are long, of every class of characters and never used before; a temporary one ends soon. */
export const poolAsksForStrongPasswords: ResourceValidationPolicy = {
  name: "cognito-pool-asks-for-strong-passwords",
  description: "Cognito user pools must ask for long passwords of every class of characters, never used before.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(5)(ii)(D)", "164.312(d)"),
  tags: ["cognito", "passwords"],
  remediationSteps: "Use SignIn, or set passwordPolicy.",
  configSchema: {
    properties: {
      minimumLength: { type: "integer", minimum: 8, default: defaults.minimumLength },
      history: { type: "integer", minimum: 0, maximum: 24, default: defaults.history },
      temporaryDays: { type: "integer", minimum: 1, default: defaults.temporaryDays },
    },
  },
  validateResource: validateResourceOfType(aws.cognito.UserPool, (pool, args, report) => {
    const { minimumLength, history, temporaryDays } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    const policy = { ...unset, ...pool.passwordPolicy } as typeof unset & NonNullable<typeof pool.passwordPolicy>;
    const subject = `User pool "${args.name}" has passwordPolicy`;
    if (policy.minimumLength < minimumLength) report(`${subject}.minimumLength ${policy.minimumLength}; it must be ${minimumLength} or more.`);
    if (policy.passwordHistorySize < history) report(`${subject}.passwordHistorySize ${policy.passwordHistorySize}; it must be ${history} or more.`);
    if (policy.temporaryPasswordValidityDays > temporaryDays) {
      report(`${subject}.temporaryPasswordValidityDays ${policy.temporaryPasswordValidityDays}; it must be ${temporaryDays} at most.`);
    }
    const open = classes.filter((name) => policy[name] !== true);
    if (open.length > 0) report(`${subject} without ${open.join(", ")}; each must be true.`);
  }),
};
