import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { restStage, stage } from "./stages.ts";

interface Config {
  readonly variables: readonly string[];
}

/** What may stand in a log of access: when, what, how it went, and who by an opaque id (API Gateway Developer Guide, "Variables for access logging"). */
const defaults: Config = {
  variables: [
    "accountId",
    "apiId",
    "authorizer.claims.sub",
    "authorizer.error",
    "authorizer.principalId",
    "authorizer.status",
    "awsEndpointRequestId",
    "domainName",
    "error.message",
    "error.responseType",
    "extendedRequestId",
    "httpMethod",
    "identity.caller",
    "identity.sourceIp",
    "identity.userAgent",
    "identity.userArn",
    "integration.error",
    "integration.latency",
    "integration.requestId",
    "integration.status",
    "integrationErrorMessage",
    "integrationLatency",
    "integrationStatus",
    "protocol",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "resourcePath",
    "responseLatency",
    "responseLength",
    "routeKey",
    "stage",
    "status",
    "wafResponseCode",
  ],
};

/** A log that lacks one of these can't tell who saw what. */
const needed: Readonly<Record<string, readonly string[]>> = {
  when: ["requestTime", "requestTimeEpoch"],
  what: ["routeKey", "resourcePath"],
  "how it went": ["status"],
  who: ["authorizer.claims.sub", "authorizer.principalId", "identity.caller", "identity.userArn"],
};

/** Every request is logged with who asked for what, and without its path as it was, its query, its body or anybody's name. */
export const stageLogsAccessWithoutContent: ResourceValidationPolicy = {
  name: "apigateway-stage-logs-access-without-content",
  description: "API Gateway stages must log who asked for what, and nothing of what was asked or answered.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(b)", "164.308(a)(1)(ii)(D)", "164.312(a)(2)(i)", "164.502(b)"),
  tags: ["apigateway", "audit", "phi"],
  remediationSteps: "Use CaseApi, or set accessLogSettings with a destinationArn and a format of approved $context variables.",
  configSchema: { properties: { variables: { type: "array", items: { type: "string" }, default: [...defaults.variables] } } },
  validateResource: ({ type, name, props, getConfig, notApplicable }, report) => {
    if (type !== restStage && type !== stage) notApplicable("The resource is no stage of an API.");
    const { variables } = { ...defaults, ...getConfig<Partial<Config>>() };
    const settings = props["accessLogSettings"] as { format?: string } | undefined;
    if (!isGiven(settings, "destinationArn")) report(`Stage "${name}" logs no access; it must set accessLogSettings.destinationArn.`);
    const used = [...(settings?.format ?? "").matchAll(/\$\{?([\w.]+)/g)].map(([, variable = ""]) => variable);
    const others = used.filter((variable) => !variables.includes(variable.replace(/^context\./, "")));
    if (others.length > 0) report(`Stage "${name}" logs $${others.join(", $")}; accessLogSettings.format must hold approved variables only.`);
    const missing = Object.entries(needed).flatMap(([what, any]) => (any.some((variable) => used.includes(`context.${variable}`)) ? [] : [what]));
    if (missing.length > 0) report(`Stage "${name}" does not log ${missing.join(", ")}; accessLogSettings.format must tell it.`);
  },
};
