import { hipaaEligible } from "../../contracts/hipaa-eligible-services.ts";
import type { Conditions } from "../security/policy.ts";

/** A statement of a service-control policy: what nobody in an account may do, whoever allows it. */
interface Guardrail {
  readonly Sid: string;
  readonly Effect: "Deny";
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Conditions;
}

/** Longest text of a service-control policy (Organizations User Guide, "Quotas and service limits"). */
export const longestPolicy = 5120;

const everything = ["*"] as const;
const deny = (Sid: string, Action: readonly string[], Condition?: Conditions, Resource: readonly string[] = everything): Guardrail => ({
  Sid,
  Effect: "Deny",
  Action,
  Resource,
  ...(Condition && { Condition }),
});

/** Services that act from us-east-1 for the whole account, wherever the caller is. */
const globalServices = [
  "account access-analyzer aws-portal billing budgets ce cloudfront cur health iam identitystore invoicing notifications organizations",
  "payments pricing resource-explorer-2 route53 route53domains servicequotas shield sso sso-directory sts support supportplans tag tax trustedadvisor waf",
].flatMap((line) => line.split(" "));

/** Nothing is done with a service that must not see patients' data. HIPAA 164.308(b)(1), 164.314(a). */
export const eligibleServicesOnly = (): Guardrail[] => [
  {
    Sid: `HipaaEligibleServices${hipaaEligible.asOf.replaceAll("-", "")}`,
    Effect: "Deny",
    NotAction: [...hipaaEligible.prefixes, ...hipaaEligible.plumbing].map((prefix) => `${prefix}:*`),
    Resource: everything,
  },
];

/** Nothing lies outside the allowed Regions. CloudFront's firewall and logs have no other Region than us-east-1. */
export const allowedRegionsOnly = (regions: readonly string[]): Guardrail[] => [
  {
    Sid: "AllowedRegions",
    Effect: "Deny",
    NotAction: [...globalServices.map((prefix) => `${prefix}:*`), "s3:GetAccountPublic*", "s3:ListAllMyBuckets", "s3:PutAccountPublic*"],
    Resource: everything,
    Condition: { StringNotEquals: { "aws:RequestedRegion": [...new Set([...regions, "us-east-1"])] } },
  },
];

/** Nobody but who deploys changes what watches. HIPAA 164.312(b), 164.312(c)(1). */
export function auditStays(deployRole: string): Guardrail[] {
  const others: Conditions = { ArnNotLike: { "aws:PrincipalArn": `arn:aws:iam::*:role/${deployRole}` } };
  return [
    deny("AccountStays", ["account:CloseAccount", "organizations:LeaveOrganization"]),
    deny("TrailStays", ["cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail"], others),
    deny(
      "RecordingStays",
      [
        "config:DeleteConfigurationRecorder",
        "config:DeleteConformancePack",
        "config:DeleteDeliveryChannel",
        "config:DeleteRetentionConfiguration",
        "config:StopConfigurationRecorder",
      ],
      others,
    ),
    deny(
      "WatchersStay",
      [
        "access-analyzer:DeleteAnalyzer",
        "guardduty:DeleteDetector",
        "guardduty:DisassociateFromAdministratorAccount",
        "guardduty:UpdateDetector",
        "macie2:DisableMacie",
        "macie2:DisassociateFromAdministratorAccount",
        "securityhub:DisableSecurityHub",
        "securityhub:DisassociateFromAdministratorAccount",
      ],
      others,
    ),
    deny("LogsStay", ["logs:DeleteLogGroup", "logs:DeleteLogStream", "logs:DisassociateKmsKey", "logs:PutRetentionPolicy", "ec2:DeleteFlowLogs"], others),
    deny("KeysStay", ["kms:DisableKey", "kms:DisableKeyRotation", "kms:ScheduleKeyDeletion"], others),
    deny("BackupsStay", ["backup:DeleteBackupVault", "backup:DeleteBackupVaultLockConfiguration", "backup:DeleteRecoveryPoint"], others),
    deny("ArchiveStays", ["s3:BypassGovernanceRetention", "s3:DeleteBucket", "s3:DeleteObjectVersion", "s3:PutBucketObjectLockConfiguration"], others, [
      "arn:aws:s3:::svp-*-log-archive",
      "arn:aws:s3:::svp-*-log-archive/*",
    ]),
  ];
}

/** Nobody works as root or as a user of IAM, and nothing becomes public. HIPAA 164.312(a)(1), (a)(2)(i), (d). */
export function identitiesAreKnown(deployRole: string): Guardrail[] {
  const others: Conditions = { ArnNotLike: { "aws:PrincipalArn": `arn:aws:iam::*:role/${deployRole}` } };
  return [
    deny("NoRoot", everything, { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:root" } }),
    deny("NoUsers", ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateUser"]),
    deny("NothingPublic", ["s3:PutAccountPublicAccessBlock", "ec2:DisableSnapshotBlockPublicAccess", "ec2:DisableEbsEncryptionByDefault"], others),
    deny("NoSharing", ["ec2:ModifySnapshotAttribute", "ec2:ModifyImageAttribute", "ram:CreateResourceShare"], others),
    deny("RolesStayBound", ["iam:DeleteRolePermissionsBoundary"]),
  ];
}

/** Operations that no analysis of an operation needs and that patients or AWS's own learning must be kept from. HIPAA 164.514(b)(2)(i), 164.502(b). */
export const analysisStaysClinical = (): Guardrail[] => [
  deny("NoFaces", [
    "rekognition:*Celebrit*",
    "rekognition:*Collection*",
    "rekognition:*Face*",
    "rekognition:*PersonTracking",
    "rekognition:*StreamProcessor*",
    "rekognition:StartMediaAnalysisJob",
  ]),
  deny(
    "JobsAreIsolated",
    ["sagemaker:CreateModel", "sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob", "sagemaker:CreateHyperParameterTuningJob"],
    {
      BoolIfExists: { "sagemaker:NetworkIsolation": "false" },
    },
  ),
  deny(
    "JobsHaveNetworks",
    ["sagemaker:CreateModel", "sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob", "sagemaker:CreateHyperParameterTuningJob"],
    {
      Null: { "sagemaker:VpcSubnets": "true" },
    },
  ),
  deny("NoInternetNotebooks", ["sagemaker:CreateNotebookInstance"], { StringNotEquals: { "sagemaker:DirectInternetAccess": "Disabled" } }),
];

/** A policy as Organizations takes it, without a superfluous space. */
export const policyText = (statements: readonly Guardrail[]): string => JSON.stringify({ Version: "2012-10-17", Statement: statements });

/**
 * Keeps AWS's AI services from storing and using what they are shown, now and when new ones come; accounts can't opt in
 * again (Organizations User Guide, "AI services opt-out policies").
 */
export const aiOptOutText = (): string =>
  JSON.stringify({
    services: {
      "@@operators_allowed_for_child_policies": ["@@none"],
      default: {
        "@@operators_allowed_for_child_policies": ["@@none"],
        opt_out_policy: { "@@operators_allowed_for_child_policies": ["@@none"], "@@assign": "optOut" },
      },
    },
  });
