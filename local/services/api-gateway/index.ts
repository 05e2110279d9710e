import { randomUUID } from "node:crypto";
import { type Caller, ServiceError } from "../../wire/service.ts";
import type { Authorizer, Functions, Log } from "../seams.ts";
import { type Claims, claimsAsText, claimsOf, InvalidToken, type Issuers, type JwtRules, scopesIn, tokenOf } from "./jwt.ts";
import { createRoutes, type Match } from "./routes.ts";

export interface ApiGatewayOptions {
  readonly functions: Functions;
  readonly authorizer: Authorizer;
  /** Who issues the tokens that JWT authorizers take. */
  readonly issuers: Issuers;
  readonly log: Log;
  /** Milliseconds since 1970. @default the machine's clock */
  readonly clock?: () => number;
}

export interface ApiRequest {
  /** May be left out while there is one API only. */
  readonly apiId?: string;
  /** Whoever signed the request; undefined for nobody. */
  readonly caller: Caller | undefined;
  readonly method: string;
  /** Path as sent, still encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** What `Set-Cookie` says, each. */
  readonly cookies?: readonly string[];
  readonly body: Buffer;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Integration {
  readonly functionArn: string;
}

/** What a route is integrated with, and whom it lets in. */
interface Target {
  readonly integrationId: string;
  readonly access: { readonly type: "NONE" | "AWS_IAM" } | { readonly type: "JWT"; readonly rules: JwtRules; readonly scopes: readonly string[] };
}

interface Api {
  readonly executionArn: string;
  readonly authorizers: Map<string, JwtRules>;
  readonly integrations: Map<string, Integration>;
  readonly routes: ReturnType<typeof createRoutes<Target>>;
}

const json = (status: number, message: string, headers: Record<string, string> = {}): ApiResponse => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: Buffer.from(JSON.stringify({ message })),
});

/** The request is not let in. */
class Refusal extends Error {
  readonly response: ApiResponse;
  constructor(reason: string, response: ApiResponse) {
    super(reason);
    this.response = response;
  }
}
const forbidden = (reason: string): Refusal => new Refusal(reason, json(403, "Forbidden"));
const unauthorized = (reason: string): Refusal => new Refusal(reason, json(401, "Unauthorized", { "www-authenticate": "Bearer" }));

/** Whether a body of this media type is handed over as text; anything else is base64. */
const isText = (contentType = ""): boolean =>
  contentType === "" || /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded)|[^;]*\+(json|xml))/i.test(contentType);

/** The event of an AWS_PROXY integration, payload format 2.0 (API Gateway Developer Guide, "Lambda proxy integrations for HTTP APIs"). */
function eventOf(request: ApiRequest, match: Match<unknown>, requestId: string, executionArn: string, authorizer: object | undefined): object {
  const { method, path, query, headers, body } = request;
  const [, , , region, accountId, apiId] = executionArn.split(":");
  const { cookie, ...others } = headers;
  const now = new Date();
  const parameters: Record<string, string> = {};
  for (const [name, value] of query) parameters[name] = name in parameters ? `${parameters[name]},${value}` : value;
  const asText = isText(headers["content-type"]);
  return {
    version: "2.0",
    routeKey: match.routeKey,
    rawPath: path,
    rawQueryString: query.toString(),
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers: others,
    ...(Object.keys(parameters).length > 0 && { queryStringParameters: parameters }),
    ...(Object.keys(match.parameters).length > 0 && { pathParameters: match.parameters }),
    requestContext: {
      accountId,
      apiId,
      ...(authorizer && { authorizer }),
      domainName: `${apiId}.execute-api.${region}.amazonaws.com`,
      domainPrefix: apiId,
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: headers["user-agent"] ?? "" },
      requestId,
      routeKey: match.routeKey,
      stage: "$default",
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: asText ? body.toString("utf8") : body.toString("base64") }),
    isBase64Encoded: body.length > 0 && !asText,
  };
}

