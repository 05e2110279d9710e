import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";

/** Each function keeps executions for itself, so that a flood of one leaves the others running. New accounts have too few to share out: there, a stack says so. */
export const functionConcurrencyIsReserved: ResourceValidationPolicy = {
  name: "lambda-function-concurrency-is-reserved",
  description: "Lambda functions must reserve executions for themselves.",
  enforcementLevel: "mandatory",
  severity: "low",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
  tags: ["lambda", "availability"],
  remediationSteps: "Set settings.reservedConcurrency of PlatformFunction, or reservedConcurrentExecutions.",
  configSchema: requiredSchema,
  validateResource: validateResourceOfType(aws.lambda.Function, (fn, args, report) => {
    onlyWhereRequired(args, "The account of this stack has too few executions to share out.");
    const reserved = fn.reservedConcurrentExecutions ?? -1;
    if (reserved < 1) report(`Function "${args.name}" has reservedConcurrentExecutions ${fn.reservedConcurrentExecutions ?? "unset"}; it must be 1 or more.`);
  }),
};
