import type { Json, JsonObject, Machine, State } from "./definition.ts";
import { StatesError } from "./error.ts";
import { evaluate, type Scope, withinLimit } from "./expressions.ts";
import type { HistoryEntry, Journal, MapRun } from "./store.ts";

/** One attempt of a Task, as the interpreter hands it over. */
export interface TaskAttempt {
  /** Key of the state in the journal. */
  readonly key: string;
  readonly attempt: number;
  readonly resource: string;
  readonly timeoutMs: number;
  readonly heartbeatMs: number | undefined;
  /** Evaluates the arguments, with the callback token in the context where the resource waits for one. */
  arguments(token: string | undefined): Promise<Json>;
  readonly signal: AbortSignal;
  /** Id of the history event before; the attempt returns the id of its last one. */
  readonly lastEvent: number;
}

export interface Transition {
  readonly state: string;
  /** Key of the state in this execution: names of the states around it, branch and item numbers, visit counts. */
  readonly path: string;
  readonly type: "entered" | "exited" | "failed" | "retried";
}

/** What a distributed Map needs of Step Functions around it. */
export interface Distributed {
  /** Throws unless the machine's role may start, watch and stop the Map's executions. */
  permit(): void;
  /** An SDK call as the machine's role. */
  call(service: "s3", operation: string, input: JsonObject, signal: AbortSignal): Promise<JsonObject>;
  /** A child execution, which has a context of its own and writes nothing into its parent's history. */
  child(context: JsonObject): Run;
  /** Keeps what callers are told of the Map run. */
  tell(run: MapRun): void;
}

/** What running one execution needs. */
export interface Run {
  readonly journal: Journal;
  /** `Execution` and `StateMachine` of the context object. */
  readonly context: JsonObject;
  /** Multiplies the length of Wait states and of pauses between retries. */
  readonly waitScale: number;
  task(attempt: TaskAttempt): Promise<{ result: Json; lastEvent: number; succeeded?: Omit<HistoryEntry, "previous"> }>;
  /** What a distributed Map needs beside. */
  readonly distributed: Distributed;
  notify(transition: Transition): void;
}

/** Where in an execution a state is. */
export interface Frame {
  /** Prefix of the keys of its states. */
  readonly path: string;
  readonly variables: JsonObject;
  /** `Map` of the context object, inside of one. */
  readonly map: JsonObject | undefined;
  readonly signal: AbortSignal;
  /** Id of the history event that came last here. */
  lastEvent: number;
}

/** How a state was left. */
export type Exit = { readonly output: Json; readonly assign: JsonObject; readonly next: string | null };

/** One attempt of one state. */
export interface Visit<S extends State> {
  readonly run: Run;
  readonly frame: Frame;
  readonly key: string;
  readonly name: string;
  readonly state: S;
  readonly input: Json;
  readonly attempt: number;
  readonly scope: Scope;
  /** History events to write with the state's exit. */
  readonly closing: Omit<HistoryEntry, "previous">[];
  /** Runs a branch or an iteration. */
  readonly runInner: (machine: Machine, input: Json, frame: Frame, inRun?: Run) => Promise<Json>;
}

/** Leaves a state: evaluates its Output and Assign, or those of the choice or Catch that it leaves by. `produced` is what `$states` gains. */
export async function finish(
  visit: Visit<State>,
  fields: { readonly Output?: Json; readonly Assign?: JsonObject },
  next: string | undefined,
  produced: { readonly result: Json } | { readonly errorOutput: Json } | undefined,
): Promise<Exit> {
  const { scope, name, input } = visit;
  const states = { ...scope, states: { ...scope.states, ...produced } };
  const fallback = produced === undefined ? input : "result" in produced ? produced.result : produced.errorOutput;
  const output = fields.Output === undefined ? fallback : await evaluate(fields.Output, states, `Output of ${name}`);
  const assign = fields.Assign === undefined ? {} : await evaluate(fields.Assign, states, `Assign of ${name}`);
  withinLimit(assign, `Assign of ${name}`);
  return { output: withinLimit(output, `The output of ${name}`), assign: assign as JsonObject, next: next ?? null };
}

/** Evaluates a field that counts seconds, or anything else from 0. */
export async function count(template: Json, visit: Visit<State>, field: string): Promise<number> {
  const value = await evaluate(template, visit.scope, `${field} of ${visit.name}`);
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > 99_999_999) {
    throw new StatesError(
      "States.QueryEvaluationError",
      `${field} of ${visit.name} is ${JSON.stringify(value)}; it must be a whole number from 0 to 99999999.`,
    );
  }
  return value;
}
