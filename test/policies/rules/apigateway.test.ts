import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { apiAnswersNamedPagesOnly } from "../../../policies/rules/apigateway/api-answers-named-pages-only.ts";
import { apiIsBehindFirewall } from "../../../policies/rules/apigateway/api-is-behind-firewall.ts";
import { apiStaysInItsRegion } from "../../../policies/rules/apigateway/api-stays-in-its-region.ts";
import { authorizerTrustsOwnPool } from "../../../policies/rules/apigateway/authorizer-trusts-own-pool.ts";
import { authorizerVerifiesTokens } from "../../../policies/rules/apigateway/authorizer-verifies-tokens.ts";
import { domainSpeaksModernTls } from "../../../policies/rules/apigateway/domain-speaks-modern-tls.ts";
import { integrationIsReachedOverTls } from "../../../policies/rules/apigateway/integration-is-reached-over-tls.ts";
import { methodChecksRequests } from "../../../policies/rules/apigateway/method-checks-requests.ts";
import { routeAsksForToken } from "../../../policies/rules/apigateway/route-asks-for-token.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const api =
  (args: Partial<aws.apigatewayv2.ApiArgs> = {}) =>
  (opts: Opts) =>
    new aws.apigatewayv2.Api("a", { protocolType: "HTTP", ...args }, opts);
const route = (args: Partial<aws.apigatewayv2.RouteArgs>) => (opts: Opts) =>
  new aws.apigatewayv2.Route("r", { apiId: "a", routeKey: "GET /cases", ...args }, opts);
const byToken = { authorizationType: "JWT", authorizerId: "x", authorizationScopes: ["svp/cases.read"] };
const method = (args: Partial<aws.apigateway.MethodArgs>) => (opts: Opts) =>
  new aws.apigateway.Method("m", { restApi: "a", resourceId: "r", httpMethod: "GET", authorization: "NONE", ...args }, opts);
const authorizer = (args: Partial<aws.apigatewayv2.AuthorizerArgs>) => (opts: Opts) =>
  new aws.apigatewayv2.Authorizer("z", { apiId: "a", authorizerType: "JWT", ...args }, opts);
const restAuthorizer = (args: Partial<aws.apigateway.AuthorizerArgs>) => (opts: Opts) => new aws.apigateway.Authorizer("z", { restApi: "a", ...args }, opts);
const inHeader = { identitySources: ["$request.header.Authorization"] };
const jwtConfiguration = { issuer: "https://cognito-idp.us-east-1.amazonaws.com/p", audiences: ["c"] };
/** An authorizer that trusts a pool of the program, or what else is said. */
const signedIn =
  (jwt: Partial<typeof jwtConfiguration> = {}): Program =>
  (opts) => {
    const pool = new aws.cognito.UserPool("p", { name: "p" }, opts);
    const client = new aws.cognito.UserPoolClient("c", { userPoolId: pool.id }, opts);
    const issuer = pool.arn.apply(() => jwtConfiguration.issuer);
    authorizer({ jwtConfiguration: { issuer: jwt.issuer ?? issuer, audiences: jwt.audiences ?? [client.id] } })(opts);
  };
const domain = (securityPolicy: string) => (opts: Opts) =>
  new aws.apigatewayv2.DomainName(
    "d",
    { domainName: "d.example.org", domainNameConfiguration: { certificateArn: "arn:c", endpointType: "REGIONAL", securityPolicy } },
    opts,
  );
const restDomain = (args: Partial<aws.apigateway.DomainNameArgs>) => (opts: Opts) =>
  new aws.apigateway.DomainName("d", { domainName: "d.example.org", ...args }, opts);
const restApi =
  (args: aws.apigateway.RestApiArgs = {}) =>
  (opts: Opts) =>
    new aws.apigateway.RestApi("a", args, opts);

