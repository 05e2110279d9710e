import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import * as runtimeState from "@pulumi/pulumi/runtime/state.js";
import type { DeployedResource, Deployment } from "./deployment.ts";
import { guardArguments } from "./guard.ts";
import { DeployError, type Problem } from "./problem.ts";
import type { Properties, Provider } from "./provider.ts";
import { Recorder } from "./recorder.ts";
import { NeverSettles, unhandledErrors } from "./rejections.ts";
import { openSchemas } from "./schema/schemas.ts";
import "./untraced-promises.ts";

export interface RunOptions {
  readonly project: string;
  readonly stack: string;
  /** Configuration with full keys: `svp:region`. Objects and lists as JSON, as the Pulumi CLI hands them over. */
  readonly config: Readonly<Record<string, string>>;
  readonly provider: Provider;
  /** Outputs of the stack that a StackReference names. Rejects, saying why, if there is none. */
  readonly outputsOf: (reference: string) => Promise<Properties>;
  /** Called with each resource once the provider has made it. */
  readonly onResource?: ((resource: DeployedResource) => void) | undefined;
}

/** `withLocalStorage` gives a program settings, configuration and a monitor of its own: a program can run while another waits for its outputs. */
const { withLocalStorage } = runtimeState as unknown as { withLocalStorage<T>(run: () => Promise<T>): Promise<T> };
/** Resolves when no registration or call is under way. In Pulumi's runtime, though not in its type declarations. */
const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs(): Promise<void> };

/**
 * Runs a program as the engine would hear it and answers what it registered.
 * Rejects with a DeployError that holds every problem found, errors thrown inside an `apply` included.
 */
export async function runProgram(program: () => unknown, options: RunOptions): Promise<Deployment> {
  const { project, stack } = options;
  const schemas = openSchemas();
  const recorder = new Recorder({ ...options, schemas });
  const run = (): Promise<void> =>
    withLocalStorage(async () => {
      // As a preview: only there do outputs that nothing computes stay unknown, instead of turning into `undefined`.
      await pulumi.runtime.setMocks(recorder, project, stack, true, "organization");
      recorder.attach(pulumi.runtime.getMonitor() as never);
      pulumi.runtime.setAllConfig({ ...options.config });
      await guardArguments(recorder.arguments, schemas, () => pulumi.runtime.runInPulumiStack(async () => program()));
      await waitForRPCs();
      await quiet(recorder);
    });
  const errors = await unhandledErrors(run, () => quiet(recorder));
  recorder.close();
  schemas.save();
  const problems = [...recorder.problems, ...programProblems(stack, errors, recorder)];
  if (problems.length > 0) throw new DeployError(stack, problems);
  return { project, stack, resources: recorder.resources, outputs: recorder.outputs, findings: recorder.warnings };
}

/** Waits until nothing has been registered or created for a while: an `apply` may still register something after the last answer. */
async function quiet(recorder: Recorder): Promise<void> {
  for (let still = 0, seen = -1; still < 20; still++) {
    await setImmediate();
    if (recorder.underWay > 0 || recorder.events !== seen) still = 0;
    seen = recorder.events;
  }
}

/** Errors that the program threw, less those that only repeat a noted problem. */
function programProblems(stack: string, errors: readonly unknown[], recorder: Recorder): Problem[] {
  const reasons = new Set(
    errors.map((error) =>
      error instanceof NeverSettles ? `waits for a promise that never settles${list(recorder.arguments.waiting(recorder.resources))}.` : reasonOf(error),
    ),
  );
  return [...reasons]
    .filter((reason) => !recorder.problems.some((problem) => reason.includes(problem.reason)))
    .map((reason) => ({ subject: `stack "${stack}"`, urn: undefined, path: "", reason }));
}

const list = (waiting: readonly string[]): string => (waiting.length === 0 ? "" : `; so do ${waiting.join(", ")}`);

/** The message; for an error that was not meant for the user, also where in the program it arose. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${String(error)}.`;
  const meantForUser = [pulumi.RunError, pulumi.ResourceError].some((kind) => kind.isInstance(error)) || error instanceof DeployError;
  if (meantForUser) return error.message;
  const frame = error.stack?.split("\n").find((line) => /^\s+at /.test(line) && !/node_modules|node:/.test(line));
  const place = /\(?((?:file:\/\/)?\/[^()]+:\d+:\d+)\)?$/.exec(frame ?? "")?.[1];
  return place === undefined ? error.message : `${error.message} (${place.replace("file://", "")})`;
}
