import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

const uris: Readonly<Record<string, string>> = {
  "aws:apigatewayv2/integration:Integration": "integrationUri",
  "aws:apigateway/integration:Integration": "uri",
};

/** What answers behind an API is asked over TLS, as the API itself is. */
export const integrationIsReachedOverTls: ResourceValidationPolicy = {
  name: "apigateway-integration-is-reached-over-tls",
  description: "Integrations of API Gateway must be reached over TLS.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
  tags: ["apigateway", "transit"],
  remediationSteps: "Lead to a function, or to an https address.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    const key = uris[type] ?? notApplicable("The resource is no integration of an API.");
    const uri = String(props[key] ?? "");
    if (/^http:/i.test(uri)) report(`Integration "${name}" asks ${uri}; ${key} must be https.`);
  },
};
