import { deploy } from "../deploy/deploy.ts";
import type { Deployment } from "../deploy/deployment.ts";
import { DeployError } from "../deploy/problem.ts";
import { ProjectError } from "../deploy/project.ts";
import { offlineProvider } from "../provider/offline.ts";
import { CommandError } from "./command.ts";

/** Runs the program of a stack offline. Throws a CommandError that says all that is wrong with the program. */
export async function deployOffline(root: string, stack: string): Promise<Deployment> {
  try {
    return await deploy({ root, stack, provider: offlineProvider() });
  } catch (error) {
    if (error instanceof DeployError || error instanceof ProjectError) throw new CommandError(error.message);
    throw error;
  }
}
