import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** A container that works on what it should not shows in its processor and network first. */
export const clusterIsMeasured: ResourceValidationPolicy = {
  name: "ecs-cluster-is-measured",
  description: "Clusters of ECS must measure what their containers do.",
  enforcementLevel: "mandatory",
  severity: "low",
  framework: hipaa("164.312(b)", "164.308(a)(1)(ii)(D)", "164.308(a)(6)(ii)"),
  tags: ["ecs", "audit"],
  remediationSteps: "Use our FargateTask, or set the setting containerInsights to enabled or enhanced.",
  validateResource: validateResourceOfType(aws.ecs.Cluster, ({ settings = [] }, args, report) => {
    const value = settings.find(({ name }) => name === "containerInsights")?.value ?? "disabled";
    if (!["enabled", "enhanced"].includes(value)) report(`Cluster "${args.name}" has containerInsights ${value}; it must be enabled or enhanced.`);
  }),
};
