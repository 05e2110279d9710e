import * as pulumi from "@pulumi/pulumi";
import { readConfig, readProject } from "../../local/deploy/project.ts";
import { root } from "../../local/root.ts";
import type { SharedOutputs } from "../../stacks/shared-outputs.ts";

/** Runs the program of a stack under Pulumi's plain mocks, with nothing checked: what any test with mocks costs. */
const [stack] = process.argv.slice(2);
if (stack === undefined) throw new Error("usage: bare-program.ts STACK");

/** What stack `shared` tells: all of it, so that a new output is missed here at once. */
const outputs: Record<keyof SharedOutputs, string> = {
  inferenceImageUri: "image",
  inferenceRepositoryArn: "arn:aws:ecr:us-east-1:777777777777:repository/svp/inference",
  trainingImageUri: "image",
  trainingRepositoryArn: "arn:aws:ecr:us-east-1:777777777777:repository/svp/training",
  languageModelImageUri: "image",
  languageModelRepositoryArn: "arn:aws:ecr:us-east-1:777777777777:repository/svp/language-model",
  aiOptOutPolicyId: "p-0123456789",
  logArchiveBucket: "log-archive",
  logArchiveKeyArn: "arn:aws:kms:us-east-1:555555555555:key/0",
};

const project = readProject(root);
pulumi.runtime.setAllConfig(readConfig(project, stack));
await pulumi.runtime.setMocks(
  {
    newResource: ({ type, name, inputs }) => {
      if (type === "pulumi:pulumi:StackReference") {
        return { id: name, state: { ...inputs, outputs, secretOutputNames: [] } };
      }
      return {
        id: `${name}-id`,
        state: { ...inputs, arn: `arn:aws:mock:us-east-1:111111111111:${name}`, name, bucket: name, imageUri: "image", repositoryUrl: "repository" },
      };
    },
    call: ({ token }) => {
      throw new Error(`Unexpected call of ${token}.`);
    },
  },
  project.name,
  stack,
  true,
);
const { default: program } = (await import("../../stacks/index.ts")) as { default: () => unknown };
await pulumi.runtime.runInPulumiStack(async () => program());
