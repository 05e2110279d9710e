import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";

/**
 * A copy is whole, and outlives the deletion of what it copies. Objects under a KMS key are left out unless a rule says otherwise (S3 User
 * Guide, "Replicating encrypted objects").
 */
export const replicationCopiesAllButDeletions: ResourceValidationPolicy = {
  name: "s3-replication-copies-all-but-deletions",
  description: "Replication of S3 buckets must copy every object, those under KMS keys included, and must not copy deletions.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)", "164.310(d)(2)(iv)", "164.312(c)(1)"),
  tags: ["s3", "recovery"],
  remediationSteps: "Use BucketReplication: status Enabled, an empty filter, sseKmsEncryptedObjects Enabled, deleteMarkerReplication Disabled.",
  validateResource: validateResourceOfType(aws.s3.BucketReplicationConfig, ({ rules }, args, report) => {
    judgeEach(rules, ({ id, status, filter, prefix, sourceSelectionCriteria, deleteMarkerReplication }) => {
      const say = (wrong: string): void => report(`Replication "${args.name}", rule ${id ?? "without id"}, ${wrong}`);
      if (status !== "Enabled") say(`is ${status}; it must be Enabled.`);
      if (prefix || filter?.prefix || filter?.tag || filter?.and) say("leaves out objects; its filter must be empty.");
      const encrypted = sourceSelectionCriteria?.sseKmsEncryptedObjects?.status ?? "unset";
      if (encrypted !== "Enabled") say(`leaves out objects under KMS keys; sseKmsEncryptedObjects must be Enabled, not ${encrypted}.`);
      const deletions = deleteMarkerReplication?.status ?? "unset";
      if (deletions !== "Disabled") say(`may copy deletions; deleteMarkerReplication must be Disabled, not ${deletions}.`);
    });
  }),
};
