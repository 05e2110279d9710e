import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { definitionOf, tasksOf } from "./tasks.ts";

const optOutTag = "ai-services-opt-out";

/** Unless an organisation opts out, Rekognition may keep and use what it is shown (AWS Organizations User Guide, "AI services opt-out policies"). A machine that carries the policy's id can't be made before the policy is. */
export const rekognitionWaitsForOptOut: ResourceValidationPolicy = {
  name: "sfn-rekognition-waits-for-opt-out",
  description: "State machines that use Rekognition must carry the id of the organisation's AI services opt-out policy as a tag.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(b)(1)", "164.314(a)(1)", "164.502(b)"),
  tags: ["sfn", "rekognition", "phi"],
  remediationSteps: "Set the tag ai-services-opt-out to the id of the policy, as our CaseAnalysis does.",
  validateResource: validateResourceOfType(aws.sfn.StateMachine, (machine, args, report) => {
    if (!tasksOf(definitionOf(machine)).some(({ service }) => service === "rekognition")) args.notApplicable("The state machine has no task of Rekognition.");
    if (!isGiven(machine.tags, optOutTag))
      report(`State machine "${args.name}" uses Rekognition and has no tag ${optOutTag}; it must hold the id of the policy.`);
  }),
};