/** An API behind a distribution, and routes. */
const fronted =
  (webAclId: string | undefined, routes: Partial<aws.apigatewayv2.RouteArgs>[], protocolType = "HTTP"): Program =>
  (opts) => {
    const made = api({ protocolType })(opts);
    for (const [i, args] of routes.entries()) new aws.apigatewayv2.Route(`r${i}`, { apiId: made.id, routeKey: "GET /cases", ...args }, opts);
    new aws.cloudfront.Distribution(
      "site",
      {
        enabled: true,
        origins: [{ originId: "api", domainName: made.arn.apply(() => "a.execute-api.us-east-1.amazonaws.com") }],
        defaultCacheBehavior: { targetOriginId: "api", viewerProtocolPolicy: "https-only", allowedMethods: ["GET", "HEAD"], cachedMethods: ["GET", "HEAD"] },
        restrictions: { geoRestriction: { restrictionType: "none" } },
        viewerCertificate: { cloudfrontDefaultCertificate: true },
        ...(webAclId !== undefined && { webAclId }),
      },
      opts,
    );
  };
const restStage =
  (guarded: boolean): Program =>
  (opts) => {
    const stage = new aws.apigateway.Stage("s", { restApi: "a", deployment: "d", stageName: "prod" }, opts);
    if (guarded) new aws.wafv2.WebAclAssociation("w", { resourceArn: stage.arn, webAclArn: "arn:w" }, opts);
  };
const acl = "arn:aws:wafv2:us-east-1:111111111111:global/webacl/w/1";
const noFirewall = 'API "a" has no firewall; a distribution with webAclId must lead to it.';

