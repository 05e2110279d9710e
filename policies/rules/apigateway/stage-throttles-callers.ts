import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeAll } from "../../subjects.ts";
import { type RouteSettings, restStage, routeSettingsOf, settingsOfAllMethods, stage } from "./stages.ts";

interface Config {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** A tenth of what AWS gives a whole account (API Gateway Developer Guide, "Quotas"): no API takes it all. */
const defaults: Config = { requestsPerSecond: 1000, burst: 500 };

/** An API takes no more than what is behind it can answer, and leaves to others what the account may take. */
export const stageThrottlesCallers: StackValidationPolicy = {
  name: "apigateway-stage-throttles-callers",
  description: "API Gateway stages must bound how many requests they take.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
  tags: ["apigateway", "availability"],
  remediationSteps: 'Use CaseApi, or set throttlingRateLimit and throttlingBurstLimit in defaultRouteSettings, or in MethodSettings for "*/*".',
  configSchema: {
    properties: {
      requestsPerSecond: { type: "integer", minimum: 1, default: defaults.requestsPerSecond },
      burst: { type: "integer", minimum: 1, default: defaults.burst },
    },
  },
  validateStack: (args, report) => {
    const { requestsPerSecond, burst } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    judgeAll(args, report, { types: [restStage, stage], noun: "Stage" }, (subject, say) => {
      const ofAll = subject.type === restStage ? [settingsOfAllMethods(subject, args.resources) as RouteSettings | undefined] : routeSettingsOf(subject.props);
      for (const settings of ofAll.length === 0 ? [undefined] : ofAll) {
        const of = settings?.routeKey === undefined ? "" : ` of ${settings.routeKey}`;
        const limits = { throttlingRateLimit: requestsPerSecond, throttlingBurstLimit: burst } as const;
        for (const [key, most] of Object.entries(limits) as [keyof typeof limits, number][]) {
          const found = settings?.[key] ?? -1;
          if (!(found > 0 && found <= most)) say(`has ${key}${of} ${settings?.[key] ?? "unset"}; it must be 1 to ${most}.`);
        }
      }
    });
  },
};