/** The response that a function's answer means, payload format 2.0: an answer without a statusCode is the body itself. Undefined if it means none. */
function responseOf(answer: unknown): ApiResponse | undefined {
  const {
    statusCode,
    headers = {},
    body = "",
    isBase64Encoded = false,
    cookies = [],
  } = (typeof answer === "object" && answer !== null ? answer : {}) as Record<string, unknown>;
  if (statusCode === undefined) {
    if (answer === null || answer === undefined) return undefined;
    return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(typeof answer === "string" ? answer : JSON.stringify(answer)) };
  }
  if (!Number.isInteger(statusCode) || typeof body !== "string" || typeof headers !== "object" || headers === null || !Array.isArray(cookies)) return undefined;
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
  return {
    status: statusCode as number,
    headers: { "content-type": "text/plain", ...lower },
    ...(cookies.length > 0 && { cookies: cookies.map(String) }),
    body: Buffer.from(body, isBase64Encoded === true ? "base64" : "utf8"),
  };
}

/** Whom a route lets in. Throws for an authorization that is not implemented, or an authorizer that was not declared. */
function accessOf(
  { authorizers }: Api,
  route: { apiId: string; routeKey: string; authorizationType: string; authorizerId?: string | undefined; authorizationScopes?: readonly string[] | undefined },
): Target["access"] {
  const { authorizationType: type, authorizerId = "", authorizationScopes: scopes = [] } = route;
  const where = `Route ${route.routeKey} of API ${route.apiId}`;
  if (type === "JWT") {
    const rules = authorizers.get(authorizerId);
    if (rules === undefined) throw new Error(`${where}: the authorizer ${authorizerId} was not declared.`);
    return { type, rules, scopes };
  }
  if (type === "AWS_IAM" || type === "NONE") return { type };
  throw new Error(`${where}: the local cloud implements the authorizationType JWT, AWS_IAM and NONE, not ${type}.`);
}

