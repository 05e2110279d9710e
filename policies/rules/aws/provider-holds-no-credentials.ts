import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { providerProperty } from "../../providers.ts";

/** Credentials in a program end up in its state and its history. */
const credentials = ["accessKey", "secretKey", "token"];
/** What keeps the provider from making sure that it speaks to AWS, and to the right account. */
const checks = ["skipCredentialsValidation", "skipRequestingAccountId"];

/** A provider of AWS takes its credentials from who runs it, makes sure of the account, and speaks to AWS over TLS. */
export const providerHoldsNoCredentials: ResourceValidationPolicy = {
  name: "aws-provider-holds-no-credentials",
  description: "Providers of AWS must hold no credentials, skip no checks, and speak to AWS alone, over TLS.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(5)(ii)(D)", "164.312(d)", "164.312(e)(1)", "164.312(e)(2)(ii)"),
  tags: ["aws", "access", "transit"],
  remediationSteps: "Use accountProvider of stacks/accounts.ts, which takes a role.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    if (type !== "pulumi:providers:aws") notApplicable("The resource is no provider of AWS.");
    const held = credentials.filter((key) => isGiven(props, key));
    if (held.length > 0) report(`Provider "${name}" holds ${held.join(", ")}; it must take a role.`);
    const isOn = (key: string): boolean => [true, "true"].includes(providerProperty(props, key) as boolean | string);
    const skipped = checks.filter(isOn);
    if (skipped.length > 0) report(`Provider "${name}" sets ${skipped.join(", ")}; they must be false.`);
    if (isOn("insecure")) report(`Provider "${name}" has insecure true; it must be false.`);
    const endpoints = (providerProperty(props, "endpoints") ?? []) as readonly Readonly<Record<string, string>>[];
    const elsewhere = endpoints.flatMap((all) => Object.values(all)).filter((url) => !/^https:\/\/[^/]+\.(amazonaws\.com|api\.aws)(\/|$)/.test(url));
    if (elsewhere.length > 0) report(`Provider "${name}" speaks to ${elsewhere.join(", ")}; endpoints must be AWS's own, over https.`);
  },
};
