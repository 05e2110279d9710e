import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { at } from "../../expressions.ts";
import { judgeAll } from "../../subjects.ts";
import { configurationOf, endpointType, isAnswering } from "./endpoints.ts";

/**
 * A new version of a network takes over beside the old one, which takes back at once when alarms say so: nobody who waits for an answer
 * is left without (SageMaker Developer Guide, "Auto-rollback configuration and monitoring").
 */
export const endpointRollsBackOnAlarms: StackValidationPolicy = {
  name: "sagemaker-endpoint-rolls-back-on-alarms",
  description: "SageMaker endpoints that callers wait for must go back to what ran before when alarms say that an update went wrong.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.312(c)(1)"),
  tags: ["sagemaker", "availability"],
  remediationSteps: "Use our RealTimeEndpoint, or set deploymentConfig with blueGreenUpdatePolicy and autoRollbackConfiguration.alarms.",
  validateStack: (args, report) =>
    judgeAll(
      args,
      report,
      { types: [endpointType], noun: "Endpoint", where: (endpoint) => isAnswering(configurationOf(endpoint, args.resources)) },
      (endpoint, say) => {
        const deployment: unknown = endpoint.props["deploymentConfig"];
        const policies = ["blueGreenUpdatePolicy", "rollingUpdatePolicy"].filter((policy) => at(deployment, policy) !== undefined);
        if (policies.length === 0) say("says nothing of updates; deploymentConfig must set blueGreenUpdatePolicy or rollingUpdatePolicy.");
        const alarms = at(deployment, "autoRollbackConfiguration.alarms");
        if (!Array.isArray(alarms) || alarms.length === 0) say("never goes back; deploymentConfig.autoRollbackConfiguration.alarms must name alarms.");
      },
    ),
};
