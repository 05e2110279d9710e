import type { DeployedResource } from "../../local/deploy/deployment.ts";
import type { Properties } from "../../local/deploy/provider.ts";
import { runProgram } from "../../local/deploy/run-program.ts";
import { offlineProvider } from "../../local/provider/offline.ts";

export interface Deployed {
  /** Everything registered but the stack itself, in order of registration. */
  readonly resources: readonly DeployedResource[];
  /** What the program returned. */
  readonly outputs: Properties;
  /** Resources of a class: `ofType(aws.s3.Bucket)`. */
  ofType(cls: unknown): DeployedResource[];
  /** The one resource of a class and name. Throws if there is none, or more than one. */
  one(cls: unknown, name: string): DeployedResource;
}

/** Runs a program with the strictness of a deployment and the outputs of the offline provider. Rejects with a DeployError. */
export async function deployed(program: () => unknown, options: { stack?: string; config?: Record<string, string> } = {}): Promise<Deployed> {
  const { resources, outputs } = await runProgram(program, {
    project: "svp",
    stack: options.stack ?? "unit",
    config: options.config ?? {},
    provider: offlineProvider(),
    outputsOf: async (reference) => {
      throw new Error(`There is no stack "${reference}" in this test.`);
    },
  });
  const own = resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
  const ofType = (cls: unknown): DeployedResource[] => own.filter(({ type }) => type === typeOf(cls));
  return {
    resources: own,
    outputs,
    ofType,
    one(cls, name) {
      const found = ofType(cls).filter((resource) => resource.name === name);
      if (found.length !== 1)
        throw new Error(
          `Expected one ${typeOf(cls)} "${name}", found ${found.length} among ${
            ofType(cls)
              .map((r) => r.name)
              .join(", ") || "none"
          }.`,
        );
      return found[0]!;
    },
  };
}

/** The type token of a resource class of a package. A component has none; look it up by its type in `resources`. */
function typeOf(cls: unknown): string {
  const { __pulumiType } = cls as { __pulumiType?: string };
  if (__pulumiType === undefined) throw new Error("Expected a resource class of a Pulumi package, such as aws.s3.Bucket.");
  return __pulumiType;
}
