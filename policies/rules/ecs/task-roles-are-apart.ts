import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven, knownText } from "../../given.ts";

/** What starts a task fetches images and secrets; what runs in it must not. */
export const taskRolesAreApart: ResourceValidationPolicy = {
  name: "ecs-task-roles-are-apart",
  description: "Tasks of ECS must have a role of their own, apart from the role that starts them.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.312(a)(1)"),
  tags: ["ecs", "least-privilege"],
  remediationSteps: "Use our FargateTask, or set taskRoleArn and executionRoleArn to two roles.",
  validateResource: validateResourceOfType(aws.ecs.TaskDefinition, (task, args, report) => {
    const missing = ["taskRoleArn", "executionRoleArn"].filter((role) => !isGiven(task, role));
    if (missing.length > 0) report(`Task definition "${args.name}" has no role of its own for both; it must set ${missing.join(" and ")}.`);
    const own = knownText(task, "taskRoleArn");
    if (own !== undefined && own === knownText(task, "executionRoleArn"))
      report(`Task definition "${args.name}" runs as the role that starts it; taskRoleArn and executionRoleArn must differ.`);
  }),
};
