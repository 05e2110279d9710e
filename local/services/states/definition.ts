/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: "FULL" | "NONE";
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Output?: Json;
  readonly Assign?: JsonObject;
}

interface Transition {
  readonly Next?: string;
  readonly End?: true;
  readonly Output?: Json;
  readonly Assign?: JsonObject;
}

interface Failing {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface PassState extends Transition {
  readonly Type: "Pass";
}
export interface TaskState extends Transition, Failing {
  readonly Type: "Task";
  readonly Resource: string;
  readonly Arguments?: Json;
  /** Seconds, or an expression. */
  readonly TimeoutSeconds: Json;
  readonly HeartbeatSeconds?: Json;
}
export interface ChoiceState {
  readonly Type: "Choice";
  readonly Choices: readonly { readonly Condition: Json; readonly Next: string; readonly Output?: Json; readonly Assign?: JsonObject }[];
  readonly Default?: string;
  readonly Output?: Json;
  readonly Assign?: JsonObject;
}
export interface WaitState extends Transition {
  readonly Type: "Wait";
  readonly Seconds?: Json;
  readonly Timestamp?: Json;
}
export interface SucceedState {
  readonly Type: "Succeed";
  readonly Output?: Json;
}
export interface FailState {
  readonly Type: "Fail";
  readonly Error?: Json;
  readonly Cause?: Json;
}
export interface ParallelState extends Transition, Failing {
  readonly Type: "Parallel";
  readonly Branches: readonly Machine[];
  readonly Arguments?: Json;
}
export interface MapState extends Transition, Failing {
  readonly Type: "Map";
  readonly ItemProcessor: Machine & { readonly ProcessorConfig?: { readonly Mode?: "INLINE" | "DISTRIBUTED" } };
  /** Distributed only, as are the three below: where the items lie. */
  readonly ItemReader?: { readonly Arguments: Json };
  /** Where results go. */
  readonly ResultWriter?: { readonly Arguments: Json };
  readonly ToleratedFailureCount?: Json;
  readonly ToleratedFailurePercentage?: Json;
  readonly Items?: Json;
  readonly ItemSelector?: Json;
  readonly MaxConcurrency?: Json;
}
export type State = PassState | TaskState | ChoiceState | WaitState | SucceedState | FailState | ParallelState | MapState;

/** States with a start: a whole machine, a branch of a Parallel, the processor of a Map. */
export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A state machine in the Amazon States Language, JSONata mode, as `parseDefinition` accepts it. */
export interface Definition extends Machine {
  readonly QueryLanguage: "JSONata";
  readonly TimeoutSeconds?: number;
}
