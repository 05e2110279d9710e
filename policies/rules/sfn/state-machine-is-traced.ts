import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** A trace follows a case from one service to the next: what an investigation starts from. */
export const stateMachineIsTraced: ResourceValidationPolicy = {
  name: "sfn-state-machine-is-traced",
  description: "Step Functions state machines must trace their executions with X-Ray.",
  enforcementLevel: "mandatory",
  severity: "low",
  framework: hipaa("164.312(b)", "164.308(a)(6)(ii)"),
  tags: ["sfn", "audit"],
  remediationSteps: "Set tracingConfiguration.enabled to true.",
  validateResource: validateResourceOfType(aws.sfn.StateMachine, ({ tracingConfiguration: tracing }, args, report) => {
    if (tracing?.enabled !== true) report(`State machine "${args.name}" traces nothing; tracingConfiguration.enabled must be true.`);
  }),
};
