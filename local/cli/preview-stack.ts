import { rules } from "../../policies/rules/index.ts";
import { today, waive, waivers } from "../../policies/waivers.ts";
import { deploy } from "../deploy/deploy.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { PolicyReport } from "../deploy/policy/analyzer.ts";
import { readPolicyConfig } from "../deploy/policy/config.ts";
import { evaluatePolicies } from "../deploy/policy/in-process.ts";
import { DeployError } from "../deploy/problem.ts";
import { ProjectError } from "../deploy/project.ts";
import { offlineProvider } from "../provider/offline.ts";
import { CommandError } from "./command.ts";

/** Runs the program of a stack offline and has the policy pack judge it. Throws a CommandError that says all that is wrong with the program. */
export async function previewStack(root: string, stack: string): Promise<{ deployment: Deployment; report: PolicyReport }> {
  try {
    const config = readPolicyConfig(root, stack);
    const deployment = await deploy({ root, stack, provider: offlineProvider() });
    return { deployment, report: await evaluatePolicies(waive(rules, waivers, today()), deployment, config) };
  } catch (error) {
    if (error instanceof DeployError || error instanceof ProjectError) throw new CommandError(error.message);
    throw error;
  }
}
