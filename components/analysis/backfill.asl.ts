import type * as pulumi from "@pulumi/pulumi";
import { backfillManifestKey, backfillResultsPrefix } from "../../contracts/keys.ts";
import {
  type Catcher,
  errorMessage,
  expression,
  type FunctionTarget,
  invoke,
  type Retrier,
  request,
  retryBusy,
  retryTable,
  retryWhenFull,
  type State,
  type StateMachineDefinition,
  type Value,
  type Values,
} from "./asl.ts";

export interface BackfillDefinitionArgs {
  readonly prepareBackfill: FunctionTarget;
  /** The machine that analyses one video. */
  readonly analysisArn: pulumi.Input<string>;
  readonly leaseTable: pulumi.Input<string>;
  readonly processedBucket: string;
  /** Videos under way at a time: as many as the class has leases. */
  readonly maxConcurrency: number;
  readonly toleratedFailurePercentage: number;
  /** Seconds between two looks at an analysis that goes on. */
  readonly pollSeconds: number;
}

/**
 * Longest life of a backfill: a year, the longest of any execution (Step Functions quotas). It lives for as long as there is work in its manifest, of
 * which any number may wait for a few leases; ended earlier, it would stop the analyses in hand.
 */
const longestSeconds = 365 * 24 * 3600;
/** An analysis lives a day (`case-analysis.asl.ts`) and ends by itself. */
const longestAnalysisSeconds = 25 * 3600;

/** A key of one backfill as JSONata, laid out by `contracts/keys.ts`. */
const located = (build: (backfillId: string) => string): string =>
  expression(
    build("{id}")
      .split("{id}")
      .map((part) => `'${part}'`)
      .join(` & ${request}.backfillId & `),
  );

/**
 * Works through a manifest, an execution for each line, so many at a time. A video that fails does not end the others, unless
 * more fail than are tolerated. What came of each lies where ResultWriter puts it.
 */
export function backfillDefinition(args: BackfillDefinitionArgs): StateMachineDefinition {
  return {
    Comment: "Analyses many uploaded videos again, or for the first time.",
    QueryLanguage: "JSONata",
    TimeoutSeconds: longestSeconds,
    StartAt: "AnalyseVideos",
    States: {
      AnalyseVideos: {
        Type: "Map",
        ItemReader: {
          Resource: "arn:aws:states:::s3:getObject",
          ReaderConfig: { InputType: "JSONL" },
          Arguments: { Bucket: args.processedBucket, Key: located(backfillManifestKey) },
        },
        MaxConcurrency: args.maxConcurrency,
        ToleratedFailurePercentage: args.toleratedFailurePercentage,
        ItemProcessor: {
          ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
          StartAt: "PrepareBackfill",
          States: analyseVideo(args),
        },
        ResultWriter: { Resource: "arn:aws:states:::s3:putObject", Arguments: { Bucket: args.processedBucket, Prefix: located(backfillResultsPrefix) } },
        Catch: [fails("BackfillFailed")],
        End: true,
      },
      BackfillFailed: failed,
    },
  };
}

const fails = (next: string): Catcher => ({
  ErrorEquals: ["States.ALL"],
  Assign: { failure: { error: "{% $states.errorOutput.Error %}", message: expression(errorMessage) } },
  Next: next,
});

const failed: State = { Type: "Fail", Error: "{% $failure.error %}", Cause: "{% $failure.message %}" };

/** What came of one video (`contracts/backfill.ts`, `backfillOutcome`). */
const outcome = (run: string, status: Value): Values => ({ caseId: expression(`${request}.caseId`), runId: expression(run), status });

/** A scan for malware takes minutes, of a large video. Of what it never saw nothing ever comes: 13 minutes are waited. */
const untilScanned: Retrier = { ErrorEquals: ["NotScanned"], IntervalSeconds: 60, BackoffRate: 1.5, MaxAttempts: 5 };

