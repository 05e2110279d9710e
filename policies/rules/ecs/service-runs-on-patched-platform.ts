import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** AWS mends the newest platform; an old one keeps its holes. */
export const serviceRunsOnPatchedPlatform: ResourceValidationPolicy = {
  name: "ecs-service-runs-on-patched-platform",
  description: "Services of ECS must run on the latest platform of Fargate.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(5)(ii)(B)", "164.308(a)(1)(ii)(B)"),
  tags: ["ecs", "vulnerabilities"],
  remediationSteps: "Set launchType FARGATE and leave platformVersion out, or set it to LATEST.",
  validateResource: validateResourceOfType(aws.ecs.Service, ({ platformVersion = "LATEST", launchType = "FARGATE" }, args, report) => {
    if (platformVersion !== "LATEST") report(`Service "${args.name}" runs on platform ${platformVersion}; platformVersion must be LATEST.`);
    if (launchType !== "FARGATE") report(`Service "${args.name}" runs on ${launchType}; launchType must be FARGATE.`);
  }),
};
