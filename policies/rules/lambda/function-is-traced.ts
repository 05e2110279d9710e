import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** A trace tells which function called what, and how long it took: where a case was, when something went wrong. */
export const functionIsTraced: ResourceValidationPolicy = {
  name: "lambda-function-is-traced",
  description: "Lambda functions must be traced by X-Ray.",
  enforcementLevel: "mandatory",
  severity: "low",
  framework: hipaa("164.312(b)", "164.308(a)(1)(ii)(D)"),
  tags: ["lambda", "audit"],
  remediationSteps: "Use PlatformFunction, or set tracingConfig.mode Active.",
  validateResource: validateResourceOfType(aws.lambda.Function, (fn, args, report) => {
    const mode = fn.tracingConfig?.mode;
    if (mode !== "Active") report(`Function "${args.name}" has tracingConfig.mode ${mode ?? "unset"}; it must be Active.`);
  }),
};
