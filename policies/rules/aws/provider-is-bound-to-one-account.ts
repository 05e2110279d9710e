import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { providerProperty } from "../../providers.ts";

/** Whoever deploys with credentials of another account, or a program that mixes up two, is stopped before anything is made. */
export const providerIsBoundToOneAccount: ResourceValidationPolicy = {
  name: "aws-provider-is-bound-to-one-account",
  description: "Providers of AWS must allow one account only, take roles of that account only, and stand behind every resource.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.312(a)(1)"),
  tags: ["aws", "access"],
  remediationSteps: "Give the resource a provider with allowedAccountIds, as accountProvider in stacks/accounts.ts makes.",
  validateResource: ({ type, name, props, provider, notApplicable }, report) => {
    if (type.startsWith("aws:")) {
      if (provider === undefined || provider.name.startsWith("default"))
        report(`"${name}" has no provider of its own; it must have one that is bound to an account.`);
      return;
    }
    if (type !== "pulumi:providers:aws") notApplicable("The resource is neither a provider of AWS nor made by one.");
    const accounts = (providerProperty(props, "allowedAccountIds") ?? []) as readonly string[];
    if (accounts.length !== 1)
      report(`Provider "${name}" allows ${accounts.length === 0 ? "every account" : accounts.join(", ")}; allowedAccountIds must name one.`);
    for (const { roleArn = "" } of (providerProperty(props, "assumeRoles") ?? []) as readonly { roleArn?: string }[])
      if (!accounts.includes(roleArn.split(":")[4] ?? ""))
        report(`Provider "${name}" takes role ${roleArn}; it must take a role of ${accounts.join(", ") || "one account"}.`);
  },
};
