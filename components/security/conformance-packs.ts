import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName } from "../place.ts";
import type { ConfigurationRecorder } from "./configuration-recorder.ts";

export interface ConformancePacksArgs {
  place: Place;
  /** Config judges only what it records. */
  recorder: ConfigurationRecorder;
}

/** A rule that AWS Config brings along, by its identifier, with parameters. */
interface ManagedRule {
  readonly identifier: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

const rule = (identifier: string, parameters?: ManagedRule["parameters"]): ManagedRule => ({ identifier, ...(parameters && { parameters }) });

/**
 * AWS's "Operational Best Practices for HIPAA Security", as far as it is about resources that this platform makes or that
 * any account has, and what AWS's pack does not ask of keys, logs, functions and tables. Left out: rules for servers,
 * databases, load balancers, clusters and search domains, of which there are none. They would say "compliant" about nothing.
 */
export const hipaaRules: readonly ManagedRule[] = [
  rule("ACCESS_KEYS_ROTATED", { maxAccessKeyAge: "90" }),
  rule("API_GW_EXECUTION_LOGGING_ENABLED"),
  rule("BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK", { requiredFrequencyUnit: "days", requiredFrequencyValue: "1", requiredRetentionDays: "35" }),
  rule("BACKUP_RECOVERY_POINT_ENCRYPTED"),
  rule("BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED"),
  rule("CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED"),
  rule("CLOUD_TRAIL_ENABLED"),
  rule("CLOUD_TRAIL_ENCRYPTION_ENABLED"),
  rule("CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED"),
  rule("CLOUDTRAIL_S3_DATAEVENTS_ENABLED"),
  rule("CLOUDWATCH_ALARM_ACTION_CHECK", { alarmActionRequired: "true", insufficientDataActionRequired: "false", okActionRequired: "false" }),
  rule("CLOUDWATCH_LOG_GROUP_ENCRYPTED"),
  rule("CMK_BACKING_KEY_ROTATION_ENABLED"),
  rule("CW_LOGGROUP_RETENTION_PERIOD_CHECK", { MinRetentionTime: "2192" }),
  rule("DYNAMODB_IN_BACKUP_PLAN"),
  rule("DYNAMODB_PITR_ENABLED"),
  rule("DYNAMODB_TABLE_ENCRYPTED_KMS"),
  rule("EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK"),
  rule("EC2_EBS_ENCRYPTION_BY_DEFAULT"),
  rule("ECS_CONTAINERS_READONLY_ACCESS"),
  rule("ECS_TASK_DEFINITION_USER_FOR_HOST_MODE_CHECK"),
  rule("GUARDDUTY_ENABLED_CENTRALIZED"),
  rule("IAM_CUSTOMER_POLICY_BLOCKED_KMS_ACTIONS", { blockedActionsPatterns: "kms:Decrypt,kms:ReEncryptFrom" }),
  rule("IAM_PASSWORD_POLICY", {
    MaxPasswordAge: "90",
    MinimumPasswordLength: "14",
    PasswordReusePrevention: "24",
    RequireLowercaseCharacters: "true",
    RequireNumbers: "true",
    RequireSymbols: "true",
    RequireUppercaseCharacters: "true",
  }),
  rule("IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS"),
  rule("IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS"),
  rule("IAM_ROOT_ACCESS_KEY_CHECK"),
  rule("IAM_USER_MFA_ENABLED"),
  rule("IAM_USER_NO_POLICIES_CHECK"),
  rule("IAM_USER_UNUSED_CREDENTIALS_CHECK", { maxCredentialUsageAge: "45" }),
  rule("INCOMING_SSH_DISABLED"),
  rule("KMS_CMK_NOT_SCHEDULED_FOR_DELETION"),
  rule("LAMBDA_CONCURRENCY_CHECK"),
  rule("LAMBDA_DLQ_CHECK"),
  rule("LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED"),
  rule("LAMBDA_INSIDE_VPC"),
  rule("MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS"),
  rule("MULTI_REGION_CLOUD_TRAIL_ENABLED"),
  rule("NO_UNRESTRICTED_ROUTE_TO_IGW"),
  rule("RESTRICTED_INCOMING_TRAFFIC"),
  rule("ROOT_ACCOUNT_HARDWARE_MFA_ENABLED"),
  rule("ROOT_ACCOUNT_MFA_ENABLED"),
  rule("S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC"),
  rule("S3_BUCKET_ACL_PROHIBITED"),
  rule("S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED"),
  rule("S3_BUCKET_LOGGING_ENABLED"),
  rule("S3_BUCKET_PUBLIC_READ_PROHIBITED"),
  rule("S3_BUCKET_PUBLIC_WRITE_PROHIBITED"),
  rule("S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED"),
  rule("S3_BUCKET_SSL_REQUESTS_ONLY"),
  rule("S3_BUCKET_VERSIONING_ENABLED"),
  rule("S3_DEFAULT_ENCRYPTION_KMS"),
  rule("S3_VERSION_LIFECYCLE_POLICY_CHECK"),
  rule("SECRETSMANAGER_USING_CMK"),
  rule("SECURITYHUB_ENABLED"),
  rule("SNS_ENCRYPTED_KMS"),
  rule("SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED"),
  rule("VPC_DEFAULT_SECURITY_GROUP_CLOSED"),
  rule("VPC_FLOW_LOGS_ENABLED"),
  rule("VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS"),
  rule("WAFV2_LOGGING_ENABLED"),
];

/** SageMaker, which the HIPAA pack hardly knows. */
export const sagemakerRules: readonly ManagedRule[] = [
  rule("SAGEMAKER_DOMAIN_IN_VPC"),
  rule("SAGEMAKER_ENDPOINT_CONFIGURATION_KMS_KEY_CONFIGURED"),
  rule("SAGEMAKER_ENDPOINT_CONFIG_PROD_INSTANCE_COUNT"),
  rule("SAGEMAKER_MODEL_IN_VPC"),
  rule("SAGEMAKER_MODEL_ISOLATION_ENABLED"),
  rule("SAGEMAKER_NOTEBOOK_INSTANCE_INSIDE_VPC"),
  rule("SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED"),
  rule("SAGEMAKER_NOTEBOOK_INSTANCE_ROOT_ACCESS_CHECK"),
  rule("SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS"),
];

/** Longest template in a request (API reference: PutConformancePack, TemplateBody). */
export const longestTemplate = 51_200;

/** The rules as the template of a conformance pack: CloudFormation in JSON, which is YAML, too. */
export function templateOf(rules: readonly ManagedRule[]): string {
  const resources = rules.map(({ identifier, parameters }) => [
    identifier
      .toLowerCase()
      .split("_")
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(""),
    {
      Type: "AWS::Config::ConfigRule",
      Properties: {
        ConfigRuleName: identifier.toLowerCase().replaceAll("_", "-"),
        Source: { Owner: "AWS", SourceIdentifier: identifier },
        ...(parameters && { InputParameters: parameters }),
      },
    },
  ]);
  return JSON.stringify({ Resources: Object.fromEntries(resources) });
}

/**
 * Has AWS Config judge, all the time, what really exists in the account; the policy pack judges what is about to. HIPAA 164.308(a)(8).
 *
 * **Cost**: $0.001 for each evaluation of a rule.
 */
export class ConformancePacks extends PlatformComponent {
  constructor(name: string, { place, recorder }: ConformancePacksArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:security:ConformancePacks", name, opts);
    for (const [suffix, rules] of Object.entries({ hipaa: hipaaRules, sagemaker: sagemakerRules })) {
      new aws.cfg.ConformancePack(
        this.childName(suffix),
        { name: physicalName(place, suffix), templateBody: templateOf(rules) },
        this.child({ dependsOn: [recorder] }),
      );
    }
    this.registerOutputs();
  }
}
