import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { objectsIn } from "../../documents.ts";
import { hearersIn } from "../../event-pattern.ts";
import { judgeAll } from "../../subjects.ts";
import { definitionOf, tasksOf } from "./tasks.ts";

/** What becomes of an execution that its own states can't record, and how Step Functions tells of it (Developer Guide, "Automating event delivery"). */
const untoldByStates: Readonly<Record<string, object>> = {
  fails: { status: "FAILED", redriveCount: 0 },
  "takes too long": { status: "TIMED_OUT", redriveCount: 0 },
  "is stopped": { status: "ABORTED", redriveCount: 0 },
  "goes on after a redrive": { status: "RUNNING", redriveCount: 1 },
};

/**
 * A machine that records in a table that it failed does so in a state. One that was stopped, or took too long, runs no state any more, and
 * one that is redriven passes none: the table would say of a case for ever what is not so. Somebody outside must hear of it: by one rule,
 * for whoever corrects the table must know both that an execution ended and that it goes on.
 */
export const recordedFailuresAreFollowed: StackValidationPolicy = {
  name: "sfn-recorded-failures-are-followed",
  description: "Of state machines that record in a table that they failed, one rule of EventBridge must hear of every end without success, and of redrives.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(b)", "164.312(c)(1)", "164.308(a)(7)(ii)(C)"),
  tags: ["sfn", "events", "integrity"],
  remediationSteps:
    "Use CaseAnalysis, or add an EventRule on aws.states for FAILED, TIMED_OUT and ABORTED executions of the machine, and for RUNNING ones that were redriven, with a target that corrects the table.",
  validateStack: (args, report) => {
    const hearers = hearersIn(args.resources);
    judgeAll(args, report, { types: ["aws:sfn/stateMachine:StateMachine"], noun: "State machine", where: recordsFailure }, ({ props }, say) => {
      const about = { source: "aws.states", "detail-type": "Step Functions Execution Status Change" };
      const events = Object.entries(untoldByStates).map(
        ([what, detail]) => [what, { ...about, detail: { stateMachineArn: props["arn"] as string, ...detail } }] as const,
      );
      const missedBy = [() => false, ...hearers].map((hears) => events.flatMap(([what, event]) => (hears(event) ? [] : [what])));
      const [fewest = []] = missedBy.sort((a, b) => a.length - b.length);
      if (fewest.length > 0) say(`records in a table that it failed, and no rule hears when an execution ${fewest.join(", or ")}.`);
    });
  },
};

/** Whether a task writes the status FAILED into an item of DynamoDB. */
const recordsFailure = ({ props }: PolicyResource): boolean =>
  tasksOf(definitionOf(props as { definition: string })).some(
    ({ service, operation, arguments: given }) =>
      service === "dynamodb" && ["putItem", "updateItem"].includes(operation) && [...objectsIn(given)].some(({ S }) => S === "FAILED"),
  );
