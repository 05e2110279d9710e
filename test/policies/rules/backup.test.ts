import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { failuresAreTold } from "../../../policies/rules/backup/failures-are-told.ts";
import { backupRules } from "../../../policies/rules/backup/index.ts";
import { planBacksUpEveryDay } from "../../../policies/rules/backup/plan-backs-up-every-day.ts";
import { planCopiesToAnotherRegion } from "../../../policies/rules/backup/plan-copies-to-another-region.ts";
import { planSelectsAndKeepsSafe } from "../../../policies/rules/backup/plan-selects-and-keeps-safe.ts";
import { restoresAreTested } from "../../../policies/rules/backup/restores-are-tested.ts";
import { longestGapDays } from "../../../policies/rules/backup/schedules.ts";
import { vaultIsEmptiedByNoDeployment } from "../../../policies/rules/backup/vault-is-emptied-by-no-deployment.ts";
import { vaultIsEncryptedWithCustomerKey } from "../../../policies/rules/backup/vault-is-encrypted-with-customer-key.ts";
import { vaultIsLocked } from "../../../policies/rules/backup/vault-is-locked.ts";
import { vaultRefusesDeletion } from "../../../policies/rules/backup/vault-refuses-deletion.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;
type Statement = { Sid: string; Effect: string; Principal: unknown; Action: string | string[]; Resource: string; Condition?: object };

const keyArn = "arn:aws:kms:us-east-1:111111111111:key/1";
const copies = "arn:aws:backup:us-west-2:111111111111:backup-vault:copies";
const bucket: Program = (opts) => new aws.s3.Bucket("b", {}, opts);
const denial = (Sid: string, Action: string[], Condition?: object): Statement => ({
  Sid,
  Effect: "Deny",
  Principal: "*",
  Action,
  Resource: "*",
  ...(Condition && { Condition }),
});
const deleting = ["backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"];
const moving = ["backup:CopyFromBackupVault", "backup:CopyIntoBackupVault", "backup:StartRestoreJob"];
const others = { StringNotEqualsIfExists: { "aws:PrincipalOrgID": "o-unit000000" }, BoolIfExists: { "aws:PrincipalIsAWSService": "false" } };
const statements = [denial("NobodyDeletes", deleting), denial("OthersStayOut", moving, others)];

/** A vault with all its parts, a plan, and tests of restores; what is set to undefined is left out. */
interface Backups {
  vault?: aws.backup.VaultArgs;
  lock?: Partial<aws.backup.VaultLockConfigurationArgs> | undefined;
  statements?: readonly Statement[] | undefined;
  events?: string[] | undefined;
  rules?: aws.types.input.backup.PlanRule[];
  schedule?: string | undefined;
  tested?: string;
  protected?: string[];
  /** Name of the vault that the parts are of, and of the plan that tests are of. */
  of?: string;
  target?: string;
  planId?: string;
  /** `own` is the stack's vault. */
  includeVaults?: string;
  recoveryPointTypes?: string[];
}
const backups =
  (change: Backups = {}): Program =>
  (opts) => {
    const { lock, events, schedule, statements: own } = { lock: {}, statements, events: told, schedule: "cron(0 6 ? * SUN *)", ...change };
    const vault = new aws.backup.Vault("v", { name: "v", kmsKeyArn: keyArn, ...change.vault }, opts);
    const backupVaultName = change.of ?? vault.name;
    if (lock) new aws.backup.VaultLockConfiguration("l", { backupVaultName, minRetentionDays: 35, changeableForDays: 3, ...lock }, opts);
    if (own) new aws.backup.VaultPolicy("p", { backupVaultName, policy: JSON.stringify({ Version: "2012-10-17", Statement: own }) }, opts);
    if (events)
      new aws.backup.VaultNotifications("n", { backupVaultName, snsTopicArn: "arn:aws:sns:us-east-1:111111111111:a", backupVaultEvents: events }, opts);
    const rules = change.rules ?? [daily()];
    const plan = new aws.backup.Plan("plan", { name: "plan", rules: rules.map((rule) => ({ ...rule, targetVaultName: change.target ?? vault.name })) }, opts);
    new aws.backup.Selection("s", { planId: change.planId ?? plan.id, iamRoleArn: "arn:aws:iam::111111111111:role/backup", resources: ["*"] }, opts);
    if (schedule !== undefined) {
      const { includeVaults = "*", recoveryPointTypes = ["SNAPSHOT"] } = change;
      const recoveryPointSelection = {
        algorithm: "LATEST_WITHIN_WINDOW",
        includeVaults: [includeVaults === "own" ? vault.arn : includeVaults],
        recoveryPointTypes,
      };
      const tests = new aws.backup.RestoreTestingPlan("tests", { name: "tests", scheduleExpression: schedule, recoveryPointSelection }, opts);
      new aws.backup.RestoreTestingSelection(
        "selection",
        {
          name: "selection",
          restoreTestingPlanName: change.of ?? tests.name,
          protectedResourceType: change.tested ?? "DynamoDB",
          protectedResourceArns: change.protected ?? ["*"],
          iamRoleArn: "arn:aws:iam::111111111111:role/backup",
        },
        opts,
      );
    }
  };
