import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { statementsOf } from "../../documents.ts";
import { refersTo } from "../../relations.ts";
import { coversAction, matches } from "../../requests.ts";
import { judgeAll } from "../../subjects.ts";
import { roleType } from "../iam/grants.ts";
import { alarmsOn, hasDimensions, namesMachine } from "./alarms.ts";

/**
 * An execution that is stopped neither fails nor takes too long: no state of it runs any more, and no other metric counts it. Machines that
 * a function of the stack stops in the course of its work are left out: there a stop is no trouble.
 */
export const stopsRaiseAlarms: StackValidationPolicy = {
  name: "cloudwatch-stops-raise-alarms",
  description: "The first execution of a state machine that somebody stops must raise an alarm, unless a function of the stack may stop it.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(6)(ii)", "164.308(a)(7)(ii)(C)"),
  tags: ["cloudwatch", "sfn", "incidents"],
  remediationSteps: "Use `Workflow`, or add a MetricAlarm on ExecutionsAborted of AWS/States that goes off at 1 and tells the topic of alerts.",
  validateStack: (args, report) => {
    const { resources } = args;
    const stoppable = patternsThatFunctionsStop(resources);
    const where = ({ props }: PolicyResource): boolean =>
      !stoppable.some((pattern) => matches(pattern.split(":").slice(5).join(":"), `execution:${props["name"]}:any`));
    judgeAll(args, report, { types: ["aws:sfn/stateMachine:StateMachine"], noun: "State machine", where }, (machine, say) => {
      const isWatched = alarmsOn(resources, "AWS/States", "ExecutionsAborted").some((alarm) =>
        hasDimensions(alarm, { StateMachineArn: (value) => namesMachine(value, machine) }),
      );
      if (!isWatched) say("has no alarm that goes off when ExecutionsAborted is 1.");
    });
  },
};

/** What roles of functions may stop: ARNs of executions, or their patterns. */
const patternsThatFunctionsStop = (resources: readonly PolicyResource[]): string[] => {
  const roles = ofType(resources, roleType).filter(({ props }) =>
    statementsOf(props["assumeRolePolicy"]).some(({ principals }) => principals.includes("lambda.amazonaws.com")),
  );
  return ofType(resources, "aws:iam/rolePolicy:RolePolicy")
    .filter((policy) => roles.some((role) => refersTo(policy, "role", role, ["name", "id"])))
    .flatMap(({ props }) => statementsOf(props["policy"]))
    .filter((statement) => statement.effect === "Allow" && coversAction(statement, "states:StopExecution"))
    .flatMap((statement) => statement.resources);
};
