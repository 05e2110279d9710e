import * as aws from "@pulumi/aws";
import { type ResourceValidation, type ResourceValidationArgs, validateResourceOfType } from "@pulumi/policy";

/** A container as a task definition writes it down, in ECS's own names. */
export interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly user?: string;
  readonly privileged?: boolean;
  readonly readonlyRootFilesystem?: boolean;
  readonly environment?: readonly { readonly name: string; readonly value?: string }[];
  readonly linuxParameters?: {
    readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
    readonly devices?: readonly unknown[];
  };
  readonly logConfiguration?: { readonly logDriver?: string; readonly options?: Readonly<Record<string, string>> };
}

/** Judges each container of a task definition. `say` reports what is wrong with one. */
export const judgeContainers = (judge: (container: Container, say: (wrong: string) => void, args: ResourceValidationArgs) => void): ResourceValidation =>
  validateResourceOfType(aws.ecs.TaskDefinition, ({ containerDefinitions }, args, report) => {
    for (const container of JSON.parse(containerDefinitions) as Container[])
      judge(container, (wrong) => report(`Container "${container.name ?? "unnamed"}" of "${args.name}" ${wrong}.`), args);
  });
