import type { PolicyResource, StackValidationArgs } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { judgeEach } from "../../given.ts";
import { refersTo } from "../../relations.ts";

/** Judges every vault of a stack. `say` reports what is wrong with one. */
export function judgeVaults(
  { resources, notApplicable }: StackValidationArgs,
  report: (message: string, urn: string) => void,
  judge: (vault: PolicyResource, say: (wrong: string) => void) => void,
): void {
  const vaults = ofType(resources, "aws:backup/vault:Vault");
  if (vaults.length === 0) notApplicable("The stack has no backup vault.");
  judgeEach(vaults, (vault) => judge(vault, (wrong) => report(`Vault "${vault.name}" ${wrong}`, vault.urn)));
}

/** The resources of a type that belong to a vault. */
export const partsOf = (vault: PolicyResource, resources: readonly PolicyResource[], type: string): PolicyResource[] =>
  ofType(resources, type).filter((part) => refersTo(part, "backupVaultName", vault, ["name", "id"]));
