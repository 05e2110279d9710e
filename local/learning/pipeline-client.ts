import {
  DescribeModelPackageCommand,
  type DescribeModelPackageOutput,
  DescribePipelineExecutionCommand,
  ListModelPackagesCommand,
  ListPipelineExecutionStepsCommand,
  type PipelineExecutionStep,
  type SageMakerClient,
  StartPipelineExecutionCommand,
} from "@aws-sdk/client-sagemaker";

/** How an execution of a training pipeline ended. */
export interface Trained {
  readonly executionId: string;
  readonly status: string;
  readonly failureReason: string | undefined;
  /** In the order in which they began. */
  readonly steps: readonly PipelineExecutionStep[];
  /** The version that it registered, if it did. */
  readonly packageArn: string | undefined;
}

/** Starts an execution of a pipeline and waits for its end. `onStep` gets the name of each step as it begins. */
export async function trainBy(
  client: SageMakerClient,
  pipeline: string,
  parameters: Readonly<Record<string, string>>,
  onStep: (name: string) => void,
): Promise<Trained> {
  const PipelineParameters = Object.entries(parameters).map(([Name, Value]) => ({ Name, Value }));
  const { PipelineExecutionArn = "" } = await client.send(new StartPipelineExecutionCommand({ PipelineName: pipeline, PipelineParameters }));
  const told = new Set<string>();
  for (;;) {
    const { PipelineExecutionStatus: status = "", FailureReason } = await client.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn }));
    const { PipelineExecutionSteps: steps = [] } = await client.send(new ListPipelineExecutionStepsCommand({ PipelineExecutionArn, SortOrder: "Ascending" }));
    for (const { StepName = "" } of steps.filter((step) => !told.has(step.StepName ?? ""))) {
      told.add(StepName);
      onStep(StepName);
    }
    if (status !== "Executing" && status !== "Stopping") {
      const packageArn = steps.map((step) => step.Metadata?.RegisterModel?.Arn).find((arn) => arn !== undefined);
      return { executionId: PipelineExecutionArn.split("/").at(-1) as string, status, failureReason: FailureReason, steps, packageArn };
    }
    await new Promise((wake) => setTimeout(wake, 250));
  }
}

/** Numbers of the versions that a group holds, newest first. */
export async function versionsIn(client: SageMakerClient, ModelPackageGroupName: string): Promise<number[]> {
  const { ModelPackageSummaryList = [] } = await client.send(new ListModelPackagesCommand({ ModelPackageGroupName }));
  return ModelPackageSummaryList.map(({ ModelPackageVersion = 0 }) => ModelPackageVersion);
}

export const versionBy = (client: SageMakerClient, ModelPackageName: string): Promise<DescribeModelPackageOutput> =>
  client.send(new DescribeModelPackageCommand({ ModelPackageName }));
