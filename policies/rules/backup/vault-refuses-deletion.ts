import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { statementsOf } from "../../documents.ts";
import { isDenied, type Request } from "../../requests.ts";
import { judgeVaults, partsOf } from "./vaults.ts";

/** What takes a backup away, or lets it go earlier. */
const deleting = ["backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"];
/** What brings backups out, or others in. */
const moving = ["backup:CopyFromBackupVault", "backup:CopyIntoBackupVault", "backup:StartRestoreJob"];

const stranger: Request["context"] = { "aws:principalorgid": "o-other00000", "aws:principalisawsservice": "false" };
const nobody: Request["context"] = { "aws:principalorgid": undefined, "aws:principalisawsservice": "false" };

/** A vault's own policy keeps everybody from deleting backups, and strangers from moving them; the lock holds for what it says alone. */
export const vaultRefusesDeletion: StackValidationPolicy = {
  name: "backup-vault-refuses-deletion",
  description: "Policies of backup vaults must deny everybody deleting backups, and other organisations copying and restoring them.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.308(a)(7)(ii)(A)", "164.310(d)(2)(iv)", "164.312(a)(1)", "164.312(c)(1)"),
  tags: ["backup", "recovery", "access"],
  remediationSteps: "Use `BackupVault`, or add a VaultPolicy that denies both.",
  validateStack: (args, report) => {
    judgeVaults(args, report, (vault, say) => {
      const statements = partsOf(vault, args.resources, "aws:backup/vaultPolicy:VaultPolicy").flatMap(({ props }) => statementsOf(props["policy"]));
      // In a vault's policy, Resource * is this vault and what lies in it.
      const lets = (actions: readonly string[], ...contexts: Request["context"][]): string[] =>
        actions.filter((action) => contexts.some((context) => !isDenied(statements, { action, resource: "arn:aws:backup:::any", context })));
      const deletion = lets(deleting, {});
      if (deletion.length > 0) say(`does not deny everybody ${deletion.join(", ")}.`);
      const moves = lets(moving, stranger, nobody);
      if (moves.length > 0) say(`does not deny other organisations ${moves.join(", ")}.`);
    });
  },
};
