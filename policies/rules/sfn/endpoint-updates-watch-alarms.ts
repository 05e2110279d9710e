import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { at, isComputed } from "../../expressions.ts";
import { knownText } from "../../given.ts";
import { judgeAll } from "../../subjects.ts";
import { endpointType } from "../sagemaker/endpoints.ts";
import { definitionOf, tasksOf } from "./tasks.ts";

/**
 * A machine that gives an endpoint another fleet does what an update of the program does, and must be held to the same: the endpoint's alarms
 * take it back. (SageMaker Developer Guide, "Auto-rollback configuration and monitoring") Another update of the same endpoint, which puts a
 * fleet back, may watch none: its alarms may be raised because of what goes.
 */
export const endpointUpdatesWatchAlarms: StackValidationPolicy = {
  name: "sfn-endpoint-updates-watch-alarms",
  description: "State machines that update a SageMaker endpoint must let the alarms that the endpoint names take the update back.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.312(c)(1)"),
  tags: ["sfn", "sagemaker", "availability"],
  remediationSteps: "Use our ModelDeployment, or set DeploymentConfig.AutoRollbackConfiguration.Alarms of updateEndpoint to the alarms of the endpoint.",
  validateStack: (args, report) =>
    judgeAll(
      args,
      report,
      { types: ["aws:sfn/stateMachine:StateMachine"], noun: "State machine", where: (machine) => updatesOf(machine).length > 0 },
      (machine, say) => {
        const updates = updatesOf(machine);
        for (const [endpoint, watched] of Map.groupBy(updates, ({ endpoint }) => endpoint)) {
          const named = new Set(watched.flatMap(({ alarms }) => alarms));
          const own = ofType(args.resources, endpointType).filter(({ props }) => knownText(props, "name") === endpoint);
          const missing = own
            .flatMap((one) => alarmsIn(at(one.props, "deploymentConfig.autoRollbackConfiguration.alarms"), "alarmName"))
            .filter((alarm) => !named.has(alarm));
          if (named.size === 0) say(`updates endpoint ${endpoint} and lets no alarm take it back.`);
          else if (missing.length > 0) say(`updates endpoint ${endpoint} whatever ${missing.join(" and ")} says, which the endpoint names.`);
        }
      },
    ),
};

interface Update {
  readonly endpoint: string;
  readonly alarms: readonly string[];
}

/** Updates of endpoints that are written out: which one is put back is only known when it runs. */
const updatesOf = (machine: PolicyResource): Update[] =>
  tasksOf(definitionOf(machine.props as { definition: string }))
    .filter(({ service, operation }) => service === "sagemaker" && operation === "updateEndpoint")
    .flatMap(({ arguments: settings }) => {
      const endpoint = at(settings, "EndpointName");
      const alarms = alarmsIn(at(settings, "DeploymentConfig.AutoRollbackConfiguration.Alarms"), "AlarmName");
      return typeof endpoint === "string" && !isComputed(endpoint) ? [{ endpoint, alarms }] : [];
    });

const alarmsIn = (alarms: unknown, key: string): string[] =>
  (Array.isArray(alarms) ? alarms : []).map((alarm) => at(alarm, key)).filter((name): name is string => typeof name === "string" && !isComputed(name));
