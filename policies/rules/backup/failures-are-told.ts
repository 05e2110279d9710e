import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { isGiven, judgeEach } from "../../given.ts";
import { isTarget, partsOf } from "./vaults.ts";

/** Completed is also what failed; AWS sends no event of failure alone any more (API reference: PutBackupVaultNotifications). */
const events = ["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED", "S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED"];

/** Somebody hears how backups and restores end, and of copies that fail: of every vault that a plan backs up into. */
export const failuresAreTold: StackValidationPolicy = {
  name: "backup-failures-are-told",
  description: "Somebody must be told how backups, copies and restores end.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(6)(ii)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(D)"),
  tags: ["backup", "incidents"],
  remediationSteps: "Use `BackupPlan`, or add VaultNotifications with these events to the vault.",
  validateStack: ({ resources, notApplicable }, report) => {
    const plans = ofType(resources, "aws:backup/plan:Plan");
    const vaults = ofType(resources, "aws:backup/vault:Vault").filter((vault) =>
      plans.some((plan) => (plan.props["rules"] as readonly object[]).some((rule) => isTarget(plan, rule, vault))),
    );
    if (vaults.length === 0) notApplicable("No plan backs up into a vault of the stack.");
    judgeEach(vaults, (vault) => {
      const told = partsOf(vault, resources, "aws:backup/vaultNotifications:VaultNotifications")
        .filter(({ props }) => isGiven(props, "snsTopicArn"))
        .flatMap(({ props }) => props["backupVaultEvents"] as readonly string[]);
      const missing = events.filter((event) => !told.includes(event));
      if (missing.length > 0) report(`Vault "${vault.name}" tells nobody of ${missing.join(", ")}; VaultNotifications must name them.`, vault.urn);
    });
  },
};
