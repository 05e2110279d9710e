import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { at } from "../../expressions.ts";
import { isGiven } from "../../given.ts";
import { stepsOf } from "./resources.ts";

/** A network that nobody compared and nobody approved must not come to be used on patients: what a pipeline registers passed a condition, and waits. */
export const pipelinesRegisterForApproval: ResourceValidationPolicy = {
  name: "sagemaker-pipelines-register-for-approval",
  description: "SageMaker pipelines must register a model only behind a condition, and as a version that waits for a person's approval.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(1)(ii)(B)", "164.308(a)(4)(ii)(B)", "164.312(c)(1)"),
  tags: ["sagemaker", "quality"],
  remediationSteps: "Put the RegisterModel step into a branch of a Condition, and set its ModelApprovalStatus to PendingManualApproval.",
  validateResource: validateResourceOfType(aws.sagemaker.Pipeline, (pipeline, args, report) => {
    // One that lies elsewhere is judged by sagemaker-jobs-are-isolated-and-encrypted.
    const steps = isGiven(pipeline, "pipelineDefinition") ? stepsOf(JSON.parse(pipeline.pipelineDefinition!)) : [];
    const registering = steps.filter(({ type }) => type === "RegisterModel");
    if (registering.length === 0) args.notApplicable("The pipeline registers no model.");
    for (const { name, settings, conditional } of registering) {
      if (!conditional) report(`Step "${name}" registers whatever was trained; it must stand behind a condition.`);
      if (at(settings, "ModelApprovalStatus") !== "PendingManualApproval")
        report(`Step "${name}" must set ModelApprovalStatus to PendingManualApproval, written out.`);
    }
  }),
};
