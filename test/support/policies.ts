import type * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import type { PolicyConfig } from "../../local/deploy/policy/config.ts";
import { evaluatePolicies } from "../../local/deploy/policy/in-process.ts";
import { deploymentOf } from "./programs.ts";

/** What one rule says of a program: its messages, sorted by resource. */
export async function violations(rule: Policies[number], program: (opts: { provider: aws.Provider }) => unknown, config: PolicyConfig = {}): Promise<string[]> {
  const { findings } = await evaluatePolicies([rule], await deploymentOf(program), config);
  return findings.map(({ message }) => message);
}

/** To how many resources (or stacks) one rule applies in a program. */
export async function applications(rule: Policies[number], program: (opts: { provider: aws.Provider }) => unknown, config: PolicyConfig = {}): Promise<number> {
  const { applied } = await evaluatePolicies([rule], await deploymentOf(program), config);
  return applied[rule.name]!.length;
}
