import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { at } from "../../expressions.ts";
import { isCustomerKey } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";

/** What runs containers, and the property that names its cluster. */
const clusterOf: Readonly<Record<string, string>> = { "aws:ecs/service:Service": "cluster", "aws:ecs/daemon:Daemon": "clusterArn" };

/** Whoever types in a container sees what it sees, past every log of ours. */
export const shellInContainerIsRecorded: StackValidationPolicy = {
  name: "ecs-shell-in-container-is-recorded",
  description: "ECS Exec must be off, or record every session under a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(b)", "164.312(a)(1)", "164.312(e)(2)(ii)"),
  tags: ["ecs", "audit"],
  remediationSteps: "Leave enableExecuteCommand out, or set executeCommandConfiguration of the cluster with logging OVERRIDE, kmsKeyId and an encrypted log.",
  validateStack: (args, report) =>
    judgeAll(args, report, { types: Object.keys(clusterOf), noun: "Service" }, (service, say) => {
      if (service.props["enableExecuteCommand"] !== true) return;
      const property = clusterOf[service.type]!;
      const cluster = ofType(args.resources, "aws:ecs/cluster:Cluster").find((found) => refersTo(service, property, found, ["arn", "id", "name"]));
      const exec = at(cluster?.props["configuration"], "executeCommandConfiguration");
      const log = at(exec, "logConfiguration");
      const encrypted =
        (at(log, "cloudWatchLogGroupName") !== undefined && at(log, "cloudWatchEncryptionEnabled") === true) ||
        (at(log, "s3BucketName") !== undefined && at(log, "s3BucketEncryptionEnabled") === true);
      if (at(exec, "logging") !== "OVERRIDE" || !encrypted || !isCustomerKey(exec as object, "kmsKeyId"))
        say("opens a shell that nobody records; enableExecuteCommand must be false.");
    }),
};
