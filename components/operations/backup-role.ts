import type * as pulumi from "@pulumi/pulumi";
import type { CaseTable } from "../data/case-table.ts";
import type { EncryptedBucket } from "../data/encrypted-bucket.ts";
import { type Place, regionalArn } from "../place.ts";
import { allow, type Statement } from "../security/policy.ts";

/** What is backed up. */
export interface BackedUp {
  readonly table: CaseTable;
  readonly buckets: readonly EncryptedBucket[];
}

/**
 * What AWS Backup does to back up and restore a table and buckets (AWS Backup Developer Guide, "Managed policies":
 * AWSBackupServiceRolePolicyForBackup, ...ForS3Backup, ...ForRestores, ...ForS3Restore), on these alone.
 */
export function backupStatements(place: Place, { table, buckets }: BackedUp): Statement[] {
  const bucketArns = buckets.map(({ arn }) => arn);
  const objects = buckets.map((bucket) => bucket.objects);
  const restored = regionalArn(place, "dynamodb", "table/awsbackup-restore-test-*");
  return [
    allow(
      "BackUpTable",
      ["dynamodb:CreateBackup", "dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:ListTagsOfResource", "dynamodb:StartAwsBackupJob"],
      [table.arn],
    ),
    allow("KeepTableBackups", ["dynamodb:DeleteBackup", "dynamodb:DescribeBackup", "dynamodb:RestoreTableFromBackup"], [table.backups]),
    allow("RestoreTable", ["dynamodb:DescribeTable", "dynamodb:RestoreTableFromAwsBackup"], [restored, table.arn]),
    // DynamoDB fills the new table with the rights of who restores it; the table that was backed up is never written to.
    allow(
      "FillRestoredTable",
      ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"],
      [restored],
    ),
    allow(
      "BackUpBuckets",
      [
        "s3:GetBucketAcl",
        "s3:GetBucketCORS",
        "s3:GetBucketLocation",
        "s3:GetBucketLogging",
        "s3:GetBucketNotification",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetInventoryConfiguration",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:PutBucketNotification",
        "s3:PutInventoryConfiguration",
      ],
      bucketArns,
    ),
    allow(
      "ReadObjects",
      ["s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
      objects,
    ),
    allow(
      "RestoreObjects",
      ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject", "s3:PutObjectTagging", "s3:PutObjectVersionTagging"],
      objects,
    ),
    allow(
      "RestoreTestBuckets",
      [
        "s3:CreateBucket",
        "s3:GetBucketLocation",
        "s3:GetBucketVersioning",
        "s3:ListBucket",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketVersioning",
        "s3:PutObject",
      ],
      ["arn:aws:s3:::awsbackup-restore-test-*"],
    ),
    ...[table.key, ...buckets.map(({ key }) => key)].map((key, i) =>
      key.allowWith(`UseKey${i}`, ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"], inAccount(place)),
    ),
    ...[table.key, ...buckets.map(({ key }) => key)].map((key, i) =>
      key.allowWith(`GrantKey${i}`, ["kms:CreateGrant"], { Bool: { "kms:GrantIsForAWSResource": "true" } }),
    ),
    allow(
      "CopyBackups",
      ["backup:CopyFromBackupVault", "backup:CopyIntoBackupVault", "backup:DescribeBackupVault", "backup:TagResource"],
      [`arn:aws:backup:*:${place.accountId}:backup-vault:svp-*`, `arn:aws:backup:*:${place.accountId}:recovery-point:*`],
    ),
    // AWS Backup hears of changed objects by rules of its own, one for each bucket.
    allow(
      "FollowChanges",
      [
        "events:DeleteRule",
        "events:DescribeRule",
        "events:EnableRule",
        "events:ListTargetsByRule",
        "events:PutRule",
        "events:PutTargets",
        "events:RemoveTargets",
      ],
      [regionalArn(place, "events", "rule/AwsBackupManagedRule*")],
    ),
    // These know no resources to name.
    allow("Watch", ["cloudwatch:GetMetricData", "events:ListRules", "s3:ListAllMyBuckets"], ["*"]),
  ];
}

const inAccount = ({ accountId }: Place) => ({ StringEquals: { "kms:CallerAccount": accountId } });

/** ARNs of what is backed up. */
export const backedUpArns = ({ table, buckets }: BackedUp): pulumi.Output<string>[] => [table.arn, ...buckets.map(({ arn }) => arn)];
