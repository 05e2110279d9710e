import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { functions } from "./functions.ts";

/** What a function was sent without anybody waiting for the answer, and failed on, is kept: a case does not vanish. */
export const functionKeepsFailedEvents: StackValidationPolicy = {
  name: "lambda-function-keeps-failed-events",
  description: "Lambda functions must hand events that they fail on to a dead-letter queue or another destination.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(b)", "164.312(c)(1)", "164.308(a)(7)(i)"),
  tags: ["lambda", "integrity"],
  remediationSteps:
    "Use PlatformFunction with settings.deadLetters, or set deadLetterConfig.targetArn or a FunctionEventInvokeConfig with destinationConfig.onFailure.",
  validateStack: (args, report) =>
    judgeAll(args, report, functions, (fn, say) => {
      if (isGiven(fn.props["deadLetterConfig"] as object | undefined, "targetArn")) return;
      if (!args.resources.some((resource) => keepsFailuresOf(resource, fn))) say("forgets events that it fails on; it must set deadLetterConfig.targetArn.");
    }),
};

function keepsFailuresOf(resource: PolicyResource, fn: PolicyResource): boolean {
  if (resource.type !== "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig" || !refersTo(resource, "functionName", fn, ["name", "arn"]))
    return false;
  const { onFailure } = (resource.props["destinationConfig"] ?? {}) as { onFailure?: object };
  return isGiven(onFailure, "destination");
}