const told = ["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED", "S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED"];
const daily = (change: Partial<aws.types.input.backup.PlanRule> = {}): aws.types.input.backup.PlanRule => ({
  ruleName: "daily",
  targetVaultName: "",
  schedule: "cron(0 3 * * ? *)",
  lifecycle: { deleteAfter: 35 },
  copyActions: [{ destinationVaultArn: copies, lifecycle: { deleteAfter: 35 } }],
  ...change,
});
const notTested = "Restoring DynamoDB is not tested every 7 days; a RestoreTestingSelection must name each.";
const noOtherRegion = 'Rule "daily" of plan "plan" copies to no other Region than us-east-1; copyActions must name a vault there.';

describe("rules for AWS Backup", () => {
  for (const rule of backupRules) it(`${rule.name} accepts backups as they should be`, async () => expect(await violations(rule, backups())).to.deep.equal([]));

  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [
      vaultIsEncryptedWithCustomerKey,
      "refuses AWS's key",
      backups({ vault: { kmsKeyArn: "arn:aws:kms:us-east-1:111111111111:alias/aws/backup" } }),
      'Vault "v" has no customer-managed key; kmsKeyArn must name one.',
    ],
    [
      vaultIsEncryptedWithCustomerKey,
      "refuses an air-gapped vault without a key",
      (opts) => new aws.backup.LogicallyAirGappedVault("gap", { minRetentionDays: 35, maxRetentionDays: 365 }, opts),
      'Vault "gap" has no customer-managed key; encryptionKeyArn must name one.',
    ],
    [vaultIsEmptiedByNoDeployment, "refuses forceDestroy", backups({ vault: { forceDestroy: true } }), 'Vault "v" has forceDestroy true; it must be false.'],
    [vaultIsLocked, "refuses none", backups({ lock: undefined }), 'Vault "v" is not locked; a VaultLockConfiguration must name it.'],
    [vaultIsLocked, "refuses the lock of another", backups({ of: "other" }), 'Vault "v" is not locked; a VaultLockConfiguration must name it.'],
    [
      vaultIsLocked,
      "refuses a short lock that can be taken off",
      (opts) => {
        const { name } = new aws.backup.Vault("v", { name: "v" }, opts);
        new aws.backup.VaultLockConfiguration("l", { backupVaultName: name }, opts);
      },
      'Vault "v" has a lock that can be taken off; changeableForDays must be set.',
      'Vault "v" is locked for backups of 0 days; minRetentionDays must be 35.',
    ],
    [vaultIsLocked, "refuses a week", backups({ lock: { minRetentionDays: 7 } }), 'Vault "v" is locked for backups of 7 days; minRetentionDays must be 35.'],
    [
      vaultIsLocked,
      "refuses a lock that can be taken off for long",
      backups({ lock: { changeableForDays: 30 } }),
      'Vault "v" has a lock that can be taken off for 30 days; changeableForDays must be 7 at most.',
    ],
    [planSelectsAndKeepsSafe, "refuses a plan without a selection", backups({ planId: "other" }), 'Plan "plan" backs up nothing; a Selection must name it.'],
    [
      planSelectsAndKeepsSafe,
      "refuses another's vault",
      backups({ target: "elsewhere" }),
      'Rule "daily" of plan "plan" backs up into a vault that is not the stack\'s; targetVaultName must be.',
    ],
    [
      vaultRefusesDeletion,
      "refuses no policy",
      backups({ statements: undefined }),
      `Vault "v" does not deny everybody ${deleting.join(", ")}.`,
      `Vault "v" does not deny other organisations ${moving.join(", ")}.`,
    ],
    [
      vaultRefusesDeletion,
      "refuses a gap",
      backups({ statements: [denial("NobodyDeletes", deleting.slice(1)), denial("OthersStayOut", moving.slice(0, 2), others)] }),
      'Vault "v" does not deny everybody backup:DeleteRecoveryPoint.',
      'Vault "v" does not deny other organisations backup:StartRestoreJob.',
    ],
    [
      vaultRefusesDeletion,
      "refuses exceptions",
      backups({
        statements: [denial("NobodyDeletes", deleting, { StringNotEquals: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/admin" } }), statements[1]!],
      }),
      `Vault "v" does not deny everybody ${deleting.join(", ")}.`,
    ],
    [
      vaultRefusesDeletion,
      "refuses letting in whoever is of no organisation",
      backups({
        statements: [
          statements[0]!,
          denial("OthersStayOut", moving, { ...others, StringNotEqualsIfExists: undefined, StringEquals: { "aws:PrincipalOrgID": "o-other00000" } }),
        ],
      }),
      `Vault "v" does not deny other organisations ${moving.join(", ")}.`,
    ],
    [planBacksUpEveryDay, "accepts continuous backups", backups({ rules: [daily({ schedule: "cron(0 3 1 * ? *)", enableContinuousBackup: true })] })],
    [
      planBacksUpEveryDay,
      "accepts backups that are kept for ever",
      backups({ rules: [{ ruleName: "daily", targetVaultName: "", schedule: "rate(12 hours)" }] }),
    ],
    [
      planBacksUpEveryDay,
      "refuses weeks",
      backups({ rules: [daily({ schedule: "cron(0 3 ? * SUN *)" }), daily({ schedule: "cron(0 3 1 * ? *)" })] }),
      'Plan "plan" backs up by cron(0 3 ? * SUN *), cron(0 3 1 * ? *); one rule must run every day.',
    ],
    [
      planBacksUpEveryDay,
      "refuses no schedule",
      backups({ rules: [{ ruleName: "daily", targetVaultName: "" }] }),
      'Plan "plan" backs up by no schedule; one rule must run every day.',
    ],
    [
      planBacksUpEveryDay,
      "refuses backups and copies that are soon gone",
      backups({ rules: [daily({ lifecycle: { deleteAfter: 7 }, copyActions: [{ destinationVaultArn: copies, lifecycle: { deleteAfter: 14 } }] })] }),
      'Rule "daily" of plan "plan" keeps backups 7 days; it must keep them 35.',
      'Rule "daily" of plan "plan" keeps copies 14 days; it must keep them 35.',
    ],
    [planCopiesToAnotherRegion, "refuses no copies", backups({ rules: [{ ruleName: "daily", targetVaultName: "" }] }), noOtherRegion],
    [
      planCopiesToAnotherRegion,
      "refuses copies beside the original",
      backups({ rules: [daily({ copyActions: [{ destinationVaultArn: copies.replace("us-west-2", "us-east-1") }] })] }),
      noOtherRegion,
    ],
    [planCopiesToAnotherRegion, "refuses one rule without", backups({ rules: [daily({ ruleName: "monthly" }), daily({ copyActions: [] })] }), noOtherRegion],
    [restoresAreTested, "refuses none", backups({ schedule: undefined }), notTested],
    [restoresAreTested, "refuses another type", backups({ tested: "S3" }), notTested],
    [restoresAreTested, "refuses the selection of another plan", backups({ of: "other" }), notTested],
    [restoresAreTested, "refuses the restore of nothing", backups({ protected: [] }), notTested],
    [restoresAreTested, "refuses the restore of what is another's", backups({ protected: ["arn:aws:dynamodb:us-east-1:111111111111:table/other"] }), notTested],
    [
      restoresAreTested,
      "accepts the restore of a table of the stack, in tests of their own",
      (opts) => {
        backups({ schedule: undefined })(opts);
        const table = new aws.dynamodb.Table("t", { name: "t", hashKey: "id", attributes: [{ name: "id", type: "S" }], billingMode: "PAY_PER_REQUEST" }, opts);
        const recoveryPointSelection = { algorithm: "LATEST_WITHIN_WINDOW", includeVaults: ["*"], recoveryPointTypes: ["SNAPSHOT"] };
        const { name } = new aws.backup.RestoreTestingPlan("own", { name: "own", scheduleExpression: "rate(1 day)", recoveryPointSelection }, opts);
        new aws.backup.RestoreTestingSelection(
          "own",
          {
            name: "own",
            restoreTestingPlanName: name,
            protectedResourceType: "DynamoDB",
            protectedResourceArns: [table.arn],
            iamRoleArn: "arn:aws:iam::111111111111:role/b",
          },
          opts,
        );
      },
    ],
    [restoresAreTested, "accepts a vault by name", backups({ includeVaults: "own" })],
    [
      restoresAreTested,
      "refuses another's vault",
      backups({ includeVaults: copies }),
      'Restore test "tests" tries no backup of the stack; includeVaults must name a vault of it.',
    ],
    [
      restoresAreTested,
      "refuses continuous backups alone",
      backups({ recoveryPointTypes: ["CONTINUOUS"] }),
      'Restore test "tests" tries CONTINUOUS; recoveryPointTypes must hold SNAPSHOT.',
    ],
    [
      restoresAreTested,
      "refuses months",
      backups({ schedule: "cron(0 6 1 * ? *)" }),
      notTested,
      'Restore test "tests" runs by cron(0 6 1 * ? *); it must run every 7 days or sooner.',
    ],
    [failuresAreTold, "refuses none", backups({ events: undefined }), `Vault "v" tells nobody of ${told.join(", ")}; VaultNotifications must name them.`],
    [
      failuresAreTold,
      "refuses a gap",
      backups({ events: told.filter((event) => event !== "COPY_JOB_FAILED") }),
      'Vault "v" tells nobody of COPY_JOB_FAILED; VaultNotifications must name them.',
    ],
    [
      failuresAreTold,
      "refuses those of another vault",
      backups({ of: "other" }),
      `Vault "v" tells nobody of ${told.join(", ")}; VaultNotifications must name them.`,
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect((await violations(rule, program)).sort()).to.deep.equal(messages.sort()));

  it("read schedules as AWS Backup does", () => {
    for (const [schedule, days] of [
      ["cron(0 3 * * ? *)", 1],
      ["cron(0 3 ? * * *)", 1],
      ["cron(0 3 ? * MON-FRI *)", 7],
      ["cron(0 3 1,15 * ? *)", 31],
      ["cron(0 3 1 1 ? *)", Number.POSITIVE_INFINITY],
      ["cron(0 3 * * ? 2030)", Number.POSITIVE_INFINITY],
      ["rate(12 hours)", 1],
      ["rate(1 day)", 1],
      ["rate(30 minutes)", 1],
      ["rate(3 days)", 3],
      ["daily", Number.POSITIVE_INFINITY],
    ] as const)
      expect(longestGapDays(schedule), schedule).to.equal(days);
  });

  it("take their settings from the configuration", async () => {
    const lax: [Policies[number], Program, Record<string, unknown>][] = [
      [vaultIsEmptiedByNoDeployment, backups({ vault: { forceDestroy: true } }), { allowed: true }],
      [vaultIsLocked, backups({ lock: { minRetentionDays: 7 } }), { minimumDays: 7 }],
      [vaultIsLocked, backups({ lock: { changeableForDays: 30 } }), { maximumThinkingDays: 30 }],
      [planBacksUpEveryDay, backups({ rules: [daily({ lifecycle: { deleteAfter: 7 } })] }), { minimumDays: 7 }],
      [planCopiesToAnotherRegion, backups({ rules: [daily({ copyActions: [] })] }), { required: false }],
      [restoresAreTested, backups({ schedule: "cron(0 6 1 * ? *)" }), { maximumDays: 31 }],
      [restoresAreTested, backups({ tested: "S3" }), { types: ["S3"] }],
    ];
    for (const [rule, program, settings] of lax) expect(await violations(rule, program, { [rule.name]: settings }), rule.name).to.deep.equal([]);
    const open: Program = (opts) => {
      const { name } = new aws.backup.Vault("v", { name: "v" }, opts);
      new aws.backup.VaultLockConfiguration("l", { backupVaultName: name, minRetentionDays: 35 }, opts);
    };
    expect(await violations(vaultIsLocked, open, { [vaultIsLocked.name]: { forGood: false } })).to.deep.equal([]);
  });

  it("judge nothing where there is nothing of their kind", async () => {
    for (const rule of backupRules) expect(await applications(rule, bucket), rule.name).to.equal(0);
    expect(await applications(failuresAreTold, backups({ target: "elsewhere" }))).to.equal(0);
  });
});
