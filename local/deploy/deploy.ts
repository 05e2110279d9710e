import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { DeployedResource, Deployment } from "./deployment.ts";
import { type Project, ProjectError, parseStackReference, readConfig, readProject } from "./project.ts";
import type { Properties, Provider } from "./provider.ts";
import { runProgram } from "./run-program.ts";

export interface DeployOptions {
  /** Folder of Pulumi.yaml. */
  readonly root: string;
  readonly stack: string;
  /** Stands behind the resources of the stack and of the stacks that it refers to. */
  readonly provider: Provider;
  /** Changes a stack's configuration before its program runs: full keys, as its file has them. */
  readonly configure?: (stack: string, config: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  /** Called with each resource of the stack once the provider has made it. */
  readonly onResource?: (resource: DeployedResource) => void;
}

/**
 * Runs the program of a stack, in this process and without the Pulumi CLI, against a provider.
 * A stack that it refers to is run too, once, for its outputs.
 *
 * Throws a ProjectError if the project's files are wrong, a DeployError with every problem if the program is.
 */
export async function deploy({ root, stack, provider, onResource, configure = (_stack, config) => config }: DeployOptions): Promise<Deployment> {
  const project = readProject(root);
  const program = await loadProgram(project);
  const deployments = new Map<string, Promise<Deployment>>();
  /** Stack -> the stack whose outputs it waits for. */
  const waits = new Map<string, Set<string>>();

  const run = (name: string, own: Pick<DeployOptions, "provider" | "onResource">): Promise<Deployment> =>
    runProgram(program, {
      project: project.name,
      stack: name,
      config: configure(name, readConfig(project, name)),
      ...own,
      outputsOf: (reference) => outputsOf(name, reference),
    });

  const outputsOf = async (from: string, reference: string): Promise<Properties> => {
    const named = parseStackReference(reference);
    if (named.project !== undefined && named.project !== project.name) {
      throw new ProjectError(`refers to ${reference}; only stacks of project ${project.name} can be run offline.`);
    }
    waits.set(from, (waits.get(from) ?? new Set()).add(named.stack));
    const circle = pathBetween(waits, named.stack, from);
    if (circle !== undefined) throw new ProjectError(`refers in a circle: ${[from, ...circle].join(" -> ")}.`);
    if (!deployments.has(named.stack)) deployments.set(named.stack, run(named.stack, { provider }));
    return (await deployments.get(named.stack)!).outputs;
  };

  return run(stack, { provider, ...(onResource && { onResource }) });
}

/** The nodes on the way from one node to another, both included; undefined if there is no way. */
function pathBetween(edges: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): string[] | undefined {
  if (from === to) return [to];
  for (const next of edges.get(from) ?? []) {
    const rest = pathBetween(edges, next, to);
    if (rest !== undefined) return [from, ...rest];
  }
  return undefined;
}

/** The function that `main` of Pulumi.yaml exports by default; Pulumi's own runner calls it too. */
async function loadProgram({ root, main }: Project): Promise<() => unknown> {
  const file = resolve(root, main);
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  if (typeof module.default !== "function") throw new ProjectError(`${main} must export the program, a function, by default.`);
  return module.default as () => unknown;
}
