import type * as pulumi from "@pulumi/pulumi";
import {
  type Catcher,
  errorMessage,
  expression,
  type FunctionTarget,
  invoke,
  request,
  retryBusy,
  retryWhenFull,
  type State,
  type StateMachineDefinition,
  type Values,
} from "../analysis/asl.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";

export interface ExperimentsDefinitionArgs {
  readonly planExperiments: FunctionTarget;
  readonly network: ComputeNetwork;
  readonly modelsBucket: string;
  /** Encrypts what jobs write. */
  readonly keyArn: pulumi.Input<string>;
  readonly training: {
    readonly imageUri: pulumi.Input<string>;
    readonly roleArn: pulumi.Input<string>;
    /** `ResourceConfig` of a training job. */
    readonly resources: Values;
  };
  readonly asking: {
    readonly imageUri: pulumi.Input<string>;
    readonly roleArn: pulumi.Input<string>;
    /** `TransformResources` of a transform job. */
    readonly resources: Values;
  };
}

/** Experiments under way at a time: so many instances, and no more. */
const atOnce = 4;
const hour = 3600;
/** Longest training, longest wait for Spot instances and training together, and longest asking. */
const longest = { training: 6 * hour, waiting: 12 * hour, asking: 2 * hour };
const jobStartSeconds = 1800;

const fails: Catcher = {
  ErrorEquals: ["States.ALL"],
  Assign: { failure: { error: "{% $states.errorOutput.Error %}", message: expression(errorMessage) } },
  Next: "Failed",
};
/** One experiment's failure is its own: the others go on. */
const itemFails: Catcher = {
  ErrorEquals: ["States.ALL"],
  Assign: { itemFailure: { error: "{% $states.errorOutput.Error %}", message: expression(errorMessage) } },
  Next: "ItemFailed",
};
/** What names of the jobs and models of experiments begin with. */
export const experimentModelPrefix = "svp-experiment-";
/** Unique for each attempt, at most 63 characters: 15 + 24 + 1 + 2 + 1 + 2 + 1 + 3. */
const attempt = [
  `'${experimentModelPrefix}' & $substring($states.context.Execution.Name, 0, 24)`,
  "$string($states.context.Map.Item.Index)",
  "$string($states.context.State.RetryCount)",
  "$string($states.context.Execution.RedriveCount)",
].join(" & '-' & ");
const retryJobs = [retryWhenFull("SageMaker.ResourceLimitExceededException"), retryBusy("SageMaker.ThrottlingException")];

/**
 * Trains many networks with settings of their own (`contracts/experiments.ts`), makes a model of each and asks it about the pictures of its dataset's test
 * split. Nothing is registered. It fails if more of them failed than the request tolerates.
 */
export function experimentsDefinition(args: ExperimentsDefinitionArgs): StateMachineDefinition {
  return {
    Comment: "Trains and tries networks that differ in their settings.",
    QueryLanguage: "JSONata",
    TimeoutSeconds: 24 * hour,
    StartAt: "PlanExperiments",
    States: {
      PlanExperiments: invoke(
        args.planExperiments,
        { batch: "{% $states.context.Execution.Name %}", request: expression(request) },
        { Assign: { planned: "{% $states.result.Payload %}" }, Catch: [fails], Next: "RunExperiments" },
      ),
      RunExperiments: {
        Type: "Map",
        // A list of one would else become its one member.
        Items: "{% $append([], $planned.experiments) %}",
        MaxConcurrency: atOnce,
        ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, StartAt: "TrainItem", States: runItem(args) },
        Assign: {
          outcomes: "{% $append([], $states.result) %}",
          failed: "{% $append([], $states.result[status = 'FAILED'].id) %}",
        },
        Catch: [fails],
        Next: "IsTolerated",
      },
      IsTolerated: {
        Type: "Choice",
        Choices: [{ Condition: "{% 100 * $count($failed) <= $planned.toleratedFailures * $count($outcomes) %}", Next: "Tried" }],
        Default: "TooManyFailed",
      },
      Tried: { Type: "Succeed", Output: { outcomes: "{% $outcomes %}" } },
      TooManyFailed: {
        Type: "Fail",
        Error: "TooManyFailed",
        Cause: expression(
          "$substring($string($count($failed)) & ' of ' & $string($count($outcomes)) & ' experiments failed. ' & $join($outcomes[status = 'FAILED'].(id & ': ' & error), ' '), 0, 4000)",
        ),
      },
      Failed: { Type: "Fail", Error: "{% $failure.error %}", Cause: "{% $failure.message %}" },
    },
  };
}

