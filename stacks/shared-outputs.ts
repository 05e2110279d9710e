import * as pulumi from "@pulumi/pulumi";

/** What the stack `shared` tells the environments. Renaming an output breaks all of them. */
export interface SharedOutputs {
  inferenceImageUri: pulumi.Output<string>;
  inferenceRepositoryArn: pulumi.Output<string>;
  trainingImageUri: pulumi.Output<string>;
  trainingRepositoryArn: pulumi.Output<string>;
  /** The server of language models of the organisation's own, where there is one. */
  languageModelImageUri?: pulumi.Output<string>;
  languageModelRepositoryArn?: pulumi.Output<string>;
  /** Policy that keeps AWS's AI services from using what they are shown. */
  aiOptOutPolicyId: pulumi.Output<string>;
  /** Where AWS Config of every account delivers to. */
  logArchiveBucket: pulumi.Output<string>;
  logArchiveKeyArn: pulumi.Output<string>;
}

/** The outputs of the stack that a reference names: the only place where one stack reads another. What is missing there is an error. */
export function sharedOutputs(reference: string, { languageModel }: { languageModel: boolean }): SharedOutputs {
  const stack = new pulumi.StackReference(reference);
  const output = (name: keyof SharedOutputs) => stack.requireOutput(name) as pulumi.Output<string>;
  return {
    inferenceImageUri: output("inferenceImageUri"),
    inferenceRepositoryArn: output("inferenceRepositoryArn"),
    trainingImageUri: output("trainingImageUri"),
    trainingRepositoryArn: output("trainingRepositoryArn"),
    ...(languageModel && { languageModelImageUri: output("languageModelImageUri"), languageModelRepositoryArn: output("languageModelRepositoryArn") }),
    aiOptOutPolicyId: output("aiOptOutPolicyId"),
    logArchiveBucket: output("logArchiveBucket"),
    logArchiveKeyArn: output("logArchiveKeyArn"),
  };
}
