import type { Policies } from "@pulumi/policy";
import { apiAnswersNamedPagesOnly } from "./api-answers-named-pages-only.ts";
import { apiIsBehindFirewall } from "./api-is-behind-firewall.ts";
import { apiStaysInItsRegion } from "./api-stays-in-its-region.ts";
import { authorizerTrustsOwnPool } from "./authorizer-trusts-own-pool.ts";
import { authorizerVerifiesTokens } from "./authorizer-verifies-tokens.ts";
import { domainSpeaksModernTls } from "./domain-speaks-modern-tls.ts";
import { integrationIsReachedOverTls } from "./integration-is-reached-over-tls.ts";
import { methodChecksRequests } from "./method-checks-requests.ts";
import { routeAsksForToken } from "./route-asks-for-token.ts";
import { stageKeepsNoAnswersInClear } from "./stage-keeps-no-answers-in-clear.ts";
import { stageLogsAccessWithoutContent } from "./stage-logs-access-without-content.ts";
import { stageLogsExecutions } from "./stage-logs-executions.ts";
import { stageThrottlesCallers } from "./stage-throttles-callers.ts";
import { stageTracesNoData } from "./stage-traces-no-data.ts";

export const apigatewayRules: Policies = [
  apiAnswersNamedPagesOnly,
  apiIsBehindFirewall,
  apiStaysInItsRegion,
  authorizerTrustsOwnPool,
  authorizerVerifiesTokens,
  domainSpeaksModernTls,
  integrationIsReachedOverTls,
  methodChecksRequests,
  routeAsksForToken,
  stageKeepsNoAnswersInClear,
  stageLogsAccessWithoutContent,
  stageLogsExecutions,
  stageThrottlesCallers,
  stageTracesNoData,
];
