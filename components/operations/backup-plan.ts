import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName, type Removal } from "../place.ts";
import { ServiceRole } from "../security/service-role.ts";
import { type BackedUp, backedUpArns, backupStatements } from "./backup-role.ts";
import { BackupVault } from "./backup-vault.ts";

export interface BackupPlanArgs extends BackedUp {
  place: Place;
  removal: Removal;
  /** Days that daily and monthly backups are kept. */
  retention: { daily: number; monthly: number };
  /** Region that a copy of every backup goes to. None, if absent. */
  copyRegion?: string;
  /** Days after which the vaults' locks can't be taken off by anybody. */
  lockedForGoodAfterDays?: number;
  /** Told how backups and restores end, and of copies and objects that fail. */
  alertTopicArn: pulumi.Input<string>;
}

/** 03:00 UTC: night in the Americas, where operations are recorded by day. */
const schedules = { daily: "cron(0 3 * * ? *)", monthly: "cron(0 4 1 * ? *)", restoreTest: "cron(0 6 ? * SUN *)" };
const minutes = { startWithin: 60, completeWithin: 12 * 60 };

/**
 * Backs up the cases and what was made of them, every day, keeps what is kept under lock, and tries a restore every week: a
 * backup that was never restored is a hope.
 *
 * HIPAA 164.308(a)(7)(ii)(A) backup, (B) copy in another Region, (D) tested restores.
 */
export class BackupPlan extends PlatformComponent {
  readonly vaultName: pulumi.Output<string>;

  constructor(name: string, args: BackupPlanArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:operations:BackupPlan", name, opts);
    const { place, retention } = args;
    if (retention.daily < 35) this.reject("retention.daily", `must be 35 days or more, not ${retention.daily}.`);
    if (retention.monthly < retention.daily) this.reject("retention.monthly", `must be ${retention.daily} days or more, not ${retention.monthly}.`);

    const vault = this.#vault("vault", place, args);
    const copies = args.copyRegion === undefined ? undefined : this.#vault("copies", { ...place, region: args.copyRegion }, args);
    const role = new ServiceRole(
      this.childName("role"),
      { place, service: "backup.amazonaws.com", statements: backupStatements(place, args) },
      { parent: this },
    );
    const plan = new aws.backup.Plan(
      name,
      { name: physicalName(place, name), rules: (["daily", "monthly"] as const).map((rule) => ruleOf(rule, vault, copies, retention[rule])) },
      this.child(),
    );
    new aws.backup.Selection(
      this.childName("selection"),
      { name: physicalName(place, name), planId: plan.id, iamRoleArn: role.arn, resources: backedUpArns(args) },
      this.child(),
    );
    this.#testRestores(name, args, vault, role.arn);
    this.#tellOfOutcomes(vault, args.alertTopicArn);

    this.vaultName = vault.vaultName;
    this.registerOutputs({ vaultName: this.vaultName });
  }

  #vault(suffix: string, place: Place, { removal, retention, lockedForGoodAfterDays }: BackupPlanArgs): BackupVault {
    const lock = lockedForGoodAfterDays === undefined ? {} : { lockedForGoodAfterDays };
    return new BackupVault(this.childName(suffix), { place, removal, minimumDays: 35, maximumDays: retention.monthly, ...lock }, { parent: this });
  }

  #testRestores(name: string, { place, table }: BackupPlanArgs, vault: BackupVault, roleArn: pulumi.Input<string>): void {
    // These names know letters, digits and underscores only.
    const plain = (text: string): string => physicalName(place, text).replaceAll("-", "_");
    const tests = new aws.backup.RestoreTestingPlan(
      this.childName("restore-tests"),
      {
        name: plain(name),
        scheduleExpression: schedules.restoreTest,
        startWindowHours: 8,
        recoveryPointSelection: {
          algorithm: "RANDOM_WITHIN_WINDOW",
          includeVaults: [vault.arn],
          recoveryPointTypes: ["SNAPSHOT"],
          selectionWindowDays: 30,
        },
      },
      this.child(),
    );
    new aws.backup.RestoreTestingSelection(
      this.childName("restore-cases"),
      {
        name: plain(`${name}-cases`),
        restoreTestingPlanName: tests.name,
        protectedResourceType: "DynamoDB",
        protectedResourceArns: [table.arn],
        iamRoleArn: roleArn,
        validationWindowHours: 4,
      },
      this.child(),
    );
  }

  #tellOfOutcomes(vault: BackupVault, snsTopicArn: pulumi.Input<string>): void {
    new aws.backup.VaultNotifications(
      this.childName("failures"),
      {
        backupVaultName: vault.vaultName,
        snsTopicArn,
        // Completed is also what failed or expired. AWS sends nothing for BACKUP_JOB_FAILED and RESTORE_JOB_FAILED any more (PutBackupVaultNotifications).
        backupVaultEvents: ["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED", "S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED"],
      },
      this.child(),
    );
  }
}

function ruleOf(rule: "daily" | "monthly", vault: BackupVault, copies: BackupVault | undefined, deleteAfter: number) {
  return {
    ruleName: rule,
    targetVaultName: vault.vaultName,
    schedule: schedules[rule],
    startWindow: minutes.startWithin,
    completionWindow: minutes.completeWithin,
    lifecycle: { deleteAfter },
    ...(copies && { copyActions: [{ destinationVaultArn: copies.arn, lifecycle: { deleteAfter } }] }),
  };
}
