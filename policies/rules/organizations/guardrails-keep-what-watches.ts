import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { knownText } from "../../given.ts";
import { requiredSchema } from "../../required.ts";
import { attempt, type Forbidden, judgeGuardrails } from "./guardrails.ts";

/** What would put out an eye, or undo what was seen. Service Authorization Reference. */
const blinding = [
  "access-analyzer:DeleteAnalyzer",
  "account:CloseAccount",
  "backup:DeleteBackupVault",
  "backup:DeleteBackupVaultLockConfiguration",
  "backup:DeleteRecoveryPoint",
  "cloudtrail:DeleteTrail",
  "cloudtrail:PutEventSelectors",
  "cloudtrail:StopLogging",
  "cloudtrail:UpdateTrail",
  "config:DeleteConfigurationRecorder",
  "config:DeleteConformancePack",
  "config:DeleteDeliveryChannel",
  "config:DeleteRetentionConfiguration",
  "config:StopConfigurationRecorder",
  "ec2:DeleteFlowLogs",
  "guardduty:DeleteDetector",
  "guardduty:DeleteMembers",
  "guardduty:DisassociateFromAdministratorAccount",
  "guardduty:DisassociateMembers",
  "guardduty:StopMonitoringMembers",
  "guardduty:UpdateDetector",
  "guardduty:UpdateOrganizationConfiguration",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:ScheduleKeyDeletion",
  "logs:DeleteLogGroup",
  "logs:DeleteLogStream",
  "logs:DisassociateKmsKey",
  "logs:PutRetentionPolicy",
  "macie2:DisableMacie",
  "macie2:DisassociateFromAdministratorAccount",
  "macie2:UpdateMacieSession",
  "organizations:LeaveOrganization",
  "s3:PutAccountPublicAccessBlock",
  "s3:PutBucketPublicAccessBlock",
  "securityhub:BatchDisableStandards",
  "securityhub:DeleteConfigurationPolicy",
  "securityhub:DeleteFindingAggregator",
  "securityhub:DisableSecurityHub",
  "securityhub:DisassociateFromAdministratorAccount",
  "securityhub:StartConfigurationPolicyAssociation",
  "securityhub:StartConfigurationPolicyDisassociation",
  "securityhub:UpdateConfigurationPolicy",
  "securityhub:UpdateFindingAggregator",
  "securityhub:UpdateOrganizationConfiguration",
];

/** Whoever gets hold of an account can't stop it from being watched, nor destroy keys, logs and backups; nor can a slip. */
export const guardrailsKeepWhatWatches: StackValidationPolicy = {
  name: "organizations-guardrails-keep-what-watches",
  description: "Service-control policies must deny stopping what records, watches, encrypts and backs up.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(7)(ii)(A)", "164.312(a)(2)(iv)", "164.312(b)", "164.312(c)(1)", "164.316(b)(2)(i)"),
  tags: ["organizations", "guardrails", "audit", "presence"],
  remediationSteps: "Add `Guardrails` for every account; the role that deploys is the only exception.",
  configSchema: requiredSchema,
  validateStack: (args, report) => {
    judgeGuardrails(args, report, () => [...blinding.map((action) => ({ what: action, request: attempt(action) })), ...losses(archives(args.resources))]);
  },
};

/** Buckets that trails and Config deliver to, as far as the stack names them. */
function archives(resources: Parameters<typeof ofType>[0]): string[] {
  const names = ofType(resources, "aws:cfg/deliveryChannel:DeliveryChannel", "aws:cloudtrail/trail:Trail").map(({ props }) => knownText(props, "s3BucketName"));
  return [...new Set(names)].filter((name) => name !== undefined);
}

/** What would open an archive, or let what lies in it go. */
const opening = [
  "s3:DeleteBucket",
  "s3:DeleteBucketPolicy",
  "s3:PutBucketLogging",
  "s3:PutBucketObjectLockConfiguration",
  "s3:PutBucketPolicy",
  "s3:PutBucketVersioning",
  "s3:PutEncryptionConfiguration",
  "s3:PutLifecycleConfiguration",
  "s3:PutReplicationConfiguration",
];

/** Archives and their objects. */
const losses = (buckets: readonly string[]): Forbidden[] =>
  buckets.flatMap((bucket) => [
    ...["s3:BypassGovernanceRetention", "s3:DeleteObject", "s3:DeleteObjectVersion"].map((action) => ({
      what: `${action} in ${bucket}`,
      request: attempt(action, {}, `arn:aws:s3:::${bucket}/any/object`),
    })),
    ...opening.map((action) => ({ what: `${action} of ${bucket}`, request: attempt(action, {}, `arn:aws:s3:::${bucket}`) })),
  ]);
