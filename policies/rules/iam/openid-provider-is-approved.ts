import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly issuers: readonly string[];
  readonly audiences: readonly string[];
}

const defaults: Config = { issuers: ["https://token.actions.githubusercontent.com"], audiences: ["sts.amazonaws.com"] };

/** Who vouches for whoever takes roles by a token is decided once, and their tokens are meant for AWS alone. */
export const openidProviderIsApproved: ResourceValidationPolicy = {
  name: "iam-openid-provider-is-approved",
  description: "OpenID Connect providers in IAM must be approved issuers, with tokens for AWS only.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.308(b)(1)", "164.312(d)"),
  tags: ["iam", "authentication"],
  remediationSteps: "Use GitHubDeployRoles, or add the issuer to the setting issuers.",
  configSchema: {
    properties: {
      issuers: { type: "array", items: { type: "string" }, default: [...defaults.issuers] },
      audiences: { type: "array", items: { type: "string" }, default: [...defaults.audiences] },
    },
  },
  validateResource: validateResourceOfType(aws.iam.OpenIdConnectProvider, ({ url, clientIdLists }, args, report) => {
    const { issuers, audiences } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    if (!issuers.includes(url)) report(`Provider "${args.name}" is ${url}; it must be ${issuers.join(" or ")}.`);
    if (clientIdLists.length === 0) report(`Provider "${args.name}" takes tokens for anybody; it must take those for ${audiences.join(" or ")} only.`);
    const others = clientIdLists.filter((audience) => !audiences.includes(audience));
    if (others.length > 0) report(`Provider "${args.name}" takes tokens for ${others.join(", ")}; it must take those for ${audiences.join(" or ")} only.`);
  }),
};
