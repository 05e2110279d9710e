import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName, type Removal } from "../place.ts";
import { EncryptionKey } from "../security/encryption-key.ts";
import { policyDocument, type ResourceStatement } from "../security/policy.ts";

export interface BackupVaultArgs {
  /** Its Region is where the vault lies. */
  place: Place;
  removal: Removal;
  /** Days that a backup is kept at least and at most. */
  minimumDays: number;
  maximumDays: number;
  /**
   * Days after which the lock can't be taken off by anybody, AWS included: compliance mode. Absent, administrators with
   * the right to may still take it off. @default absent
   */
  lockedForGoodAfterDays?: number;
}

/**
 * Keeps backups that nobody can delete before their time. HIPAA 164.308(a)(7)(ii)(A), 164.312(c)(1).
 */
export class BackupVault extends PlatformComponent {
  readonly vaultName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: BackupVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:operations:BackupVault", name, opts);
    const { place, removal, minimumDays, maximumDays, lockedForGoodAfterDays } = args;
    const { region } = place;
    if (!(minimumDays >= 1 && maximumDays >= minimumDays))
      this.reject("minimumDays and maximumDays", `must rise from 1, not ${minimumDays} and ${maximumDays}.`);
    // AWS Backup gives three days to think it over at least (PutBackupVaultLockConfiguration, ChangeableForDays).
    if (lockedForGoodAfterDays !== undefined && lockedForGoodAfterDays < 3)
      this.reject("lockedForGoodAfterDays", `must be 3 or more, not ${lockedForGoodAfterDays}.`);

    const key = new EncryptionKey(this.childName("key"), { place, removal, description: "Backups" }, { parent: this });
    const vault = new aws.backup.Vault(
      name,
      { region, name: physicalName(place, name), kmsKeyArn: key.arn, forceDestroy: removal === "destroy" },
      this.child({ protect: removal === "retain" }),
    );
    new aws.backup.VaultLockConfiguration(
      this.childName("lock"),
      {
        region,
        backupVaultName: vault.name,
        minRetentionDays: minimumDays,
        maxRetentionDays: maximumDays,
        ...(lockedForGoodAfterDays !== undefined && { changeableForDays: lockedForGoodAfterDays }),
      },
      this.child(),
    );
    new aws.backup.VaultPolicy(
      this.childName("policy"),
      { region, backupVaultName: vault.name, policy: policyDocument([nobodyDeletes, othersStayOut(place)]) },
      this.child(),
    );

    this.vaultName = vault.name;
    this.arn = vault.arn;
    this.registerOutputs({ vaultName: this.vaultName, arn: this.arn });
  }
}

/** In a vault's policy, Resource `*` is this vault and what lies in it. */
const nobodyDeletes: ResourceStatement = {
  Sid: "NobodyDeletes",
  Effect: "Deny",
  Principal: "*",
  Action: ["backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
  Resource: ["*"],
};

const othersStayOut = ({ organizationId }: Place): ResourceStatement => ({
  Sid: "OthersStayOut",
  Effect: "Deny",
  Principal: "*",
  Action: ["backup:CopyFromBackupVault", "backup:CopyIntoBackupVault", "backup:StartRestoreJob"],
  Resource: ["*"],
  Condition: { StringNotEqualsIfExists: { "aws:PrincipalOrgID": organizationId }, BoolIfExists: { "aws:PrincipalIsAWSService": "false" } },
});
