import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/**
 * An execution of a standard machine has a history that says what was done to a case, and every state runs exactly once. Express
 * machines keep none and may run a state twice (Step Functions Developer Guide, "Choosing workflow type").
 */
export const stateMachineKeepsItsHistory: ResourceValidationPolicy = {
  name: "sfn-state-machine-keeps-its-history",
  description: "Step Functions state machines must be of type STANDARD, which keeps the history of every execution.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(b)", "164.312(c)(1)", "164.308(a)(1)(ii)(D)"),
  tags: ["sfn", "audit"],
  remediationSteps: "Set type STANDARD.",
  validateResource: validateResourceOfType(aws.sfn.StateMachine, ({ type = "STANDARD" }, args, report) => {
    if (type !== "STANDARD") report(`State machine "${args.name}" is of type ${type}; it must be STANDARD.`);
  }),
};
