import { rules } from "../../policies/rules/index.ts";
import { deployOffline } from "../cli/deploy-offline.ts";
import { readPolicyConfig } from "../deploy/policy/config.ts";
import { type Hunt, hunt } from "./hunt.ts";
import { irrelevant } from "./irrelevant.ts";

/** Runs the program of a stack offline and hunts its mutants, or the first of each kind, with the rules of the pack. */
export async function huntIn(root: string, stack: string, options: { firstOnly?: boolean } = {}): Promise<Hunt> {
  return hunt(rules, await deployOffline(root, stack), readPolicyConfig(root, stack), irrelevant, options);
}
