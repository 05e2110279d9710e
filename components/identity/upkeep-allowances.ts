import { type Place, physicalName, regionalArn } from "../place.ts";
import { actions, allow, type BoundaryStatement } from "./boundary-statement.ts";

/**
 * What AWS Backup and GuardDuty do for an environment: they copy everything, write into what they restore, and follow changes by
 * rules of their own. None of it may leak into the roles of the platform itself.
 */
export function upkeepAllowances(place: Place, copyRegions: readonly string[]): BoundaryStatement[] {
  const regions = [place.region, ...copyRegions];
  const table = (name: string) => regionalArn(place, "dynamodb", `table/${name}`);
  const restored = "awsbackup-restore-test-*";
  return [
    allow(
      "Objects",
      "s3",
      [
        "AbortMultipartUpload",
        "CreateBucket",
        "GetBucket*",
        "GetInventoryConfiguration",
        "GetObject*",
        "ListBucket",
        "ListBucketVersions",
        "ListMultipartUploadParts",
        "PutBucketNotification",
        "PutBucketOwnershipControls",
        "PutBucketVersioning",
        "PutInventoryConfiguration",
        "PutObject",
        "PutObjectTagging",
        "PutObjectVersionTagging",
      ],
      [`arn:aws:s3:::${physicalName(place, "*")}`, `arn:aws:s3:::${restored}`],
    ),
    allow(
      "Tables",
      "dynamodb",
      [
        "CreateBackup",
        "DeleteBackup",
        "DescribeBackup",
        "DescribeContinuousBackups",
        "DescribeTable",
        "ListTagsOfResource",
        "RestoreTable*",
        "StartAwsBackupJob",
      ],
      [table(physicalName(place, "*")), table(restored)],
    ),
    allow("Items", "dynamodb", ["BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"], [table(restored)]),
    allow(
      "Keys",
      "kms",
      ["CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKey"],
      regions.map((region) => regionalArn({ ...place, region }, "kms", "key/*")),
    ),
    allow(
      "Backups",
      "backup",
      ["CopyFromBackupVault", "CopyIntoBackupVault", "DescribeBackupVault", "TagResource"],
      ["backup-vault:svp-*", "recovery-point:*"].map((resource) => `arn:aws:backup:*:${place.accountId}:${resource}`),
    ),
    allow(
      "Rules",
      "events",
      ["DeleteRule", "DescribeRule", "EnableRule", "ListTargetsByRule", "PutRule", "PutTargets", "RemoveTargets"],
      ["AwsBackupManagedRule*", "DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"].map((rule) => regionalArn(place, "events", `rule/${rule}`)),
    ),
    // These know no resources.
    {
      Sid: "Unnamed",
      Effect: "Allow",
      Action: [...actions("cloudwatch", ["GetMetricData"]), ...actions("events", ["ListRules"]), ...actions("s3", ["ListAllMyBuckets"])],
      Resource: ["*"],
    },
  ];
}
