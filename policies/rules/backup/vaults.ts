import type { PolicyResource, StackValidationArgs } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { judgeEach, knownText } from "../../given.ts";
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

/** Whether a rule of a plan backs up into a vault. A name that is not known yet comes from one of the vaults that the rules are made from. */
export const isTarget = (plan: PolicyResource, rule: object, vault: PolicyResource): boolean => {
  const name = knownText(rule, "targetVaultName");
  return name === undefined ? plan.propertyDependencies["rules"]?.some(({ urn }) => urn === vault.urn) === true : name === knownText(vault.props, "name");
};