/** API Gateway: HTTP APIs whose routes are integrated with Lambda functions. Declared anew at each start; it keeps no state. */
export function createApiGateway({ functions, authorizer, issuers, log, clock = Date.now }: ApiGatewayOptions) {
  const apis = new Map<string, Api>();
  const apiOf = (id: string): Api => {
    const api = apis.get(id);
    if (api === undefined) throw new Error(`The API ${id} was not declared.`);
    return api;
  };
  const onlyApi = (): string => {
    const [id, ...others] = apis.keys();
    if (id === undefined || others.length > 0) throw new Error(`The request must name its API: ${apis.size} APIs were declared.`);
    return id;
  };

  /** Lets a request in, or throws a Refusal. Gives what the function is told about who it is. */
  function admit(request: ApiRequest, { access }: Target, executionArn: string): object | undefined {
    if (access.type === "NONE") return undefined;
    return access.type === "JWT" ? admitToken(request, access.rules, access.scopes) : admitSigned(request, executionArn);
  }

  function admitSigned({ caller, method, path }: ApiRequest, executionArn: string): object {
    if (caller === undefined) throw forbidden("Nobody signed it.");
    try {
      authorizer.authorize(caller, "execute-api:Invoke", `${executionArn}/$default/${method}${path}`);
    } catch (error) {
      throw error instanceof ServiceError ? forbidden(error.message) : error;
    }
    return { iam: { accountId: executionArn.split(":")[4], userArn: caller.arn } };
  }

  function admitToken({ headers }: ApiRequest, rules: JwtRules, wanted: readonly string[]): object {
    const header = headers["authorization"];
    if (header === undefined) throw unauthorized("It has no token.");
    let claims: Claims;
    try {
      claims = claimsOf(tokenOf(header), rules, issuers, clock() / 1000);
    } catch (error) {
      throw error instanceof InvalidToken ? unauthorized(error.message) : error;
    }
    const scopes = scopesIn(claims).filter((scope) => wanted.includes(scope));
    if (wanted.length > 0 && scopes.length === 0) throw forbidden(`It has none of the scopes ${wanted.join(", ")}.`);
    return { jwt: { claims: claimsAsText(claims), scopes: wanted.length > 0 ? scopes : null } };
  }

  return {
    putApi({ id, executionArn }: { id: string; executionArn: string }): void {
      if (!apis.has(id)) apis.set(id, { executionArn, authorizers: new Map(), integrations: new Map(), routes: createRoutes() });
    },

    /** An authorizer of tokens in the header Authorization, from an issuer of this cloud. */
    putAuthorizer(settings: {
      apiId: string;
      id: string;
      type: string;
      identitySources: readonly string[];
      issuer: string;
      audiences: readonly string[];
    }): void {
      const { apiId, id, type, identitySources, issuer, audiences } = settings;
      if (type !== "JWT" || identitySources.join() !== "$request.header.Authorization") {
        throw new Error(
          `Authorizer ${id} of API ${apiId}: the local cloud implements JWT from $request.header.Authorization, not ${type} from ${identitySources.join(", ")}.`,
        );
      }
      if (issuers.keysOf(issuer) === undefined) throw new Error(`Authorizer ${id} of API ${apiId}: the local cloud has no issuer ${issuer}.`);
      apiOf(apiId).authorizers.set(id, { issuer, audiences });
    },

    /** `uri` is the function's ARN, or its `invokeArn`. */
    putIntegration(settings: { apiId: string; id: string; uri: string; type: string; payloadFormatVersion?: string }): void {
      const { apiId, id, uri, type, payloadFormatVersion } = settings;
      const [functionArn] = /arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+/.exec(uri) ?? [];
      if (type !== "AWS_PROXY" || payloadFormatVersion !== "2.0" || functionArn === undefined) {
        throw new Error(
          `Integration ${id} of API ${apiId}: the local cloud implements AWS_PROXY to a Lambda function with payloadFormatVersion 2.0, not ${type} ${payloadFormatVersion} to ${uri}.`,
        );
      }
      apiOf(apiId).integrations.set(id, { functionArn });
    },

    /** `routeKey` is `GET /cases/{caseId}`, `ANY /path`, or `$default`; `target` is `integrations/<id>`. */
    putRoute(settings: {
      apiId: string;
      routeKey: string;
      target: string;
      authorizationType: string;
      authorizerId?: string | undefined;
      authorizationScopes?: readonly string[] | undefined;
    }): void {
      const { apiId, routeKey, target } = settings;
      const api = apiOf(apiId);
      api.routes.put(routeKey, { integrationId: target.replace(/^integrations\//, ""), access: accessOf(api, settings) });
    },

    /** Answers one request as the API would: routing, authorisation, invocation as apigateway.amazonaws.com. Never throws for what a client does. */
    async handle(request: ApiRequest): Promise<ApiResponse> {
      const api = apiOf(request.apiId ?? onlyApi());
      const match = api.routes.find(request.method, request.path);
      if (match === undefined) return json(404, "Not Found");
      let who: object | undefined;
      try {
        who = admit(request, match.value, api.executionArn);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        log(`${match.routeKey} was refused: ${error.message}`);
        return error.response;
      }
      const integration = api.integrations.get(match.value.integrationId);
      if (integration === undefined) throw new Error(`Route ${match.routeKey} of API ${api.executionArn} has no integration ${match.value.integrationId}.`);
      const requestId = randomUUID();
      const [method, path] = match.routeKey === "$default" ? ["*", "/$default"] : match.routeKey.split(" ");
      const context = { "aws:SourceArn": `${api.executionArn}/$default/${method === "ANY" ? "*" : method}${path}` };
      try {
        const event = eventOf(request, match, requestId, api.executionArn, who);
        const { payload, functionError } = await functions.invoke({ arn: "apigateway.amazonaws.com" }, integration.functionArn, event, context);
        const response = functionError === undefined ? responseOf(payload) : undefined;
        if (response) return response;
        log(`${match.routeKey} (${requestId}): ${integration.functionArn} ${functionError === undefined ? "gave an answer that is no response" : "failed"}.`);
      } catch (error) {
        log(`${match.routeKey} (${requestId}): ${(error as Error).message}`);
      }
      return json(500, "Internal Server Error");
    },
  };
}

export type ApiGateway = ReturnType<typeof createApiGateway>;
