import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { judgeVaults, partsOf } from "./vaults.ts";

interface Config {
  readonly minimumDays: number;
  readonly forGood: boolean;
  readonly maximumThinkingDays: number;
}

/** What AWS's HIPAA conformance pack asks of backups (backup-plan-min-frequency-and-min-retention-check). */
const defaultDays = 35;
const forGoodByDefault = true;
/** AWS gives three at least; whoever gets in meanwhile takes the lock off. */
const defaultThinkingDays = 7;

/** Nobody can delete a backup before its time, and after some days of thinking it over nobody, AWS included, can take the lock off. */
export const vaultIsLocked: StackValidationPolicy = {
  name: "backup-vault-is-locked",
  description: "Backup vaults must be locked for good, so that no backup is deleted before its time.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(ii)(A)", "164.310(d)(2)(iv)", "164.312(c)(1)"),
  tags: ["backup", "recovery", "integrity"],
  remediationSteps: "Use `BackupVault` with lockedForGoodAfterDays.",
  configSchema: {
    properties: {
      minimumDays: { type: "integer", minimum: 1, default: defaultDays },
      forGood: { type: "boolean", default: forGoodByDefault },
      maximumThinkingDays: { type: "integer", minimum: 3, default: defaultThinkingDays },
    },
  },
  validateStack: (args, report) => {
    const { minimumDays = defaultDays, forGood = forGoodByDefault, maximumThinkingDays = defaultThinkingDays } = args.getConfig<Partial<Config>>();
    judgeVaults(args, report, (vault, say) => {
      const [lock] = partsOf(vault, args.resources, "aws:backup/vaultLockConfiguration:VaultLockConfiguration");
      if (lock === undefined) return say("is not locked; a VaultLockConfiguration must name it.");
      const days = (lock.props["minRetentionDays"] as number | undefined) ?? 0;
      if (days < minimumDays) say(`is locked for backups of ${days} days; minRetentionDays must be ${minimumDays}.`);
      if (!forGood) return;
      if (!isGiven(lock.props, "changeableForDays")) return say("has a lock that can be taken off; changeableForDays must be set.");
      const thinking = lock.props["changeableForDays"] as number;
      if (thinking > maximumThinkingDays)
        say(`has a lock that can be taken off for ${thinking} days; changeableForDays must be ${maximumThinkingDays} at most.`);
    });
  },
};
