import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly minimum: readonly string[];
}

/** REST APIs have newer policies, too, whose names say what they take (API Gateway Developer Guide, "Security policies for REST APIs"). */
const defaults: Config = { minimum: ["TLS_1_2", "SecurityPolicy_TLS13_"] };

/** A name of an API's own takes TLS 1.2 or newer only. */
export const domainSpeaksModernTls: ResourceValidationPolicy = {
  name: "apigateway-domain-speaks-modern-tls",
  description: "Domain names of API Gateway must take TLS 1.2 or newer only.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
  tags: ["apigateway", "transit"],
  remediationSteps: "Set securityPolicy to TLS_1_2 or to a SecurityPolicy_TLS13_ policy.",
  configSchema: { properties: { minimum: { type: "array", items: { type: "string" }, minItems: 1, default: [...defaults.minimum] } } },
  validateResource: ({ type, name, props, getConfig, notApplicable }, report) => {
    const settings =
      type === "aws:apigatewayv2/domainName:DomainName"
        ? (props["domainNameConfiguration"] as object)
        : type === "aws:apigateway/domainName:DomainName"
          ? props
          : notApplicable("The resource is no domain name of an API.");
    const { minimum } = { ...defaults, ...getConfig<Partial<Config>>() };
    const { securityPolicy } = settings as { securityPolicy?: string };
    if (!minimum.some((start) => securityPolicy?.startsWith(start) === true)) {
      report(`Domain "${name}" has securityPolicy ${securityPolicy ?? "unset"}; it must be one of ${minimum.join(", ")}.`);
    }
  },
};
