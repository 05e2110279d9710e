import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";

/** Every step of an execution is logged, and none of its data: inputs and results of states point at patients' videos. */
export const stateMachineLogsWithoutExecutionData: ResourceValidationPolicy = {
  name: "sfn-state-machine-logs-without-execution-data",
  description: "Step Functions state machines must log every event of their executions, without the data.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(b)", "164.502(b)"),
  tags: ["sfn", "audit", "phi"],
  remediationSteps: "Set loggingConfiguration with level ALL, a logDestination, and includeExecutionData false.",
  validateResource: validateResourceOfType(aws.sfn.StateMachine, (machine, args, report) => {
    const logging = machine.loggingConfiguration;
    const subject = `State machine "${args.name}"`;
    if (logging?.level !== "ALL") report(`${subject} logs at level ${logging?.level ?? "OFF"}; it must be ALL.`);
    if (!isGiven(logging, "logDestination")) report(`${subject} has no log destination.`);
    if (logging?.includeExecutionData === true) report(`${subject} logs execution data.`);
  }),
};
