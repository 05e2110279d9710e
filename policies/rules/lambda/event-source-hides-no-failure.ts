import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";

/**
 * A function that takes messages in batches tells which of them failed: only these are tried again and go to the dead letters.
 * Without this, Lambda takes a batch that did not throw for handled, whatever the function says of its items. Records of streams
 * can have a destination for failures instead (Lambda Developer Guide, "Handling errors for an SQS event source").
 */
export const eventSourceHidesNoFailure: ResourceValidationPolicy = {
  name: "lambda-event-source-hides-no-failure",
  description: "Lambda event sources must report the items of a batch that failed, or keep them.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(b)", "164.312(c)(1)"),
  tags: ["lambda", "integrity"],
  remediationSteps: 'Set functionResponseTypes to ["ReportBatchItemFailures"], as UploadEvents does, or destinationConfig.onFailure.',
  validateResource: validateResourceOfType(aws.lambda.EventSourceMapping, (source, args, report) => {
    const reports = source.functionResponseTypes?.includes("ReportBatchItemFailures") === true;
    if (!reports && !isGiven(source.destinationConfig?.onFailure, "destinationArn")) {
      report(`Event source "${args.name}" does not tell which items failed; functionResponseTypes must hold ReportBatchItemFailures.`);
    }
  }),
};
