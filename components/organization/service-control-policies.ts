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
const all = (service: string): string => `${service}:*`;
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

/** Services that CloudFront needs in us-east-1, wherever the stack is: its certificate and firewall, their logs and the logs' key. */
const edgeServices = ["acm", "kms", "logs", "wafv2"];

/**
 * Nothing is done with a service that must not see patients' data. HIPAA 164.308(b)(1), 164.314(a).
 *
 * It can't be split where it grows too long: each part would deny what the other excepts.
 */
export const eligibleServicesOnly = (): Guardrail[] => [
  {
    Sid: `HipaaEligibleServices${hipaaEligible.asOf.replaceAll("-", "")}`,
    Effect: "Deny",
    NotAction: [...hipaaEligible.prefixes, ...hipaaEligible.plumbing].map(all),
    Resource: everything,
  },
];

/** Nothing lies outside the allowed Regions. HIPAA 164.308(b)(1). */
export function allowedRegionsOnly(regions: readonly string[]): Guardrail[] {
  const everywhere = [...[...globalServices, ...edgeServices].map(all), "s3:GetAccountPublic*", "s3:ListAllMyBuckets", "s3:PutAccountPublic*"];
  const outside = (allowed: readonly string[]): Conditions => ({ StringNotEquals: { "aws:RequestedRegion": [...new Set(allowed)] } });
  return [
    { Sid: "AllowedRegions", Effect: "Deny", NotAction: everywhere, Resource: everything, Condition: outside(regions) },
    deny("EdgeRegions", edgeServices.map(all), outside([...regions, "us-east-1"])),
  ];
}

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
        "guardduty:DeleteMembers",
        "guardduty:DisassociateFromAdministratorAccount",
        "guardduty:DisassociateMembers",
        "guardduty:StopMonitoringMembers",
        "guardduty:UpdateDetector",
        "guardduty:UpdateOrganizationConfiguration",
        "macie2:DisableMacie",
        "macie2:DisassociateFromAdministratorAccount",
        "macie2:UpdateMacieSession",
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
      ],
      others,
    ),
    deny("LogsStay", ["logs:DeleteLogGroup", "logs:DeleteLogStream", "logs:DisassociateKmsKey", "logs:PutRetentionPolicy", "ec2:DeleteFlowLogs"], others),
    deny("KeysStay", ["kms:DisableKey", "kms:DisableKeyRotation", "kms:ScheduleKeyDeletion"], others),
    deny("BackupsStay", ["backup:DeleteBackupVault", "backup:DeleteBackupVaultLockConfiguration", "backup:DeleteRecoveryPoint"], others),
    deny("ArchiveStays", ["s3:BypassGovernanceRetention", "s3:DeleteObject", "s3:DeleteObjectVersion"], undefined, ["arn:aws:s3:::svp-*-archive/*"]),
    deny(
      "ArchiveStaysClosed",
      [
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:PutBucketLogging",
        "s3:PutBucketObjectLockConfiguration",
        "s3:PutBucketPolicy",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:PutReplicationConfiguration",
      ],
      others,
      ["arn:aws:s3:::svp-*-archive"],
    ),
  ];
}

/** Nobody works as root or as a user of IAM, and nothing becomes public. HIPAA 164.312(a)(1), (a)(2)(i), (d). */
export function identitiesAreKnown(deployRole: string): Guardrail[] {
  const others: Conditions = { ArnNotLike: { "aws:PrincipalArn": `arn:aws:iam::*:role/${deployRole}` } };
  return [
    deny("NoRoot", everything, { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:root" } }),
    deny("NoUsers", ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateUser"]),
    deny(
      "NothingPublic",
      [
        "ec2:DisableEbsEncryptionByDefault",
        "ec2:DisableImageBlockPublicAccess",
        "ec2:DisableSnapshotBlockPublicAccess",
        "s3:PutAccountPublicAccessBlock",
        "s3:PutBucketPublicAccessBlock",
      ],
      others,
    ),
    deny("NoOpenFunctions", ["lambda:CreateFunctionUrlConfig", "lambda:UpdateFunctionUrlConfig"], {
      StringNotEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" },
    }),
    deny("NoSharing", ["ec2:ModifySnapshotAttribute", "ec2:ModifyImageAttribute", "ram:CreateResourceShare"], others),
    deny("RolesStayBound", ["iam:DeleteRolePermissionsBoundary"]),
  ];
}

/** What runs containers with data, and can be told to run them apart (Service Authorization Reference, "Amazon SageMaker"). */
const jobs = ["sagemaker:CreateHyperParameterTuningJob", "sagemaker:CreateModel", "sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob"];

/** Operations that no analysis of an operation needs and that patients or AWS's own learning must be kept from. HIPAA 164.514(b)(2)(i), 164.502(b). */
export const analysisStaysClinical = (): Guardrail[] => [
  deny("NoFaces", [
    "rekognition:*Celebrit*",
    "rekognition:*Collection*",
    "rekognition:*Face*",
    "rekognition:*PersonTracking",
    "rekognition:*StreamProcessor*",
    "rekognition:*User*",
    "rekognition:StartMediaAnalysisJob",
  ]),
  // A request that does not ask for isolation lacks the key, and is denied, too.
  deny("JobsAreIsolated", jobs, { BoolIfExists: { "sagemaker:NetworkIsolation": "false" } }),
  deny("JobsHaveNetworks", jobs, { Null: { "sagemaker:VpcSubnets": "true" } }),
  deny("NoInternetStudios", ["sagemaker:CreateDomain"], { StringNotEquals: { "sagemaker:AppNetworkAccessType": "VpcOnly" } }),
  // An update that leaves the network alone lacks the key.
  deny("StudiosStayInside", ["sagemaker:UpdateDomain"], { StringEquals: { "sagemaker:AppNetworkAccessType": "PublicInternetOnly" } }),
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
