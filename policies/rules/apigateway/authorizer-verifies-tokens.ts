import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven, lengthOf } from "../../given.ts";

type Properties = Readonly<Record<string, unknown>>;

/** A token counts if a named issuer made it for a named client. It stands in a header, since addresses are logged by whoever sees them. */
export const authorizerVerifiesTokens: ResourceValidationPolicy = {
  name: "apigateway-authorizer-verifies-tokens",
  description: "Authorizers of API Gateway must verify issuer and audience of a token that stands in the header Authorization.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(d)", "164.312(a)(1)"),
  tags: ["apigateway", "access"],
  remediationSteps: "Use CaseApi, or set jwtConfiguration.issuer, jwtConfiguration.audiences and identitySources $request.header.Authorization.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    const judge = judges[type] ?? notApplicable("The resource is no authorizer.");
    for (const wrong of judge(props)) report(`Authorizer "${name}" ${wrong}`);
  },
};

const judges: Readonly<Record<string, (props: Properties) => string[]>> = {
  "aws:apigatewayv2/authorizer:Authorizer": (props) => {
    const sources = (props["identitySources"] ?? []) as string[];
    const elsewhere = sources.filter((source) => !/^(\$request|route\.request)\.header\./.test(source));
    const places = [
      ...(sources.length === 0 ? ["finds no token; it must set identitySources."] : []),
      ...(elsewhere.length > 0 ? [`looks for tokens in ${elsewhere.join(", ")}; identitySources must be headers.`] : []),
    ];
    if (props["authorizerType"] !== "JWT") return isGiven(props, "authorizerUri") ? places : [...places, "asks no function; it must set authorizerUri."];
    const jwt = props["jwtConfiguration"] as object | undefined;
    return [
      ...places,
      ...(isGiven(jwt, "issuer") ? [] : ["takes tokens of any issuer; it must set jwtConfiguration.issuer."]),
      ...(lengthOf(jwt, "audiences") > 0 ? [] : ["takes tokens for any client; it must set jwtConfiguration.audiences."]),
    ];
  },
  "aws:apigateway/authorizer:Authorizer": (props) => {
    const { type = "TOKEN", identitySource = "method.request.header.Authorization" } = props as { type?: string; identitySource?: string };
    return [
      ...(identitySource.split(",").every((source) => source.trim().startsWith("method.request.header."))
        ? []
        : [`looks for tokens in ${identitySource}; identitySource must be headers.`]),
      ...(type === "COGNITO_USER_POOLS" && lengthOf(props, "providerArns") === 0 ? ["takes tokens of no pool; it must set providerArns."] : []),
      ...(type !== "COGNITO_USER_POOLS" && !isGiven(props, "authorizerUri") ? ["asks no function; it must set authorizerUri."] : []),
    ];
  },
};
