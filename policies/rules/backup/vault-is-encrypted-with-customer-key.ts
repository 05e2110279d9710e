import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** The types of vaults, and what each calls its key. */
const keys: Readonly<Record<string, string>> = {
  "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault": "encryptionKeyArn",
  "aws:backup/vault:Vault": "kmsKeyArn",
};

/** Backups are encrypted with a customer key. */
export const vaultIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "backup-vault-is-encrypted-with-customer-key",
  description: "Backup vaults must be encrypted with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(ii)(A)", "164.312(a)(2)(iv)"),
  tags: ["backup", "encryption"],
  remediationSteps: "Use `BackupVault`, or set kmsKeyArn (encryptionKeyArn of a logically air-gapped vault).",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    const key = keys[type] ?? notApplicable("The resource is no backup vault.");
    if (!isCustomerKey(props, key)) report(`Vault "${name}" has no customer-managed key; ${key} must name one.`);
  },
};
