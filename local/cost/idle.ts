import { CommandError } from "../cli/command.ts";
import type { DeployedResource } from "../deploy/deployment.ts";
import { subjectOf } from "../deploy/problem.ts";
import { type Charge, type IdleRules, type StackView, usdOf } from "./charge.ts";
import { analysisRules } from "./types/analysis.ts";
import { auditRules } from "./types/audit.ts";
import { computeRules } from "./types/compute.ts";
import { dataRules } from "./types/data.ts";
import { experienceRules } from "./types/experience.ts";
import { networkRules } from "./types/network.ts";
import { operationsRules } from "./types/operations.ts";
import { securityRules } from "./types/security.ts";

/** What each resource type costs. A type that is missing is an error, never zero. */
export const idleRules: IdleRules = {
  ...networkRules,
  ...securityRules,
  ...auditRules,
  ...dataRules,
  ...computeRules,
  ...analysisRules,
  ...operationsRules,
  ...experienceRules,
};

/** Charges of one kind, together. */
export interface CostLine extends Charge {
  readonly usd: number;
  /** Names of the resources that it is charged for. */
  readonly resources: readonly string[];
}

export interface IdleCost {
  /** A month's worth, dearest first. */
  readonly lines: readonly CostLine[];
  readonly usd: number;
  /** What costs by use, and what is billed then: by type. */
  readonly byUse: readonly { readonly type: string; readonly count: number; readonly billed: string }[];
  /** How many resources cost nothing, idle or used. */
  readonly freeCount: number;
}

/** What a stack costs in a month in which nothing happens. Throws a CommandError that names everything that has no price. */
export function idleCost(resources: readonly DeployedResource[], rules: IdleRules = idleRules): IdleCost {
  const made = resources.filter(isMade);
  const byType = Map.groupBy(made, ({ type }) => type);
  const stack: StackView = { resources: made, ofType: (type) => byType.get(type) ?? [] };
  const problems: string[] = [];
  for (const [type, { length }] of byType)
    if (rules[type] === undefined) problems.push(`${type} (${length}): nobody has said what it costs. Add it to local/cost/types.`);

  const charges = made.flatMap((resource) => {
    try {
      return (rules[resource.type]?.charges?.(resource, stack) ?? []).map((charge) => ({ ...charge, resource: resource.name }));
    } catch (error) {
      problems.push(`${subjectOf(resource.type, resource.name)} ${(error as Error).message}`);
      return [];
    }
  });
  if (problems.length > 0)
    throw new CommandError(
      `The cost can't be told:\n${problems
        .sort()
        .map((problem) => `- ${problem}`)
        .join("\n")}`,
    );

  const lines = together(charges);
  return {
    lines,
    usd: lines.reduce((sum, { usd }) => sum + usd, 0),
    byUse: [...byType]
      .flatMap(([type, { length }]) => {
        const billed = rules[type]?.billed;
        return billed === undefined ? [] : [{ type, count: length, billed }];
      })
      .sort((a, b) => (a.type < b.type ? -1 : 1)),
    freeCount: made.filter(({ type }) => rules[type]!.billed === undefined && rules[type]!.charges === undefined).length,
  };
}

/** Made by a provider of a cloud; `awsx` resources are components that hide what they make. */
const isMade = ({ custom, type }: DeployedResource): boolean => (custom || type.startsWith("awsx:")) && !type.startsWith("pulumi:");

/** Charges of the same thing at the same price as one line, dearest first. */
function together(charges: readonly (Charge & { readonly resource: string })[]): CostLine[] {
  return [...Map.groupBy(charges, ({ what, price }) => `${what} ${price.usd}`).values()]
    .map((same): CostLine => {
      const { what, price } = same[0]!;
      const line = { what, price, quantity: same.reduce((sum, { quantity }) => sum + quantity, 0) };
      return { ...line, usd: usdOf(line), resources: [...new Set(same.map(({ resource }) => resource))] };
    })
    .sort((a, b) => b.usd - a.usd || (a.what < b.what ? -1 : 1));
}
