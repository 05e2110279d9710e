import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** A security group of its own bounds whom a task talks to; on Fargate nothing else runs beside it. */
export const taskSharesNothingWithItsHost: ResourceValidationPolicy = {
  name: "ecs-task-shares-nothing-with-its-host",
  description: "Tasks of ECS must run on Fargate with a network of their own, and share no processes with anything beside them.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)", "164.308(a)(4)(ii)(B)"),
  tags: ["ecs", "network", "least-privilege"],
  remediationSteps: "Use our FargateTask, or set requiresCompatibilities FARGATE and networkMode awsvpc, and leave pidMode and ipcMode out.",
  validateResource: validateResourceOfType(aws.ecs.TaskDefinition, (task, args, report) => {
    const say = (wrong: string): void => report(`Task definition "${args.name}" ${wrong}.`);
    const runsOn = task.requiresCompatibilities ?? ["EC2"];
    if (runsOn.some((kind) => kind !== "FARGATE")) say(`may run on ${runsOn.join(", ")}; requiresCompatibilities must be FARGATE`);
    if (task.networkMode !== "awsvpc") say(`has networkMode ${task.networkMode ?? "bridge"}; it must be awsvpc`);
    for (const mode of ["pidMode", "ipcMode"] as const) if (task[mode] === "host") say(`shares its host by ${mode}; ${mode} must be left out`);
    for (const { name, hostPath } of task.volumes ?? [])
      if (hostPath !== undefined) say(`mounts ${hostPath} of its host as ${name}; hostPath must be left out`);
  }),
};
