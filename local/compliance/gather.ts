import { execFileSync } from "node:child_process";
import { rules } from "../../policies/rules/index.ts";
import { waivers } from "../../policies/waivers.ts";
import { CommandError } from "../cli/command.ts";
import { deploy } from "../deploy/deploy.ts";
import { type PolicyConfig, readPolicyConfig, reconcile } from "../deploy/policy/config.ts";
import { evaluatePolicies } from "../deploy/policy/in-process.ts";
import { DeployError } from "../deploy/problem.ts";
import { ProjectError } from "../deploy/project.ts";
import { offlineProvider } from "../provider/offline.ts";
import { type Evidence, evidenceOf } from "./evidence.ts";

export interface GatherOptions {
  /** Makes mandatory what the rule proposed in 2025 would. */
  readonly nprm2025: boolean;
}

/** Runs the program of a stack offline, has the pack judge it, and puts the evidence together. Throws a CommandError that says all that is wrong with the program. */
export async function gatherEvidence(root: string, stack: string, { nprm2025 }: GatherOptions): Promise<Evidence> {
  try {
    const config = { ...readPolicyConfig(root, stack), ...(nprm2025 && proposed()) };
    const levels = reconcile(rules, config);
    const deployment = await deploy({ root, stack, provider: offlineProvider() });
    const report = await evaluatePolicies(rules, deployment, config);
    return evidenceOf({ deployment, rules, levels, report, waivers, nprm2025, date: new Date().toISOString(), commit: commitOf(root) });
  } catch (error) {
    if (error instanceof DeployError || error instanceof ProjectError) throw new CommandError(error.message);
    throw error;
  }
}

/** The rules that the rule proposed in 2025 asks for, made mandatory with their strictest settings. */
const proposed = (): PolicyConfig => Object.fromEntries(rules.filter(({ tags }) => tags?.includes("nprm-2025")).map(({ name }) => [name, "mandatory"]));

/** The commit of the working tree, `+` after it if files were changed since; `unknown` where there is no repository. */
function commitOf(root: string): string {
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return `${git("rev-parse", "HEAD")}${git("status", "--porcelain") === "" ? "" : "+"}`;
  } catch {
    return "unknown";
  }
}
