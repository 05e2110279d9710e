import type * as pulumi from "@pulumi/pulumi";
import { learningSource } from "../../contracts/drift.ts";
import { type RetrainingOutcome, retrainingEndedType } from "../../contracts/retraining.ts";
import {
  type Catcher,
  errorMessage,
  expression,
  type FunctionTarget,
  invoke,
  request,
  retryBusy,
  type State,
  type StateMachineDefinition,
  type TaskState,
} from "../analysis/asl.ts";

export interface RetrainingDefinitionArgs {
  readonly collectCorrections: FunctionTarget;
  /** The machine that builds dataset versions. */
  readonly datasetBuilderArn: pulumi.Input<string>;
  /** What the pipelines' names begin with; the network's id follows. */
  readonly pipelinePrefix: string;
  /** Seconds between two looks at a training. */
  readonly pollSeconds: number;
}

const daySeconds = 24 * 3600;

const fails: Catcher = {
  ErrorEquals: ["States.ALL"],
  Assign: { failure: { error: "{% $states.errorOutput.Error %}", message: expression(errorMessage) } },
  Next: "TellOfFailure",
};
const sagemakerBusy = retryBusy("SageMaker.ThrottlingException", "SageMaker.SageMakerException", "SageMaker.ConflictException");
/** Executions have the name of their episode; what failed under a name stays failed, so a redrive takes another. */
const named = "$states.context.Execution.Name";
const attempt = "$string($states.context.Execution.RedriveCount)";

/**
 * Lets a network learn anew (`contracts/retraining.ts`): collects what people corrected, builds a dataset version of it, and runs the
 * network's pipeline, whose candidate waits for approval. Where too little was corrected it asks people, and ends. Where the network is learning
 * already it waits until it has. How it ended is announced.
 */
export function retrainingDefinition(args: RetrainingDefinitionArgs): StateMachineDefinition {
  return {
    Comment: "Lets a network learn from what people corrected.",
    QueryLanguage: "JSONata",
    TimeoutSeconds: daySeconds,
    StartAt: "CollectCorrections",
    States: {
      ...collect(args),
      ...train(args),
      TellOfCandidate: tell("CANDIDATE", "CandidateWaits"),
      CandidateWaits: {
        Type: "Succeed",
        Output: { outcome: "CANDIDATE", dataset: "{% $dataset.name %}", version: "{% $dataset.version %}", pipelineExecution: "{% $training %}" },
      },
      TellOfWaiting: tell("WAITING_FOR_LABELS", "WaitingForLabels"),
      WaitingForLabels: {
        Type: "Succeed",
        Output: { outcome: "WAITING_FOR_LABELS", corrected: "{% $collected.corrected %}", needed: "{% $collected.needed %}" },
      },
      TellOfUnteachable: tell("UNTEACHABLE", "Unteachable"),
      Unteachable: { Type: "Succeed", Output: { outcome: "UNTEACHABLE" } },
      // What failed is the training; that nobody could be told of it besides is not what people must look for.
      TellOfFailure: { ...tell("FAILED", "Failed"), Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed" }] },
      Failed: { Type: "Fail", Error: "{% $failure.error %}", Cause: "{% $failure.message %}" },
    },
  };
}

function collect({ collectCorrections, pollSeconds }: RetrainingDefinitionArgs): Record<string, State> {
  return {
    CollectCorrections: invoke(
      collectCorrections,
      { request: expression(request), execution: expression(named) },
      {
        Assign: { collected: "{% $states.result.Payload %}" },
        Catch: [fails],
        Next: "IsThereEnough",
      },
    ),
    IsThereEnough: {
      Type: "Choice",
      Choices: [
        { Condition: "{% $collected.status = 'READY' %}", Next: "BuildDataset" },
        { Condition: "{% $collected.status = 'BUSY' %}", Next: "WaitForTurn" },
        { Condition: "{% $collected.status = 'UNTEACHABLE' %}", Next: "TellOfUnteachable" },
      ],
      Default: "TellOfWaiting",
    },
    WaitForTurn: { Type: "Wait", Seconds: pollSeconds, Next: "CollectCorrections" },
  };
}

function train({ datasetBuilderArn, pipelinePrefix, pollSeconds }: RetrainingDefinitionArgs): Record<string, State> {
  const parameter = (Name: string, jsonata: string) => ({ Name, Value: expression(jsonata) });
  return {
    BuildDataset: {
      Type: "Task",
      Resource: "arn:aws:states:::states:startExecution.sync:2",
      // At most 36 characters (`contracts/dataset-version.ts`, `datasetBuildId`).
      Arguments: {
        StateMachineArn: datasetBuilderArn,
        Name: expression(`$substring(${named}, 0, 33) & '-' & ${attempt}`),
        Input: "{% $collected.request %}",
      },
      TimeoutSeconds: daySeconds,
      Retry: [retryBusy("StepFunctions.ExecutionLimitExceededException", "StepFunctions.ThrottlingException")],
      Catch: [fails],
      Assign: { dataset: "{% $states.result.Output %}" },
      Next: "StartTraining",
    },
    StartTraining: {
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:sagemaker:startPipelineExecution",
      Arguments: {
        PipelineName: expression(`'${pipelinePrefix}' & ${request}.model`),
        // The same for every try: what was started and not told of is not started again. 32 to 128 characters.
        ClientRequestToken: expression(`'svp-retraining-of-an-episode-and-try-' & ${named} & '-' & ${attempt}`),
        PipelineParameters: [parameter("Dataset", "$dataset.name"), parameter("DatasetVersion", "$dataset.version"), parameter("Reason", `${request}.reason`)],
      },
      TimeoutSeconds: 60,
      Retry: [sagemakerBusy],
      Catch: [fails],
      Assign: { training: "{% $states.result.PipelineExecutionArn %}" },
      Next: "Train",
    },
    Train: { Type: "Wait", Seconds: pollSeconds, Next: "DescribeTraining" },
    DescribeTraining: {
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:sagemaker:describePipelineExecution",
      Arguments: { PipelineExecutionArn: "{% $training %}" },
      TimeoutSeconds: 60,
      Retry: [sagemakerBusy],
      Catch: [fails],
      Output: { status: "{% $states.result.PipelineExecutionStatus %}" },
      Assign: { told: "{% $exists($states.result.FailureReason) ? $states.result.FailureReason : 'It says no reason.' %}" },
      Next: "IsTrained",
    },
    IsTrained: {
      Type: "Choice",
      Choices: [
        { Condition: "{% $states.input.status = 'Succeeded' %}", Next: "TellOfCandidate" },
        {
          Condition: "{% $states.input.status in ['Failed', 'Stopped'] %}",
          Assign: { failure: { error: "TrainingFailed", message: "{% 'The pipeline ' & $lowercase($states.input.status) & ': ' & $told %}" } },
          Next: "TellOfFailure",
        },
      ],
      Default: "Train",
    },
  };
}

const tell = (outcome: RetrainingOutcome, next: string): TaskState => ({
  Type: "Task",
  Resource: "arn:aws:states:::events:putEvents",
  Arguments: {
    Entries: [
      {
        EventBusName: "default",
        Source: learningSource,
        DetailType: retrainingEndedType,
        Detail: {
          ...Object.fromEntries(["episode", "model", "version", "reason"].map((name) => [name, expression(`${request}.${name}`)])),
          outcome,
        },
      },
    ],
  },
  TimeoutSeconds: 60,
  Retry: [retryBusy("States.TaskFailed")],
  Catch: [fails],
  Next: next,
});
