import type { Policies } from "@pulumi/policy";
import type { Deployment } from "../deploy/deployment.ts";
import type { PolicyConfig } from "../deploy/policy/config.ts";
import { type Irrelevance, irrelevanceOf } from "./irrelevant.ts";
import { judgeOf } from "./judge.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";
import type { MutationKind } from "./mutation.ts";

/** Mutants of one kind at one place of one type of resource: 32 equal alarms make one group. */
export interface Group {
  readonly type: string;
  readonly path: string;
  readonly kind: MutationKind;
  readonly total: number;
  readonly killed: number;
  /** Rules that noticed any of them. */
  readonly rules: readonly string[];
  /** Those that nobody noticed: logical name and exact place. */
  readonly survivors: readonly string[];
}

export interface Hunt {
  readonly stack: string;
  /** Names of the mandatory rules that were asked. */
  readonly rules: readonly string[];
  /** In order of type, path and kind. */
  readonly groups: readonly Group[];
  /** Mutants by the entry of the list of what is irrelevant that they fall under. */
  readonly irrelevant: ReadonlyMap<Irrelevance, number>;
  /** `rule: message` of rules that threw, with the mutants that made them, each rule's message once. */
  readonly crashes: readonly string[];
}

/** Makes every mutant of a deployment, or the first of each kind, and asks the mandatory rules of each whether they notice. */
export async function hunt(
  rules: Policies,
  deployment: Deployment,
  config: PolicyConfig,
  list: readonly Irrelevance[],
  { firstOnly = false }: { firstOnly?: boolean } = {},
): Promise<Hunt> {
  const judge = await judgeOf(rules, deployment, config);
  const falls = irrelevanceOf(list);
  const irrelevant = new Map<Irrelevance, number>();
  const groups = new Map<string, { mutants: Mutant[]; survivors: string[]; rules: Set<string> }>();
  const crashes = new Map<string, string>();
  for (const mutant of mutantsOf(deployment)) {
    const entry = falls(mutant);
    if (entry !== undefined) {
      irrelevant.set(entry, (irrelevant.get(entry) ?? 0) + 1);
      continue;
    }
    const key = `${mutant.type} ${mutant.path} ${mutant.kind}`;
    if (firstOnly && groups.has(key)) continue;
    const group = groups.get(key) ?? { mutants: [], survivors: [], rules: new Set<string>() };
    groups.set(key, group);
    group.mutants.push(mutant);
    let noticed = false;
    for (const attempt of mutant.attempts) {
      const { noticedBy, crashes: thrown } = await judge.effectOf(mutant.urn, attempt);
      for (const crash of thrown) if (!crashes.has(crash)) crashes.set(crash, `${mutant.type} "${mutant.name}" ${mutant.place} ${mutant.kind}`);
      for (const rule of noticedBy) group.rules.add(rule);
      noticed = noticedBy.length > 0;
      if (noticed) break;
    }
    if (!noticed) group.survivors.push(`${mutant.name}${mutant.place === "" ? "" : ` ${mutant.place}`}`);
  }
  return {
    stack: deployment.stack,
    rules: judge.rules,
    groups: [...groups.values()]
      .map(({ mutants: [first, ...others], survivors, rules: by }): Group => {
        const { type, path, kind } = first!;
        const total = others.length + 1;
        return { type, path, kind, total, killed: total - survivors.length, rules: [...by].sort(), survivors };
      })
      .sort((a, b) => compare(keyOf(a), keyOf(b))),
    irrelevant,
    crashes: [...crashes].map(([crash, made]) => `${crash} (${made})`).sort(),
  };
}

const keyOf = ({ type, path, kind }: Group): string => `${type} ${path} ${kind}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
