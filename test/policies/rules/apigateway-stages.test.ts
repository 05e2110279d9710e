import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { stageKeepsNoAnswersInClear } from "../../../policies/rules/apigateway/stage-keeps-no-answers-in-clear.ts";
import { stageLogsAccessWithoutContent } from "../../../policies/rules/apigateway/stage-logs-access-without-content.ts";
import { stageLogsExecutions } from "../../../policies/rules/apigateway/stage-logs-executions.ts";
import { stageThrottlesCallers } from "../../../policies/rules/apigateway/stage-throttles-callers.ts";
import { stageTracesNoData } from "../../../policies/rules/apigateway/stage-traces-no-data.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const stage =
  (args: Partial<aws.apigatewayv2.StageArgs> = {}, protocolType = "HTTP") =>
  (opts: Opts) =>
    new aws.apigatewayv2.Stage("s", { apiId: new aws.apigatewayv2.Api("a", { protocolType }, opts).id, ...args }, opts);
const logged = (format: object | string) =>
  stage({ accessLogSettings: { destinationArn: "arn:g", format: typeof format === "string" ? format : JSON.stringify(format) } });
const full = { when: "$context.requestTime", what: "$context.routeKey", how: "$context.status", who: "$context.authorizer.claims.sub" };
/** A stage of a REST API, and settings of its methods. */
const rest =
  (
    settings?: aws.types.input.apigateway.MethodSettingsSettings,
    args: Partial<aws.apigateway.StageArgs> = {},
    methodPath = "*/*",
    stageName = "prod",
  ): Program =>
  (opts) => {
    const api = new aws.apigateway.RestApi("a", {}, opts).id;
    new aws.apigateway.Stage("s", { restApi: api, deployment: "d", stageName: "prod", ...args }, opts);
    if (settings) new aws.apigateway.MethodSettings("all", { restApi: api, stageName, methodPath, settings }, opts);
  };
const limits = { throttlingRateLimit: 25, throttlingBurstLimit: 50 };
const unlimited = ['Stage "s" has throttlingBurstLimit unset; it must be 1 to 500.', 'Stage "s" has throttlingRateLimit unset; it must be 1 to 1000.'];
const off = 'Stage "s" logs executions at level OFF; loggingLevel must be ERROR or INFO.';
const secret = { cacheDataEncrypted: true, requireAuthorizationForCacheControl: true, unauthorizedCacheControlHeaderStrategy: "FAIL_WITH_403" };

