import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeAll } from "../../subjects.ts";
import { restStage, settingsOfAllMethods } from "./stages.ts";

/**
 * A stage that keeps answers has another copy of what is about patients. It keeps none, or encrypts them and lets nobody but who may throw
 * them away (API Gateway Developer Guide, "Cache settings for REST APIs"). Stages of HTTP APIs keep none.
 */
export const stageKeepsNoAnswersInClear: StackValidationPolicy = {
  name: "apigateway-stage-keeps-no-answers-in-clear",
  description: "Stages of REST APIs must keep no answers, or encrypt them.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)", "164.310(d)(1)", "164.312(c)(1)"),
  tags: ["apigateway", "encryption", "phi"],
  remediationSteps: 'Leave cacheClusterEnabled out, or add MethodSettings for "*/*" with cacheDataEncrypted and requireAuthorizationForCacheControl.',
  validateStack: (args, report) =>
    judgeAll(args, report, { types: [restStage], noun: "Stage" }, (stage, say) => {
      if (stage.props["cacheClusterEnabled"] !== true) return;
      const settings = settingsOfAllMethods(stage, args.resources) ?? {};
      const wanted = { cacheDataEncrypted: true, requireAuthorizationForCacheControl: true, unauthorizedCacheControlHeaderStrategy: "FAIL_WITH_403" };
      for (const [key, value] of Object.entries(wanted)) {
        if (settings[key] !== value) say(`keeps answers with ${key} ${String(settings[key] ?? "unset")}; it must be ${value}.`);
      }
    }),
};
