import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** Pages of other people must not read answers with the token of whoever looks at them. An API that says nothing of origins answers none but its own. */
export const apiAnswersNamedPagesOnly: ResourceValidationPolicy = {
  name: "apigateway-api-answers-named-pages-only",
  description: "HTTP APIs must answer pages of named origins only.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)"),
  tags: ["apigateway", "access", "browser"],
  remediationSteps: "Lead browsers through ReviewSite, where page and API have one origin, or name https origins in corsConfiguration.allowOrigins.",
  validateResource: validateResourceOfType(aws.apigatewayv2.Api, (api, args, report) => {
    const open = (api.corsConfiguration?.allowOrigins ?? []).filter((origin) => !origin.startsWith("https://") || origin.includes("*"));
    if (open.length > 0) report(`API "${args.name}" answers pages of ${open.join(", ")}; corsConfiguration.allowOrigins must name https origins.`);
  }),
};
