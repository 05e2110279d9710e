import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven, lengthOf } from "../../given.ts";

type Properties = Readonly<Record<string, unknown>>;

/**
 * Nobody gets an answer of an API without having shown who he is. Routes of HTTP APIs, which no firewall can guard, ask for an access token with
 * a scope: a pool also issues tokens that only say who somebody is, and those have none. Browsers ask by OPTIONS before they have a token.
 */
export const routeAsksForToken: ResourceValidationPolicy = {
  name: "apigateway-route-asks-for-token",
  description: "Routes and methods of API Gateway must ask who the caller is, and HTTP APIs for an access token with a scope.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(d)", "164.312(a)(2)(i)", "164.308(a)(4)(ii)(B)"),
  tags: ["apigateway", "access"],
  remediationSteps: "Use CaseApi, or set authorizationType JWT with authorizerId and authorizationScopes.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    const judge = judges[type] ?? notApplicable("The resource is neither an API nor a part of one that is asked.");
    for (const wrong of judge(props)) report(`${type.split(":").at(-1)} "${name}" ${wrong}`);
  },
};

const judges: Readonly<Record<string, (props: Properties) => string[]>> = {
  "aws:apigatewayv2/route:Route": (props) => {
    const [key, authorization] = [String(props["routeKey"]), String(props["authorizationType"] ?? "NONE")];
    if (key.startsWith("OPTIONS ")) return [];
    // Once connected, a WebSocket is its user's: only the route by which it connects asks.
    if (!key.includes(" ") && key !== "$default") {
      return key !== "$connect" || ["AWS_IAM", "CUSTOM"].includes(authorization)
        ? []
        : [`asks nobody who he is at ${key}; authorizationType must be AWS_IAM or CUSTOM.`];
    }
    if (authorization !== "JWT") return [`has authorizationType ${authorization} at ${key}; it must be JWT.`];
    return [
      ...(isGiven(props, "authorizerId") ? [] : [`names no authorizer at ${key}; it must set authorizerId.`]),
      ...(lengthOf(props, "authorizationScopes") > 0 ? [] : [`takes any token at ${key}; it must set authorizationScopes.`]),
    ];
  },
  "aws:apigateway/method:Method": (props) => {
    const authorization = String(props["authorization"]);
    if (props["httpMethod"] === "OPTIONS" || authorization === "AWS_IAM") return [];
    if (authorization === "NONE") return ["asks nobody who he is; authorization must be COGNITO_USER_POOLS, CUSTOM or AWS_IAM."];
    return isGiven(props, "authorizerId") ? [] : ["names no authorizer; it must set authorizerId."];
  },
  "aws:apigatewayv2/api:Api": (props) => [
    ...hidden(props),
    ...(isGiven(props, "target") ? ["has a route that asks nobody who he is; it must not set target."] : []),
  ],
  "aws:apigateway/restApi:RestApi": (props) => hidden(props),
};

/** Routes within an imported document are no resources that could be judged. */
const hidden = (props: Properties): string[] => (isGiven(props, "body") ? ["hides its routes in body; each must be a resource."] : []);