/** One line of the manifest: an execution of its own, whose input it is. */
function analyseVideo({ prepareBackfill, analysisArn, leaseTable, pollSeconds }: BackfillDefinitionArgs): Record<string, State> {
  const prepare = invoke(
    prepareBackfill,
    { caseId: "{% $states.input.caseId %}", uploadId: "{% $states.input.uploadId %}" },
    { Assign: { prepared: "{% $states.result.Payload %}" }, Catch: [fails("VideoFailed")], Next: "IsToAnalyse" },
  );
  return {
    PrepareBackfill: { ...prepare, Retry: [...prepare.Retry, retryWhenFull("NoLease"), untilScanned] },
    IsToAnalyse: {
      Type: "Choice",
      Choices: [
        { Condition: "{% $prepared.verdict = 'ANALYSE' %}", Next: "AnalyseVideo" },
        { Condition: "{% $prepared.verdict = 'REDRIVE' %}", Next: "RedriveAnalysis" },
      ],
      Default: "Skipped",
    },
    AnalyseVideo: {
      Type: "Task",
      Resource: "arn:aws:states:::states:startExecution.sync:2",
      Arguments: { StateMachineArn: analysisArn, Name: "{% $prepared.request.runId %}", Input: "{% $prepared.request %}" },
      TimeoutSeconds: longestAnalysisSeconds,
      Retry: [retryBusy("StepFunctions.ExecutionLimitExceededException", "StepFunctions.ThrottlingException")],
      Output: outcome("$prepared.request.runId", "{% $states.result.Output.status %}"),
      // A lease comes back when an execution ends. What never started, or had ended long before, ends no more.
      Catch: [{ ErrorEquals: ["StepFunctions.ExecutionAlreadyExistsException"], Assign: { failure: null }, Next: "ReleaseLease" }, fails("ReleaseLease")],
      End: true,
    },
    RedriveAnalysis: {
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:sfn:redriveExecution",
      Arguments: { ExecutionArn: "{% $prepared.executionArn %}" },
      TimeoutSeconds: 60,
      Retry: [retryBusy("Sfn.ExecutionLimitExceededException", "Sfn.SfnException", "Sfn.SdkClientException")],
      Catch: [fails("ReleaseLease")],
      Next: "WaitForAnalysis",
    },
    // Nothing waits for an execution that somebody else started.
    WaitForAnalysis: { Type: "Wait", Seconds: pollSeconds, Next: "SeeAnalysis" },
    SeeAnalysis: {
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:sfn:describeExecution",
      Arguments: { ExecutionArn: "{% $prepared.executionArn %}" },
      TimeoutSeconds: 60,
      Retry: [retryBusy("Sfn.SfnException", "Sfn.SdkClientException")],
      // The analysis goes on all the same, and gives its lease back when it ends.
      Catch: [fails("VideoFailed")],
      Assign: {
        analysis: "{% {'status': $states.result.Status, 'output': $states.result.Status = 'SUCCEEDED' ? $parse($states.result.Output) : null} %}",
        failure: expression("{'error': 'States.TaskFailed', 'message': 'The analysis ended as ' & $states.result.Status & '; its case has the reason.'}"),
      },
      Next: "HasAnalysisEnded",
    },
    HasAnalysisEnded: {
      Type: "Choice",
      Choices: [
        { Condition: "{% $analysis.status = 'SUCCEEDED' %}", Next: "AnalysisEnded" },
        { Condition: "{% $analysis.status in ['RUNNING', 'PENDING_REDRIVE'] %}", Next: "WaitForAnalysis" },
      ],
      Default: "VideoFailed",
    },
    AnalysisEnded: { Type: "Succeed", Output: outcome("$prepared.request.runId", "{% $analysis.output.status %}") },
    ReleaseLease: {
      Type: "Task",
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        TableName: leaseTable,
        Key: { class: { S: "backfill" } },
        UpdateExpression: "REMOVE #leases.#run",
        ExpressionAttributeNames: { "#leases": "leases", "#run": "{% $prepared.request.runId %}" },
      },
      TimeoutSeconds: 60,
      Retry: [retryTable],
      // It runs out by itself; the video's own failure is the one to tell of.
      Catch: [{ ErrorEquals: ["States.ALL"], Next: "HasFailed" }],
      Next: "HasFailed",
    },
    HasFailed: { Type: "Choice", Choices: [{ Condition: "{% $failure != null %}", Next: "VideoFailed" }], Default: "HadRun" },
    HadRun: { Type: "Succeed", Output: outcome("$prepared.request.runId", "SKIPPED") },
    Skipped: { Type: "Succeed", Output: outcome("$prepared.runId", "SKIPPED") },
    VideoFailed: failed,
  };
}
