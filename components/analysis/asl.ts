import type * as pulumi from "@pulumi/pulumi";

/**
 * Amazon States Language as data, query language JSONata: what this platform uses of it.
 * Strings of the form `{% ... %}` are JSONata expressions; other values stand for themselves.
 */
export type Value = pulumi.Input<string> | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Values = { readonly [key: string]: Value };

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: "FULL";
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Assign?: Values;
  readonly Output?: Value;
  readonly Next: string;
}

/** Where a state leads: to another, or out of its machine or branch. */
export type Transition = { readonly Next: string } | { readonly End: true };

interface Effects {
  readonly Assign?: Values;
  readonly Output?: Value;
}

export type TaskState = Effects &
  Transition & {
    readonly Type: "Task";
    readonly Resource: string;
    readonly Arguments: Value;
    /** Seconds, or an expression that yields them. */
    readonly TimeoutSeconds: number | string;
    readonly Retry: readonly Retrier[];
    readonly Catch: readonly Catcher[];
  };
export type PassState = Effects & Transition & { readonly Type: "Pass" };
export interface ChoiceState {
  readonly Type: "Choice";
  readonly Choices: readonly (Effects & { readonly Condition: string; readonly Next: string })[];
  readonly Default?: string;
}
export type WaitState = Transition & { readonly Type: "Wait"; readonly Seconds: number };
export interface SucceedState {
  readonly Type: "Succeed";
  readonly Output?: Value;
}
export interface FailState {
  readonly Type: "Fail";
  readonly Error: string;
  readonly Cause: string;
}
export type ParallelState = Effects & Transition & { readonly Type: "Parallel"; readonly Branches: readonly StateGraph[]; readonly Catch: readonly Catcher[] };
export type MapState = Effects &
  Transition & {
    readonly Type: "Map";
    /** The items themselves, or an expression that yields them. */
    readonly Items: readonly Values[] | string;
    /** What an iteration is given of its item and of the Map's input; absent: the item. */
    readonly ItemSelector?: Values;
    readonly MaxConcurrency: number;
    readonly ItemProcessor: StateGraph & { readonly ProcessorConfig: { readonly Mode: "INLINE" } };
    readonly Catch?: readonly Catcher[];
  };
/** Runs an execution for each line of an object, as many as there are; what they gave lies in a bucket. */
export type DistributedMapState = Effects &
  Transition & {
    readonly Type: "Map";
    readonly ItemReader: {
      readonly Resource: "arn:aws:states:::s3:getObject";
      readonly ReaderConfig: { readonly InputType: "JSONL" };
      readonly Arguments: Values;
    };
    readonly ItemProcessor: StateGraph & { readonly ProcessorConfig: { readonly Mode: "DISTRIBUTED"; readonly ExecutionType: "STANDARD" } };
    /** 0 would mean 10,000. */
    readonly MaxConcurrency: number;
    readonly ToleratedFailurePercentage: number;
    readonly ResultWriter: { readonly Resource: "arn:aws:states:::s3:putObject"; readonly Arguments: Values };
    readonly Catch: readonly Catcher[];
  };
export type State = TaskState | PassState | ChoiceState | WaitState | SucceedState | FailState | ParallelState | MapState | DistributedMapState;

export interface StateGraph {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export type StateMachineDefinition = StateGraph & { readonly Comment: string; readonly QueryLanguage: "JSONata"; readonly TimeoutSeconds: number };

/** A JSONata expression as ASL writes it. */
export const expression = (jsonata: string): string => `{% ${jsonata} %}`;

/** The execution's input (`contracts/case.ts`, `analysisRequest`). Read from the context, so it is there in every state, failed ones included. */
export const request = "$states.context.Execution.Input";
export const caseId = `${request}.caseId`;
export const runId = `${request}.runId`;

/** Seconds to wait: a busy service first, then longer and longer, spread so that callers don't return all at once. */
export const retryBusy = (...errors: string[]): Retrier => ({
  ErrorEquals: errors,
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 6,
  MaxDelaySeconds: 120,
  JitterStrategy: "FULL",
});

/** A busy table. */
export const retryTable = retryBusy("DynamoDB.ProvisionedThroughputExceededException", "DynamoDB.ThrottlingException", "DynamoDB.InternalServerErrorException");

/** One more try of a job that failed, for whatever reason. */
export const retryJobOnce = (intervalSeconds: number): Retrier => ({
  ErrorEquals: ["States.TaskFailed"],
  IntervalSeconds: intervalSeconds,
  BackoffRate: 1,
  MaxAttempts: 1,
});

/** A quota of concurrent jobs is used up: waits for hours if need be, because failing would waste the work done so far. */
export const retryWhenFull = (...errors: string[]): Retrier => ({
  ErrorEquals: errors,
  IntervalSeconds: 60,
  BackoffRate: 1.5,
  MaxAttempts: 40,
  MaxDelaySeconds: 600,
  JitterStrategy: "FULL",
});

/**
 * The error of the state that failed, as one sentence or more. Functions (`errorMessage`), SageMaker jobs (`FailureReason`)
 *, MediaConvert jobs (`ErrorMessage`) and tasks of ECS (`StoppedReason`, and with what its containers exited) report theirs inside JSON;
 * people get that sentence. A cause that was cut is no JSON.
 */
export const errorMessage = [
  "(",
  "$cause := $exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : '';",
  "$facts := $substring($cause, 0, 1) = '{' and $substring($cause, -1) = '}' ? $parse($cause) : {};",
  "$exits := $join($facts.Containers[$exists(ExitCode)].(' with ' & $string(ExitCode)), ' and');",
  "$stopped := $exists($facts.StoppedReason) ? 'The task stopped: ' & $facts.StoppedReason & $exits & '.';",
  "$told := [$facts.errorMessage, $facts.FailureReason, $facts.ErrorMessage, $stopped];",
  "$message := $count($told) > 0 ? $told[0] : $states.errorOutput.Error & ': ' & $cause;",
  "$substring($message, 0, 2000)",
  ")",
].join(" ");

/** A Lambda function as the definition needs it. */
export interface FunctionTarget {
  readonly arn: pulumi.Input<string>;
  readonly timeoutSeconds: number;
}

/** The errors of Lambda itself that pass, and the one by which our functions say that trying again may help. */
const passingLambdaErrors = [
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.TooManyRequestsException",
  "Lambda.ClientExecutionTimeoutException",
  "TryAgain",
];

/** A task that calls a function and waits for its answer. */
export function invoke(target: FunctionTarget, payload: Values, rest: Effects & Transition & { readonly Catch: readonly Catcher[] }): TaskState {
  return {
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke",
    Arguments: { FunctionName: target.arn, Payload: payload },
    // The function's own limit ends it first; this one is for an answer that never comes.
    TimeoutSeconds: target.timeoutSeconds + 30,
    Retry: [retryBusy(...passingLambdaErrors)],
    ...rest,
  };
}
