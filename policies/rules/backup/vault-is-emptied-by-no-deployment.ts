import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly allowed: boolean;
}

const allowedByDefault = false;

/** Taking a vault away is refused while backups lie in it: `forceDestroy` would delete them first. */
export const vaultIsEmptiedByNoDeployment: ResourceValidationPolicy = {
  name: "backup-vault-is-emptied-by-no-deployment",
  description: "Backup vaults must not set forceDestroy.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(ii)(A)", "164.310(d)(2)(iv)", "164.312(c)(1)"),
  tags: ["backup", "recovery"],
  remediationSteps: "Use `BackupVault` with removal retain, or leave forceDestroy out.",
  configSchema: { properties: { allowed: { type: "boolean", default: allowedByDefault } } },
  validateResource: validateResourceOfType(aws.backup.Vault, ({ forceDestroy = false }, { name, getConfig }, report) => {
    const { allowed = allowedByDefault } = getConfig<Partial<Config>>();
    if (!allowed && forceDestroy) report(`Vault "${name}" has forceDestroy true; it must be false.`);
  }),
};
