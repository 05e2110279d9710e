import type * as aws from "@pulumi/aws";
import type { FunctionSettings } from "../../../components/compute/platform-function.ts";
import { SignIn, type SignInArgs } from "../../../components/experience/sign-in.ts";
import { WebFirewall } from "../../../components/experience/web-firewall.ts";
import { place } from "../place.ts";

/** Sign-in behind a regional firewall. */
export function signIn(settings: FunctionSettings, opts: { provider: aws.Provider }, more: Partial<SignInArgs> = {}): SignIn {
  const firewall = new WebFirewall("sign-in-firewall", { place, scope: "REGIONAL", key: settings.key, logRetentionDays: 2192 }, opts);
  return new SignIn("sign-in", { settings, removal: "retain", domainPrefix: "svp-unit", origins: ["https://review.example.org"], firewall, ...more }, opts);
}
