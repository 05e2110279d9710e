import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { BackupPlan, type BackupPlanArgs } from "../../../components/operations/backup-plan.ts";
import { failure } from "../../support/failure.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { alertTopicArn, parts } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

const make = (more: Partial<BackupPlanArgs> = {}) =>
  inAccount((opts) => {
    const { lake, table } = parts(opts);
    const args = {
      place,
      removal: "retain",
      table,
      buckets: [lake.raw, lake.processed],
      retention: { daily: 35, monthly: 365 },
      alertTopicArn,
      ...more,
    } as const;
    new BackupPlan("backup", args, opts);
  });

describe("BackupPlan", () => {
  let stack: Deployed;
  before(async () => {
    stack = await make({ copyRegion: "us-west-2", lockedForGoodAfterDays: 7 });
  });

  it("keeps backups in a vault of its own key, under a lock that nobody takes off, where nobody deletes", () => {
    expect(stack.one(aws.backup.Vault, "backup-vault").inputs).to.deep.equal({
      region: "us-east-1",
      name: "svp-unit-backup-vault",
      kmsKeyArn: stack.one(aws.kms.Key, "backup-vault-key").outputs["arn"],
      forceDestroy: false,
    });
    expect(stack.one(aws.backup.Vault, "backup-vault").protect).to.equal(true);
    expect(stack.one(aws.backup.VaultLockConfiguration, "backup-vault-lock").inputs).to.deep.equal({
      region: "us-east-1",
      backupVaultName: "svp-unit-backup-vault",
      minRetentionDays: 35,
      maxRetentionDays: 365,
      changeableForDays: 7,
    });
    const { NobodyDeletes, OthersStayOut } = statements(stack.one(aws.backup.VaultPolicy, "backup-vault-policy").inputs["policy"]);
    expect(NobodyDeletes).to.deep.equal({
      Effect: "Deny",
      Principal: "*",
      Action: ["backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
      Resource: ["*"],
    });
    expect(OthersStayOut.Condition.StringNotEqualsIfExists).to.deep.equal({ "aws:PrincipalOrgID": "o-unit000000" });
  });

  it("backs up every day and every month, with a copy in the other Region", () => {
    const copies = stack.one(aws.backup.Vault, "backup-copies");
    expect(copies.inputs["region"]).to.equal("us-west-2");
    expect(copies.outputs["arn"]).to.equal("arn:aws:backup:us-west-2:111111111111:backup-vault:svp-unit-backup-copies");
    const rule = (ruleName: string, schedule: string, deleteAfter: number) => ({
      ruleName,
      targetVaultName: "svp-unit-backup-vault",
      schedule,
      startWindow: 60,
      completionWindow: 720,
      lifecycle: { deleteAfter },
      copyActions: [{ destinationVaultArn: copies.outputs["arn"], lifecycle: { deleteAfter } }],
    });
    expect(stack.one(aws.backup.Plan, "backup").inputs).to.deep.equal({
      name: "svp-unit-backup",
      rules: [rule("daily", "cron(0 3 * * ? *)", 35), rule("monthly", "cron(0 4 1 * ? *)", 365)],
    });
    expect(stack.one(aws.backup.Selection, "backup-selection").inputs["resources"]).to.deep.equal([
      "arn:aws:dynamodb:us-east-1:111111111111:table/svp-unit-cases",
      "arn:aws:s3:::svp-unit-111111111111-raw",
      "arn:aws:s3:::svp-unit-111111111111-processed",
    ]);
  });

  it("tries a restore of the cases every week", () => {
    const tests = stack.one(aws.backup.RestoreTestingPlan, "backup-restore-tests");
    expect(tests.inputs).to.deep.equal({
      name: "svp_unit_backup",
      scheduleExpression: "cron(0 6 ? * SUN *)",
      startWindowHours: 8,
      recoveryPointSelection: {
        algorithm: "RANDOM_WITHIN_WINDOW",
        includeVaults: ["arn:aws:backup:us-east-1:111111111111:backup-vault:svp-unit-backup-vault"],
        recoveryPointTypes: ["SNAPSHOT"],
        selectionWindowDays: 30,
      },
    });
    expect(stack.one(aws.backup.RestoreTestingSelection, "backup-restore-cases").inputs).to.deep.include({
      name: "svp_unit_backup_cases",
      restoreTestingPlanName: "svp_unit_backup",
      protectedResourceType: "DynamoDB",
    });
  });

  it("tells how backups and restores end, by events that AWS still sends", () => {
    expect(stack.one(aws.backup.VaultNotifications, "backup-failures").inputs).to.deep.equal({
      backupVaultName: "svp-unit-backup-vault",
      snsTopicArn: alertTopicArn,
      backupVaultEvents: ["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED", "S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED"],
    });
  });

  it("lets AWS Backup reach what is backed up, and what it restores for a test, and nothing else of S3 and DynamoDB", () => {
    const role = statements(stack.one(aws.iam.RolePolicy, "backup-role-policy").inputs["policy"]);
    const data = Object.values(role).filter(
      ({ Action }) => Action.some((action: string) => /^(s3|dynamodb):/.test(action)) && Action[0] !== "cloudwatch:GetMetricData",
    );
    const own =
      /^arn:aws:(dynamodb:us-east-1:111111111111:table\/(svp-unit-cases|awsbackup-restore-test-\*)|s3:::(svp-unit-111111111111-(raw|processed)|awsbackup-restore-test-\*))/;
    for (const { Resource } of data) for (const arn of Resource) expect(arn).to.match(own);
  });

  it("writes items to restored tables only", () => {
    const role = statements(stack.one(aws.iam.RolePolicy, "backup-role-policy").inputs["policy"]);
    const restored = "arn:aws:dynamodb:us-east-1:111111111111:table/awsbackup-restore-test-*";
    expect(role["FillRestoredTable"]).to.deep.equal({
      Effect: "Allow",
      Action: ["BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"].map((action) => `dynamodb:${action}`),
      Resource: [restored],
    });
    const writing = Object.values(role).filter(({ Action }) => Action.some((action: string) => /^dynamodb:.*Item$/.test(action)));
    expect(writing.map(({ Resource }) => Resource)).to.deep.equal([[restored]]);
  });

  it("can keep no copy, and leave the lock to administrators", async () => {
    const plain = await make();
    expect(plain.ofType(aws.backup.Vault)).to.have.length(1);
    expect(plain.one(aws.backup.VaultLockConfiguration, "backup-vault-lock").inputs).not.to.have.property("changeableForDays");
    expect((plain.one(aws.backup.Plan, "backup").inputs["rules"] as object[])[0]).not.to.have.property("copyActions");
  });

  it("refuses to keep backups for too short a time, or to lock them at once", async () => {
    const refused = async (more: Partial<BackupPlanArgs>) => (await failure(make(more))).message;
    expect(await refused({ retention: { daily: 34, monthly: 365 } })).to.contain(
      'svp:operations:BackupPlan "backup": retention.daily must be 35 days or more, not 34.',
    );
    expect(await refused({ retention: { daily: 40, monthly: 35 } })).to.contain("retention.monthly must be 40 days or more, not 35.");
    expect(await refused({ lockedForGoodAfterDays: 2 })).to.contain('"backup-vault": lockedForGoodAfterDays must be 3 or more, not 2.');
  });
});