describe("rules for API Gateway", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [routeAsksForToken, "accepts a token with a scope", route(byToken)],
    [routeAsksForToken, "accepts what browsers ask before they have one", route({ routeKey: "OPTIONS /{proxy+}" })],
    ...["NONE", "AWS_IAM", "CUSTOM", undefined].map((authorizationType): [Policies[number], string, Program, string] => [
      routeAsksForToken,
      `refuses ${authorizationType}`,
      route({ ...(authorizationType && { authorizationType }), routeKey: "$default" }),
      `Route "r" has authorizationType ${authorizationType ?? "NONE"} at $default; it must be JWT.`,
    ]),
    [
      routeAsksForToken,
      "refuses any token, of anybody",
      route({ authorizationType: "JWT" }),
      'Route "r" names no authorizer at GET /cases; it must set authorizerId.',
      'Route "r" takes any token at GET /cases; it must set authorizationScopes.',
    ],
    [routeAsksForToken, "accepts a WebSocket that asks when it connects", route({ routeKey: "$connect", authorizationType: "CUSTOM" })],
    [routeAsksForToken, "accepts what a WebSocket sends then", route({ routeKey: "send" })],
    [
      routeAsksForToken,
      "refuses a WebSocket that asks nobody",
      route({ routeKey: "$connect" }),
      'Route "r" asks nobody who he is at $connect; authorizationType must be AWS_IAM or CUSTOM.',
    ],
    [routeAsksForToken, "accepts methods that ask", method({ authorization: "COGNITO_USER_POOLS", authorizerId: "x" })],
    [routeAsksForToken, "accepts methods that ask for a signature", method({ authorization: "AWS_IAM" })],
    [routeAsksForToken, "accepts the method OPTIONS", method({ httpMethod: "OPTIONS" })],
    [
      routeAsksForToken,
      "refuses methods for everybody",
      method({}),
      'Method "m" asks nobody who he is; authorization must be COGNITO_USER_POOLS, CUSTOM or AWS_IAM.',
    ],
    [
      routeAsksForToken,
      "refuses methods without an authorizer",
      method({ authorization: "CUSTOM" }),
      'Method "m" names no authorizer; it must set authorizerId.',
    ],
    [routeAsksForToken, "accepts an API whose routes are resources", api()],
    [routeAsksForToken, "refuses routes that nobody sees", api({ body: "{}" }), 'Api "a" hides its routes in body; each must be a resource.'],
    [routeAsksForToken, "refuses methods that nobody sees", restApi({ body: "{}" }), 'RestApi "a" hides its routes in body; each must be a resource.'],
    [
      routeAsksForToken,
      "refuses the quick way",
      api({ target: "arn:aws:lambda:us-east-1:111111111111:function:f" }),
      'Api "a" has a route that asks nobody who he is; it must not set target.',
    ],

    [authorizerVerifiesTokens, "accepts tokens of an issuer for a client", authorizer({ ...inHeader, jwtConfiguration })],
    [
      authorizerVerifiesTokens,
      "refuses any token",
      authorizer({}),
      'Authorizer "z" finds no token; it must set identitySources.',
      'Authorizer "z" takes tokens for any client; it must set jwtConfiguration.audiences.',
      'Authorizer "z" takes tokens of any issuer; it must set jwtConfiguration.issuer.',
    ],
    [
      authorizerVerifiesTokens,
      "refuses tokens in addresses",
      authorizer({ jwtConfiguration, identitySources: ["$request.header.Authorization", "$request.querystring.token"] }),
      'Authorizer "z" looks for tokens in $request.querystring.token; identitySources must be headers.',
    ],
    [authorizerVerifiesTokens, "accepts a function", authorizer({ ...inHeader, authorizerType: "REQUEST", authorizerUri: "arn:f" })],
    [
      authorizerVerifiesTokens,
      "refuses no function",
      authorizer({ ...inHeader, authorizerType: "REQUEST" }),
      'Authorizer "z" asks no function; it must set authorizerUri.',
    ],
    [authorizerVerifiesTokens, "accepts a pool of a REST API", restAuthorizer({ type: "COGNITO_USER_POOLS", providerArns: ["arn:p"] })],
    [authorizerVerifiesTokens, "accepts a function of a REST API", restAuthorizer({ authorizerUri: "arn:f" })],
    [
      authorizerVerifiesTokens,
      "refuses no pool of a REST API",
      restAuthorizer({ type: "COGNITO_USER_POOLS" }),
      'Authorizer "z" takes tokens of no pool; it must set providerArns.',
    ],
    [
      authorizerVerifiesTokens,
      "refuses no function of a REST API, and tokens in addresses",
      restAuthorizer({ type: "REQUEST", identitySource: "method.request.header.Authorization, method.request.querystring.t" }),
      'Authorizer "z" asks no function; it must set authorizerUri.',
      'Authorizer "z" looks for tokens in method.request.header.Authorization, method.request.querystring.t; identitySource must be headers.',
    ],

    [authorizerTrustsOwnPool, "accepts a pool of the stack and its client", signedIn()],
    [
      authorizerTrustsOwnPool,
      "refuses an issuer and clients that are named in plain text",
      signedIn({ issuer: "https://login.example.org", audiences: ["other"] }),
      'Authorizer "z" takes tokens for others than clients of the stack.',
      'Authorizer "z" trusts https://login.example.org, which is no user pool of the stack.',
    ],
    [
      authorizerTrustsOwnPool,
      "refuses the clients of another",
      signedIn({ audiences: ["other"] }),
      'Authorizer "z" takes tokens for others than clients of the stack.',
    ],

    [apiIsBehindFirewall, "accepts an API behind a guarded distribution", fronted(acl, [byToken, { routeKey: "OPTIONS /cases" }])],
    [apiIsBehindFirewall, "refuses an API in front of everything", api(), noFirewall],
    [apiIsBehindFirewall, "refuses a distribution without a firewall", fronted(undefined, [byToken]), noFirewall],
    [
      apiIsBehindFirewall,
      "refuses a way past the firewall",
      fronted(acl, [byToken, { routeKey: "GET /health" }, { routeKey: "$default", authorizationType: "NONE" }]),
      'API "a" lets in everybody past its firewall at GET /health, $default; every route must have an authorizer.',
    ],
    [
      apiIsBehindFirewall,
      "accepts a WebSocket that asks when it connects",
      fronted(acl, [{ routeKey: "$connect", authorizationType: "CUSTOM" }, { routeKey: "send" }], "WEBSOCKET"),
    ],
    [
      apiIsBehindFirewall,
      "refuses a WebSocket that asks nobody",
      fronted(acl, [{ routeKey: "$connect" }], "WEBSOCKET"),
      'API "a" lets in everybody past its firewall at $connect; every route must have an authorizer.',
    ],
    [apiIsBehindFirewall, "accepts a guarded stage of a REST API", restStage(true)],
    [apiIsBehindFirewall, "refuses a stage of a REST API without", restStage(false), 'API "s" has no firewall; its stage must have a WebAclAssociation.'],

    [domainSpeaksModernTls, "accepts TLS 1.2", domain("TLS_1_2")],
    [domainSpeaksModernTls, "refuses older TLS", domain("TLS_1_0"), 'Domain "d" has securityPolicy TLS_1_0; it must be one of TLS_1_2, SecurityPolicy_TLS13_.'],
    [domainSpeaksModernTls, "accepts newer TLS of a REST API", restDomain({ securityPolicy: "SecurityPolicy_TLS13_1_3_2025_09" })],
    [
      domainSpeaksModernTls,
      "refuses nothing said of a REST API",
      restDomain({}),
      'Domain "d" has securityPolicy unset; it must be one of TLS_1_2, SecurityPolicy_TLS13_.',
    ],

    ...(["REGIONAL", "PRIVATE"] as const).map((types): [Policies[number], string, Program] => [
      apiStaysInItsRegion,
      `accepts ${types}`,
      restApi({ endpointConfiguration: { types } }),
    ]),
    [apiStaysInItsRegion, "refuses nothing said", restApi(), '"a" has endpointConfiguration.types EDGE; it must be REGIONAL or PRIVATE.'],
    [
      apiStaysInItsRegion,
      "refuses a name at the edge",
      restDomain({ endpointConfiguration: { types: "EDGE" } }),
      '"d" has endpointConfiguration.types EDGE; it must be REGIONAL or PRIVATE.',
    ],

    [methodChecksRequests, "accepts a validator", method({ httpMethod: "POST", requestValidatorId: "v" })],
    [methodChecksRequests, "refuses none", method({ httpMethod: "ANY" }), 'Method "m" takes any body; it must set requestValidatorId.'],

    [apiAnswersNamedPagesOnly, "accepts no other origin", api()],
    [apiAnswersNamedPagesOnly, "accepts a named one", api({ corsConfiguration: { allowOrigins: ["https://review.example.org"] } })],
    [
      apiAnswersNamedPagesOnly,
      "refuses every page, and pages without TLS",
      api({ corsConfiguration: { allowOrigins: ["*", "http://localhost", "https://*.example.org", "https://a.example.org"] } }),
      'API "a" answers pages of *, http://localhost, https://*.example.org; corsConfiguration.allowOrigins must name https origins.',
    ],

    [
      integrationIsReachedOverTls,
      "accepts a function",
      (opts) => new aws.apigatewayv2.Integration("i", { apiId: "a", integrationType: "AWS_PROXY", integrationUri: "arn:f" }, opts),
    ],
    [
      integrationIsReachedOverTls,
      "refuses a plain address",
      (opts) => new aws.apigatewayv2.Integration("i", { apiId: "a", integrationType: "HTTP_PROXY", integrationUri: "http://x.example.org" }, opts),
      'Integration "i" asks http://x.example.org; integrationUri must be https.',
    ],
    [
      integrationIsReachedOverTls,
      "refuses a plain address of a REST API",
      (opts) => new aws.apigateway.Integration("i", { restApi: "a", resourceId: "r", httpMethod: "GET", type: "HTTP", uri: "HTTP://x.example.org" }, opts),
      'Integration "i" asks HTTP://x.example.org; uri must be https.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("do not apply where there is nothing to judge", async () => {
    const bucket: Program = (opts) => new aws.s3.Bucket("b", {}, opts);
    for (const rule of [
      routeAsksForToken,
      authorizerTrustsOwnPool,
      authorizerVerifiesTokens,
      apiIsBehindFirewall,
      domainSpeaksModernTls,
      apiStaysInItsRegion,
      integrationIsReachedOverTls,
    ])
      expect(await applications(rule, bucket)).to.equal(0);
    expect(await applications(methodChecksRequests, method({}))).to.equal(0);
  });

  it("apigateway-authorizer-trusts-own-pool takes issuers elsewhere, and asks nothing of functions", async () => {
    const issuer = "https://login.example.org";
    const elsewhere = signedIn({ issuer, audiences: ["theirs"] });
    expect(await violations(authorizerTrustsOwnPool, elsewhere, { [authorizerTrustsOwnPool.name]: { issuers: [issuer] } })).to.deep.equal([]);
    expect(await applications(authorizerTrustsOwnPool, authorizer({ authorizerType: "REQUEST", authorizerUri: "arn:f" }))).to.equal(0);
  });

  it("apigateway-domain-speaks-modern-tls takes another policy", async () => {
    expect(await violations(domainSpeaksModernTls, domain("TLS_1_2"), { [domainSpeaksModernTls.name]: { minimum: ["SecurityPolicy_TLS13_"] } })).to.have.length(
      1,
    );
  });
});
