import type * as aws from "@pulumi/aws";
import { SignIn, type SignInArgs } from "../../../components/experience/sign-in.ts";
import { WebFirewall } from "../../../components/experience/web-firewall.ts";
import { EncryptionKey } from "../../../components/security/encryption-key.ts";
import { place } from "../place.ts";

/** A key and a regional firewall, as sign-in stands on them. */
export function signIn(opts: { provider: aws.Provider }, more: Partial<SignInArgs> = {}): SignIn {
  const key = new EncryptionKey("log-key", { place, removal: "retain", description: "Logs" }, opts);
  const firewall = new WebFirewall("sign-in-firewall", { place, scope: "REGIONAL", key, logRetentionDays: 2192 }, opts);
  return new SignIn(
    "sign-in",
    { place, removal: "retain", key, logRetentionDays: 2192, domainPrefix: "svp-unit", origins: ["https://review.example.org"], firewall, ...more },
    opts,
  );
}
