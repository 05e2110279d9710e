import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { clientTypes } from "./clients.ts";

interface Config {
  readonly accessMinutes: number;
  readonly sessionMinutes: number;
  readonly signInMinutes: number;
}

/** An access token outlives neither an hour nor its user's rights for long; a session ends with a shift of twelve hours. */
const defaults: Config = { accessMinutes: 60, sessionMinutes: 12 * 60, signInMinutes: 5 };
const minutesIn: Readonly<Record<string, number>> = { seconds: 1 / 60, minutes: 1, hours: 60, days: 24 * 60 };
/** What Cognito does if it is told nothing (API reference, `CreateUserPoolClient`). */
const unset = { accessToken: [1, "hours"], idToken: [1, "hours"], refreshToken: [30, "days"] } as const;

/** Sessions end by themselves: tokens are short-lived, can be taken back, and a refresh token is used once, so that a stolen one shows. */
export const clientEndsSessionsSoon: ResourceValidationPolicy = {
  name: "cognito-client-ends-sessions-soon",
  description: "Clients of Cognito user pools must get tokens that end soon, can be revoked, and are renewed once.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iii)", "164.312(d)"),
  tags: ["cognito", "sessions"],
  remediationSteps: "Use SignIn, or set accessTokenValidity, idTokenValidity, refreshTokenValidity, enableTokenRevocation and refreshTokenRotation.",
  configSchema: {
    properties: {
      accessMinutes: { type: "integer", minimum: 5, default: defaults.accessMinutes },
      sessionMinutes: { type: "integer", minimum: 60, default: defaults.sessionMinutes },
      signInMinutes: { type: "integer", minimum: 3, maximum: 15, default: defaults.signInMinutes },
    },
  },
  validateResource: ({ type, name, props, getConfig, notApplicable }, report) => {
    if (!clientTypes.includes(type)) notApplicable("The resource is no client of a user pool.");
    const { accessMinutes, sessionMinutes, signInMinutes } = { ...defaults, ...getConfig<Partial<Config>>() };
    const subject = `Client "${name}"`;
    const limits = { accessToken: accessMinutes, idToken: accessMinutes, refreshToken: sessionMinutes };
    for (const [token, most] of Object.entries(limits) as [keyof typeof limits, number][]) {
      const minutes = minutesOf(props, token);
      if (!(minutes <= most)) report(`${subject} gets ${token}s for ${minutes} minutes; it must be ${most} at most.`);
    }
    if (!(Number(props["authSessionValidity"] ?? 3) <= signInMinutes)) {
      report(`${subject} leaves ${String(props["authSessionValidity"])} minutes to sign in; authSessionValidity must be ${signInMinutes} at most.`);
    }
    if (props["enableTokenRevocation"] !== true) report(`${subject} gets tokens that nobody can take back; enableTokenRevocation must be true.`);
    const { feature } = (props["refreshTokenRotation"] ?? {}) as { feature?: string };
    if (feature !== "ENABLED") report(`${subject} uses a refresh token again and again; refreshTokenRotation.feature must be ENABLED.`);
  },
};

function minutesOf(props: Readonly<Record<string, unknown>>, token: keyof typeof unset): number {
  const [value, unit] = unset[token];
  const units = (props["tokenValidityUnits"] ?? {}) as Readonly<Record<string, string | undefined>>;
  return Number(props[`${token}Validity`] ?? value) * (minutesIn[units[token] ?? unit] ?? Number.NaN);
}
