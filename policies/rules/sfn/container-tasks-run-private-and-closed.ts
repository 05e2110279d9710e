import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { at } from "../../expressions.ts";
import { judgeTasks } from "./tasks.ts";

/** A container that a state machine starts on ECS has no address on the internet, no shell for anybody, and AWS's own host below it. */
export const containerTasksRunPrivateAndClosed: ResourceValidationPolicy = {
  name: "sfn-container-tasks-run-private-and-closed",
  description: "Containers that a state machine runs on ECS must run on Fargate's latest platform, without a public address and without ECS Exec.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(b)", "164.312(e)(1)", "164.308(a)(5)(ii)(B)"),
  tags: ["sfn", "ecs", "network"],
  remediationSteps: "Pass runArguments of our FargateTask to ecs:runTask.",
  validateResource: judgeTasks(
    { wanted: ({ service, operation }) => service === "ecs" && operation === "runTask", without: "no task that runs containers on ECS" },
    ({ arguments: given }, say) => {
      const address = at(given, "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp");
      // ECS gives an address unless it is told not to.
      if (address !== "DISABLED") say(`sets AssignPublicIp ${address ?? "not at all"}; it must be DISABLED`);
      const exec = given["EnableExecuteCommand"] ?? false;
      if (exec !== false) say(`sets EnableExecuteCommand ${exec}; it must be false, for nobody records what is typed`);
      if (given["LaunchType"] !== "FARGATE") say(`sets LaunchType ${given["LaunchType"] ?? "not at all"}; it must be FARGATE`);
      const platform = given["PlatformVersion"] ?? "LATEST";
      if (platform !== "LATEST") say(`sets PlatformVersion ${platform}; it must be LATEST, which AWS keeps patched`);
    },
  ),
};
