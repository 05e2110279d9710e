import type { PolicyProviderResource, PolicyResource, StackValidationArgs } from "@pulumi/policy";
import { holdsCases } from "./classification.ts";
import { judgeEach, knownText } from "./given.ts";
import { providerProperty } from "./providers.ts";

/** What a stack makes in one AWS account. */
export interface Account {
  /** Name of its provider in the program. */
  readonly name: string;
  /** URN of that provider: what is wrong with an account is wrong with it. */
  readonly urn: string | undefined;
  /** Twelve digits; undefined where the provider does not say. */
  readonly id: string | undefined;
  readonly resources: readonly PolicyResource[];
}

type Provided = { readonly props: Readonly<Record<string, unknown>>; readonly provider?: PolicyProviderResource };

/** The account that a provider is bound to: the only one that it lets in. */
export function accountIdOf(provider: PolicyProviderResource | undefined): string | undefined {
  const ids = providerProperty(provider?.props, "allowedAccountIds");
  return Array.isArray(ids) && ids.length === 1 && typeof ids[0] === "string" ? ids[0] : undefined;
}

/** The Region that a resource lies in: its own, or else its provider's. */
export function regionOf({ props, provider }: Provided): string | undefined {
  const region = knownText(props, "region") ?? providerProperty(provider?.props, "region");
  return typeof region === "string" ? region : undefined;
}

/** The accounts in which a stack makes resources of AWS. Providers of the same account count as one. */
export function accountsOf(resources: readonly PolicyResource[]): Account[] {
  const groups = Map.groupBy(
    resources.filter(({ type }) => type.startsWith("aws:")),
    ({ provider }) => accountIdOf(provider) ?? provider?.urn,
  );
  return [...groups.values()].map((group) => {
    const { provider } = group[0]!;
    return { name: provider?.name ?? "default", urn: provider?.urn, id: accountIdOf(provider), resources: group };
  });
}

/** Judges every account that may hold data of an analysis. `say` reports what is wrong with one. */
export function judgeAccountsWithCases(
  { resources, notApplicable }: StackValidationArgs,
  report: (message: string, urn?: string) => void,
  judge: (account: Account, say: (wrong: string) => void) => void,
): void {
  const accounts = accountsOf(resources).filter((account) => account.resources.some(holdsCases));
  if (accounts.length === 0) notApplicable("No account of the stack may hold data of an analysis.");
  judgeEach(accounts, (account) => judge(account, (wrong) => report(`Account "${account.name}" ${wrong}`, account.urn)));
}

/** The resources of a type. */
export const ofType = (resources: readonly PolicyResource[], ...types: readonly string[]): PolicyResource[] =>
  resources.filter(({ type }) => types.includes(type));
