import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeContainers } from "./containers.ts";

/** A group that ECS makes itself is neither encrypted with our key nor kept for the audit period. */
export const containerWritesToALogOfOurs: ResourceValidationPolicy = {
  name: "ecs-container-writes-to-a-log-of-ours",
  description: "Containers of ECS must write to a log group of CloudWatch that the program makes.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(b)", "164.308(a)(1)(ii)(D)"),
  tags: ["ecs", "audit"],
  remediationSteps: "Use our FargateTask, or set logConfiguration with logDriver awslogs and awslogs-group, without awslogs-create-group.",
  validateResource: judgeContainers(({ logConfiguration: log }, say) => {
    if (log?.logDriver !== "awslogs") say(`logs by ${log?.logDriver ?? "nothing"}; logConfiguration.logDriver must be awslogs`);
    else if ((log.options?.["awslogs-group"] ?? "") === "") say("names no log group; awslogs-group must name one");
    if (log?.options?.["awslogs-create-group"] === "true") say("makes its own log group; awslogs-create-group must be left out");
  }),
};