/** One experiment: `$item`. */
function runItem({ training, asking, network, keyArn, modelsBucket }: ExperimentsDefinitionArgs): Record<string, State> {
  const below = (jsonata: string) => expression(`'s3://${modelsBucket}/' & ${jsonata}`);
  const vpc = { Subnets: network.subnetIds, SecurityGroupIds: [network.securityGroupId] };
  return {
    TrainItem: {
      Type: "Task",
      Resource: "arn:aws:states:::sagemaker:createTrainingJob.sync",
      Arguments: {
        TrainingJobName: expression(attempt),
        RoleArn: training.roleArn,
        AlgorithmSpecification: { TrainingImage: training.imageUri, TrainingInputMode: "File" },
        HyperParameters: "{% $states.input.hyperParameters %}",
        InputDataConfig: [
          {
            ChannelName: "training",
            DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "{% $states.input.dataset %}", S3DataDistributionType: "FullyReplicated" } },
          },
        ],
        OutputDataConfig: { S3OutputPath: below("$states.input.folder & 'trained'"), KmsKeyId: keyArn, CompressionType: "NONE" },
        CheckpointConfig: { S3Uri: below("$states.input.folder & 'checkpoints'"), LocalPath: "/opt/ml/checkpoints" },
        ResourceConfig: training.resources,
        EnableManagedSpotTraining: true,
        StoppingCondition: { MaxRuntimeInSeconds: longest.training, MaxWaitTimeInSeconds: longest.waiting },
        EnableNetworkIsolation: true,
        EnableInterContainerTrafficEncryption: true,
        VpcConfig: vpc,
      },
      TimeoutSeconds: longest.waiting + jobStartSeconds,
      // Settings that make a script fail do so again.
      Retry: retryJobs,
      Catch: [itemFails],
      Assign: { item: "{% $states.input %}", trained: "{% $states.result.ModelArtifacts.S3ModelArtifacts %}" },
      Next: "MakeModel",
    },
    MakeModel: {
      Type: "Task",
      Resource: "arn:aws:states:::sagemaker:createModel",
      Arguments: {
        ModelName: expression(attempt),
        ExecutionRoleArn: asking.roleArn,
        EnableNetworkIsolation: true,
        VpcConfig: vpc,
        PrimaryContainer: {
          Image: asking.imageUri,
          // What is trained is the network's own folder, and not one of networks.
          Environment: { MODEL_ID: "{% $item.model %}" },
          ModelDataSource: {
            S3DataSource: {
              S3DataType: "S3Prefix",
              S3Uri: "{% $contains($trained, /\\/$/) ? $trained : $trained & '/' %}",
              CompressionType: "None",
            },
          },
        },
      },
      TimeoutSeconds: 60,
      Retry: [retryBusy("SageMaker.ThrottlingException", "SageMaker.SageMakerException")],
      Catch: [itemFails],
      Assign: { modelName: "{% $split($states.result.ModelArn, '/')[1] %}" },
      Next: "AskItem",
    },
    AskItem: {
      Type: "Task",
      Resource: "arn:aws:states:::sagemaker:createTransformJob.sync",
      Arguments: {
        TransformJobName: expression(attempt),
        ModelName: "{% $modelName %}",
        MaxConcurrentTransforms: 4,
        MaxPayloadInMB: 12,
        BatchStrategy: "SingleRecord",
        TransformInput: {
          DataSource: { S3DataSource: { S3DataType: "ManifestFile", S3Uri: "{% $item.manifest %}" } },
          ContentType: "image/jpeg",
          CompressionType: "None",
          SplitType: "None",
        },
        TransformOutput: { S3OutputPath: below("$item.folder & 'answers'"), Accept: "application/json", AssembleWith: "None", KmsKeyId: keyArn },
        TransformResources: asking.resources,
      },
      TimeoutSeconds: longest.asking + jobStartSeconds,
      Retry: retryJobs,
      Catch: [itemFails],
      Output: { id: "{% $item.id %}", status: "SUCCEEDED", model: "{% $trained %}", answers: below("$item.folder & 'answers/'"), error: null },
      Next: "ItemTried",
    },
    ItemTried: { Type: "Succeed" },
    ItemFailed: {
      Type: "Pass",
      Output: { id: "{% $states.context.Map.Item.Value.id %}", status: "FAILED", model: null, answers: null, error: "{% $itemFailure.message %}" },
      End: true,
    },
  };
}
