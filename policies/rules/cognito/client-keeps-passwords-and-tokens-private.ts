import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { clientTypes } from "./clients.ts";

/** Flows that send a password as it is to whoever asks for it, or take an administrator's word for a user. */
const plainFlows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"];
/** What Cognito takes from a client that says nothing. */
const unset = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"];

/**
 * Passwords are proven without being sent, tokens never stand in an address, and go to named pages over TLS only (RFC 9700, "Best Current
 * Practice for OAuth 2.0 Security").
 */
export const clientKeepsPasswordsAndTokensPrivate: ResourceValidationPolicy = {
  name: "cognito-client-keeps-passwords-and-tokens-private",
  description: "Clients of Cognito user pools must neither send passwords as they are nor take tokens in addresses, and must tell nobody who exists.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(d)", "164.312(e)(1)", "164.308(a)(5)(ii)(D)", "164.502(b)"),
  tags: ["cognito", "secrets"],
  remediationSteps: "Use SignIn, or set explicitAuthFlows, allowedOauthFlows code, callbackUrls over https, and preventUserExistenceErrors ENABLED.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    if (!clientTypes.includes(type)) notApplicable("The resource is no client of a user pool.");
    const { explicitAuthFlows = unset, allowedOauthFlows = [], callbackUrls = [], logoutUrls = [], preventUserExistenceErrors = "LEGACY" } = props as Client;
    const subject = `Client "${name}"`;
    const plain = explicitAuthFlows.filter((flow) => plainFlows.includes(flow));
    if (plain.length > 0) report(`${subject} sends passwords as they are by ${plain.join(", ")}.`);
    if (allowedOauthFlows.includes("implicit")) report(`${subject} takes tokens in addresses; allowedOauthFlows must not hold implicit.`);
    if (preventUserExistenceErrors !== "ENABLED") report(`${subject} tells who exists; preventUserExistenceErrors must be ENABLED.`);
    // Unknown in a first preview where the page has no name of its own: judged last.
    const open = [...callbackUrls, ...logoutUrls].filter((url) => !url.startsWith("https://") || url.includes("*"));
    if (open.length > 0) report(`${subject} leads to ${open.join(", ")}; each page must be named and reached over https.`);
  },
};

interface Client {
  readonly explicitAuthFlows?: readonly string[];
  readonly allowedOauthFlows?: readonly string[];
  readonly callbackUrls?: readonly string[];
  readonly logoutUrls?: readonly string[];
  readonly preventUserExistenceErrors?: string;
}
