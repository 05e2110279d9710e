import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { either } from "../../either.ts";

/** What works on patients' data is reached through our own network only. A service of ECS's express mode is open to the internet by design. */
export const serviceHasNoPublicAddress: ResourceValidationPolicy = {
  name: "ecs-service-has-no-public-address",
  description: "Services of ECS must have no address on the internet.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)"),
  tags: ["ecs", "network"],
  remediationSteps: "Set networkConfiguration with subnets and securityGroups, and leave assignPublicIp out.",
  validateResource: either(
    validateResourceOfType(aws.ecs.Service, ({ networkConfiguration: network }, args, report) => judge(network, `Service "${args.name}"`, report)),
    validateResourceOfType(aws.ecs.TaskSet, ({ networkConfiguration: network }, args, report) => judge(network, `Task set "${args.name}"`, report)),
    validateResourceOfType(aws.ecs.ExpressGatewayService, (_service, args, report) =>
      report(`Service "${args.name}" is made in express mode, with a public load balancer; it must be an aws.ecs.Service.`),
    ),
  ),
};

function judge(network: { readonly assignPublicIp?: boolean | undefined } | undefined, subject: string, report: (message: string) => void): void {
  if (network === undefined) report(`${subject} has no network of its own; networkConfiguration must be set.`);
  else if (network.assignPublicIp === true) report(`${subject} has an address on the internet; networkConfiguration.assignPublicIp must be false.`);
}