describe("rules for API Gateway's stages", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [stageLogsAccessWithoutContent, "accepts who asked for what", logged(full)],
    [
      stageLogsAccessWithoutContent,
      "accepts the like of a REST API",
      rest(undefined, {
        accessLogSettings: { destinationArn: "arn:g", format: "$context.requestTimeEpoch $context.resourcePath $context.status $context.identity.caller" },
      }),
    ],
    [
      stageLogsAccessWithoutContent,
      "refuses no log",
      stage(),
      'Stage "s" does not log when, what, how it went, who; accessLogSettings.format must tell it.',
      'Stage "s" logs no access; it must set accessLogSettings.destinationArn.',
    ],
    [
      stageLogsAccessWithoutContent,
      "refuses to leave out who asked",
      logged({ ...full, who: "$context.identity.sourceIp" }),
      'Stage "s" does not log who; accessLogSettings.format must tell it.',
    ],
    [
      stageLogsAccessWithoutContent,
      "refuses addresses as they were, names and bodies",
      logged({ ...full, path: "$context.path", mail: "$context.authorizer.claims.email", body: "$input.body", claims: "$context.authorizer.claims" }),
      'Stage "s" logs $context.path, $context.authorizer.claims.email, $input.body, $context.authorizer.claims; accessLogSettings.format must hold approved variables only.',
    ],

    [stageLogsExecutions, "accepts a REST API that does", rest({ loggingLevel: "INFO" })],
    [stageLogsExecutions, "accepts a WebSocket that does", stage({ defaultRouteSettings: { loggingLevel: "ERROR" } }, "WEBSOCKET")],
    [stageLogsExecutions, "refuses a REST API that says nothing", rest(), off],
    [stageLogsExecutions, "refuses a REST API that does so for some methods", rest({ loggingLevel: "INFO" }, {}, "cases/GET"), off],
    [stageLogsExecutions, "refuses a REST API that does so at another stage", rest({ loggingLevel: "INFO" }, {}, "*/*", "other"), off],
    [stageLogsExecutions, "refuses a REST API that does not", rest({ loggingLevel: "OFF" }), off],
    [stageLogsExecutions, "refuses a WebSocket that does not", stage({}, "WEBSOCKET"), off],

    [stageTracesNoData, "accepts none", stage({ defaultRouteSettings: { dataTraceEnabled: false } })],
    [
      stageTracesNoData,
      "refuses all",
      stage({ defaultRouteSettings: { dataTraceEnabled: true } }),
      '"s" logs requests and answers as they are; dataTraceEnabled must be false.',
    ],
    [
      stageTracesNoData,
      "refuses those of a route",
      stage({ routeSettings: [{ routeKey: "send", dataTraceEnabled: true }] }),
      '"s" logs requests and answers as they are; dataTraceEnabled must be false.',
    ],
    [
      stageTracesNoData,
      "refuses those of methods",
      rest({ dataTraceEnabled: true }),
      '"all" logs requests and answers as they are; dataTraceEnabled must be false.',
    ],

    [stageThrottlesCallers, "accepts bounds", stage({ defaultRouteSettings: limits, routeSettings: [{ routeKey: "GET /cases", ...limits }] })],
    [stageThrottlesCallers, "accepts bounds of a REST API", rest(limits)],
    [stageThrottlesCallers, "refuses none", stage(), ...unlimited],
    [stageThrottlesCallers, "refuses none of a REST API", rest(), ...unlimited],
    [
      stageThrottlesCallers,
      "refuses high ones",
      stage({ defaultRouteSettings: { throttlingRateLimit: 10_000, throttlingBurstLimit: -1 } }),
      'Stage "s" has throttlingBurstLimit -1; it must be 1 to 500.',
      'Stage "s" has throttlingRateLimit 10000; it must be 1 to 1000.',
    ],
    [
      stageThrottlesCallers,
      "refuses a route without",
      stage({ defaultRouteSettings: limits, routeSettings: [{ routeKey: "GET /cases", throttlingRateLimit: 25 }] }),
      'Stage "s" has throttlingBurstLimit of GET /cases unset; it must be 1 to 500.',
    ],

    [stageKeepsNoAnswersInClear, "accepts a stage that keeps none", rest()],
    [stageKeepsNoAnswersInClear, "accepts encrypted ones", rest(secret, { cacheClusterEnabled: true })],
    [
      stageKeepsNoAnswersInClear,
      "refuses others",
      rest({ ...secret, cacheDataEncrypted: false }, { cacheClusterEnabled: true }),
      'Stage "s" keeps answers with cacheDataEncrypted false; it must be true.',
    ],
    [
      stageKeepsNoAnswersInClear,
      "refuses nothing said",
      rest(undefined, { cacheClusterEnabled: true }),
      'Stage "s" keeps answers with cacheDataEncrypted unset; it must be true.',
      'Stage "s" keeps answers with requireAuthorizationForCacheControl unset; it must be true.',
      'Stage "s" keeps answers with unauthorizedCacheControlHeaderStrategy unset; it must be FAIL_WITH_403.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("take other settings", async () => {
    const variables = ["path", ...["requestTime", "routeKey", "status", "authorizer.claims.sub"]];
    expect(
      await violations(stageLogsAccessWithoutContent, logged({ ...full, path: "$context.path" }), { [stageLogsAccessWithoutContent.name]: { variables } }),
    ).to.deep.equal([]);
    expect(
      await violations(stageThrottlesCallers, stage({ defaultRouteSettings: limits }), { [stageThrottlesCallers.name]: { requestsPerSecond: 10, burst: 10 } }),
    ).to.have.length(2);
  });

  it("do not apply where there is nothing to judge", async () => {
    for (const rule of [stageThrottlesCallers, stageKeepsNoAnswersInClear, stageLogsExecutions]) expect(await applications(rule, () => undefined)).to.equal(0);
    expect(await applications(stageLogsExecutions, stage())).to.equal(0);
    for (const rule of [stageLogsAccessWithoutContent, stageTracesNoData])
      expect(await applications(rule, (opts) => new aws.apigateway.RestApi("a", {}, opts))).to.equal(0);
  });
});
