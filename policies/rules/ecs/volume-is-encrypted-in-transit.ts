import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** What a task reads of a shared file system crosses a network. */
export const volumeIsEncryptedInTransit: ResourceValidationPolicy = {
  name: "ecs-volume-is-encrypted-in-transit",
  description: "Tasks of ECS must mount file systems over TLS and as their own role.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(e)(1)", "164.312(e)(2)(ii)", "164.312(d)"),
  tags: ["ecs", "transit"],
  remediationSteps: "Set efsVolumeConfiguration.transitEncryption ENABLED and authorizationConfig.iam ENABLED.",
  validateResource: validateResourceOfType(aws.ecs.TaskDefinition, ({ volumes = [] }, args, report) => {
    const mounted = volumes.filter(({ efsVolumeConfiguration: efs }) => efs !== undefined);
    if (mounted.length === 0) args.notApplicable("The task mounts no file system.");
    for (const { name, efsVolumeConfiguration: efs } of mounted) {
      if (efs?.transitEncryption !== "ENABLED") report(`Volume "${name}" of "${args.name}" is read without TLS; transitEncryption must be ENABLED.`);
      if (efs?.authorizationConfig?.iam !== "ENABLED") report(`Volume "${name}" of "${args.name}" opens to anybody; authorizationConfig.iam must be ENABLED.`);
    }
  }),
};
