import type {
  Catcher,
  ChoiceState,
  FailState,
  Json,
  JsonObject,
  Machine,
  MapState,
  ParallelState,
  Retrier,
  State,
  TaskState,
  WaitState,
} from "./definition.ts";
import { Interrupted, matches, StatesError, throwIfInterrupted } from "./error.ts";
import { evaluate, type Scope, withinLimit } from "./expressions.ts";
import type { HistoryEntry, Journal } from "./store.ts";
import { sleepUntil } from "./time.ts";

/** Most iterations of an inline Map at a time (Step Functions quota). */
const mapConcurrency = 40;

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

/** What running one execution needs. */
export interface Run {
  readonly journal: Journal;
  /** `Execution` and `StateMachine` of the context object. */
  readonly context: JsonObject;
  /** Multiplies the length of Wait states and of pauses between retries. */
  readonly waitScale: number;
  task(attempt: TaskAttempt): Promise<{ result: Json; lastEvent: number; succeeded: Omit<HistoryEntry, "previous"> }>;
  notify(transition: Transition): void;
}

interface Frame {
  readonly path: string;
  readonly variables: JsonObject;
  readonly map: JsonObject | undefined;
  readonly signal: AbortSignal;
  lastEvent: number;
}

/** How a state was left. */
type Exit = { readonly output: Json; readonly assign: JsonObject; readonly next: string | null };

/** How an attempt failed. With `retrier`, the next attempt is due at `due`. */
type Failure = { readonly error: string; readonly cause: string; readonly retrier: number | null; readonly due: number };

interface Visit<S extends State> {
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
}

const finish = async (
  visit: Visit<State>,
  fields: { Output?: Json; Assign?: JsonObject },
  next: string | undefined,
  produced: { result?: Json; errorOutput?: Json },
): Promise<Exit> => {
  const { scope, name, input } = visit;
  const states = { ...scope, states: { ...scope.states, ...produced } };
  const fallback = produced.result ?? produced.errorOutput ?? input;
  const output = fields.Output === undefined ? fallback : await evaluate(fields.Output, states, `Output of ${name}`);
  const assign = fields.Assign === undefined ? {} : await evaluate(fields.Assign, states, `Assign of ${name}`);
  withinLimit(assign, `Assign of ${name}`);
  return { output: withinLimit(output, `The output of ${name}`), assign: assign as JsonObject, next: next ?? null };
};

async function seconds(template: Json, visit: Visit<State>, field: string): Promise<number> {
  const value = await evaluate(template, visit.scope, `${field} of ${visit.name}`);
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > 99_999_999) {
    throw new StatesError(
      "States.QueryEvaluationError",
      `${field} of ${visit.name} is ${JSON.stringify(value)}; it must be a whole number of seconds from 0 to 99999999.`,
    );
  }
  return value;
}

async function choose(visit: Visit<ChoiceState>): Promise<Exit> {
  const { state, name, scope } = visit;
  for (const [i, rule] of state.Choices.entries()) {
    const holds = await evaluate(rule.Condition, scope, `Condition ${i} of ${name}`);
    if (typeof holds !== "boolean") {
      throw new StatesError("States.QueryEvaluationError", `Condition ${i} of ${name} is ${JSON.stringify(holds)}; it must be true or false.`);
    }
    if (holds) return finish(visit, rule, rule.Next, {});
  }
  if (state.Default === undefined) throw new StatesError("States.Runtime", `No choice of ${name} holds, and it has no Default.`);
  return finish(visit, state, state.Default, {});
}

async function wait(visit: Visit<WaitState>): Promise<Exit> {
  const { run, state, key, name, frame } = visit;
  let deadline = run.journal.recall(key, "deadline")?.value as number | undefined;
  if (deadline === undefined) {
    if (state.Seconds !== undefined) deadline = Date.now() + (await seconds(state.Seconds, visit, "Seconds")) * 1000 * run.waitScale;
    else {
      const text = await evaluate(state.Timestamp ?? null, visit.scope, `Timestamp of ${name}`);
      const time = typeof text === "string" ? Date.parse(text) : Number.NaN;
      if (Number.isNaN(time))
        throw new StatesError(
          "States.QueryEvaluationError",
          `Timestamp of ${name} is ${JSON.stringify(text)}; it must be a time such as 2030-01-31T12:00:00Z.`,
        );
      deadline = Date.now() + Math.max(0, time - Date.now()) * run.waitScale;
    }
    run.journal.record(key, "deadline", 0, deadline, frame.lastEvent);
  }
  await sleepUntil(deadline, frame.signal);
  return finish(visit, state, state.Next, {});
}

async function fail({ state, name, scope }: Visit<FailState>): Promise<never> {
  const text = async (template: Json | undefined, field: string): Promise<string> => {
    const value = template === undefined ? "" : await evaluate(template, scope, `${field} of ${name}`);
    if (typeof value !== "string") throw new StatesError("States.QueryEvaluationError", `${field} of ${name} is ${JSON.stringify(value)}; it must be text.`);
    return value;
  };
  throw new StatesError(await text(state.Error, "Error"), await text(state.Cause, "Cause"));
}

async function task(visit: Visit<TaskState>): Promise<Exit> {
  const { run, state, key, name, attempt, scope, frame, input } = visit;
  const timeoutMs = (await seconds(state.TimeoutSeconds, visit, "TimeoutSeconds")) * 1000;
  const heartbeatMs = state.HeartbeatSeconds === undefined ? undefined : (await seconds(state.HeartbeatSeconds, visit, "HeartbeatSeconds")) * 1000;
  const { result, lastEvent, succeeded } = await run.task({
    key,
    attempt,
    resource: state.Resource,
    timeoutMs,
    heartbeatMs,
    signal: frame.signal,
    lastEvent: frame.lastEvent,
    arguments: async (token) => {
      const context = token === undefined ? scope.states.context : { ...scope.states.context, Task: { Token: token } };
      const value =
        state.Arguments === undefined ? input : await evaluate(state.Arguments, { ...scope, states: { ...scope.states, context } }, `Arguments of ${name}`);
      return withinLimit(value, `Arguments of ${name}`);
    },
  });
  frame.lastEvent = lastEvent;
  visit.closing.push(succeeded);
  return finish(visit, state, state.Next, { result: withinLimit(result, `The result of ${name}`) });
}

/**
 * Runs `start(0)` to `start(count - 1)`, at most `concurrency` at a time. When one fails the others are interrupted;
 * the failure is thrown once all have ended, so that whatever they had to cancel is cancelled.
 */
async function together(count: number, concurrency: number, outer: AbortSignal, start: (index: number, signal: AbortSignal) => Promise<Json>): Promise<Json[]> {
  const siblings = new AbortController();
  const signal = AbortSignal.any([outer, siblings.signal]);
  const results: Json[] = new Array(count);
  let failure: { error: unknown } | undefined;
  let nextIndex = 0;
  const worker = async (): Promise<void> => {
    while (nextIndex < count && failure === undefined) {
      const index = nextIndex++;
      try {
        results[index] = await start(index, signal);
      } catch (error) {
        failure ??= { error };
        siblings.abort({ kind: "sibling-failed" });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, concurrency) }, worker));
  throwIfInterrupted(outer);
  if (failure) throw failure.error;
  return results;
}

async function parallel(visit: Visit<ParallelState>): Promise<Exit> {
  const { run, state, key, name, attempt, scope, frame, input } = visit;
  let branchInput = run.journal.recall(key, "input", attempt)?.value;
  if (branchInput === undefined) {
    branchInput = state.Arguments === undefined ? input : withinLimit(await evaluate(state.Arguments, scope, `Arguments of ${name}`), `Arguments of ${name}`);
    frame.lastEvent = run.journal.record(key, "input", attempt, branchInput, frame.lastEvent, { type: "ParallelStateStarted" });
  }
  const lastEvent = frame.lastEvent;
  const results = await together(state.Branches.length, state.Branches.length, frame.signal, (index, signal) =>
    runMachine(run, state.Branches[index]!, branchInput, { ...frame, path: `${key}@${attempt}/${index}/`, signal, lastEvent }),
  );
  visit.closing.push({ type: "ParallelStateSucceeded" });
  return finish(visit, state, state.Next, { result: withinLimit(results, `The result of ${name}`) });
}

async function map(visit: Visit<MapState>): Promise<Exit> {
  const { run, state, key, name, attempt, scope, frame, input } = visit;
  let plan = run.journal.recall(key, "input", attempt)?.value as { items: Json[]; inputs: Json[]; concurrency: number } | undefined;
  if (plan === undefined) {
    const items = state.Items === undefined ? input : await evaluate(state.Items, scope, `Items of ${name}`);
    if (!Array.isArray(items))
      throw new StatesError("States.QueryEvaluationError", `Items of ${name} is ${JSON.stringify(items).slice(0, 200)}; it must be an array.`);
    const selector = state.ItemSelector;
    const inputs = await Promise.all(
      items.map((item, Index) => {
        const context = { ...scope.states.context, Map: { Item: { Index, Value: item } } };
        return selector === undefined ? item : evaluate(selector, { ...scope, states: { ...scope.states, context } }, `ItemSelector of ${name}`);
      }),
    );
    for (const [i, value] of inputs.entries()) withinLimit(value, `The input of item ${i} of ${name}`);
    const concurrency = state.MaxConcurrency === undefined ? 0 : await seconds(state.MaxConcurrency, visit, "MaxConcurrency");
    plan = { items, inputs, concurrency };
    const started = { type: "MapStateStarted", details: { mapStateStartedEventDetails: { length: items.length } } };
    frame.lastEvent = run.journal.record(key, "input", attempt, plan, frame.lastEvent, started);
  }
  const { items, inputs, concurrency } = plan;
  const lastEvent = frame.lastEvent;
  const results = await together(items.length, Math.min(concurrency || mapConcurrency, mapConcurrency), frame.signal, (Index, signal) =>
    runMachine(run, state.ItemProcessor, inputs[Index]!, {
      ...frame,
      path: `${key}@${attempt}/${Index}/`,
      map: { Item: { Index, Value: items[Index]! } },
      signal,
      lastEvent,
    }),
  );
  visit.closing.push({ type: "MapStateSucceeded" });
  return finish(visit, state, state.Next, { result: withinLimit(results, `The result of ${name}`) });
}

function perform(visit: Visit<State>): Promise<Exit> {
  const { state } = visit;
  switch (state.Type) {
    case "Pass":
      return finish(visit, state, state.Next, {});
    case "Succeed":
      return finish(visit, state, undefined, {});
    case "Choice":
      return choose({ ...visit, state });
    case "Wait":
      return wait({ ...visit, state });
    case "Fail":
      return fail({ ...visit, state });
    case "Task":
      return task({ ...visit, state });
    case "Parallel":
      return parallel({ ...visit, state });
    case "Map":
      return map({ ...visit, state });
  }
}

/** Milliseconds until the next attempt: IntervalSeconds times BackoffRate to the retries so far, at most MaxDelaySeconds, any share of it with full jitter. */
function delay(retrier: Retrier, retries: number): number {
  const grown = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** retries;
  const capped = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return capped * 1000 * (retrier.JitterStrategy === "FULL" ? Math.random() : 1);
}

/** What an error means for a state: another attempt, or none. */
function judge(state: State, { error, causeText: cause }: StatesError, retries: ReadonlyMap<number, number>, waitScale: number): Failure {
  const retriers = "Retry" in state ? (state.Retry ?? []) : [];
  const index = retriers.findIndex((retrier) => matches(retrier.ErrorEquals, error));
  const retrier = retriers[index];
  const done = retries.get(index) ?? 0;
  if (retrier === undefined || done >= (retrier.MaxAttempts ?? 3)) return { error, cause, retrier: null, due: 0 };
  return { error, cause, retrier: index, due: Date.now() + delay(retrier, done) * waitScale };
}

const asStatesError = (error: unknown): StatesError =>
  error instanceof StatesError ? error : new StatesError("States.Runtime", error instanceof Error ? error.message : String(error));

const entryType = (state: State, verb: "Entered" | "Exited"): string => `${state.Type}State${verb}`;

/** Runs one state to its exit. What the journal holds of it is not done again. */
async function runState(run: Run, frame: Frame, name: string, key: string, state: State, input: Json): Promise<Exit> {
  const { journal } = run;
  const known = journal.recall(key, "exit");
  if (known) {
    frame.lastEvent = known.event;
    return known.value as Exit;
  }
  let entered = journal.recall(key, "entered");
  if (entered === undefined) {
    const value = new Date().toISOString();
    const details = { stateEnteredEventDetails: { name, input: JSON.stringify(input) } };
    entered = { value, event: journal.record(key, "entered", 0, value, frame.lastEvent, { type: entryType(state, "Entered"), details }) };
  }
  frame.lastEvent = entered.event;
  run.notify({ state: name, path: key, type: "entered" });

  const leave = (exit: Exit, closing: Visit<State>["closing"] = []): Exit => {
    const details = { stateExitedEventDetails: { name, output: JSON.stringify(exit.output) } };
    frame.lastEvent = journal.record(key, "exit", 0, exit as Json, frame.lastEvent, ...closing, { type: entryType(state, "Exited"), details });
    run.notify({ state: name, path: key, type: "exited" });
    return exit;
  };
  const retries = new Map<number, number>();
  for (let attempt = 0; ; attempt++) {
    throwIfInterrupted(frame.signal);
    const context: JsonObject = {
      ...run.context,
      State: { Name: name, EnteredTime: entered.value, RetryCount: attempt },
      ...(frame.map && { Map: frame.map }),
    };
    const scope: Scope = { variables: frame.variables, states: { input, context } };
    const visit: Visit<State> = { run, frame, key, name, state, input, attempt, scope, closing: [] };
    let failure = journal.recall(key, "failure", attempt)?.value as Failure | undefined;
    if (failure === undefined) {
      try {
        return leave(await perform(visit), visit.closing);
      } catch (thrown) {
        if (thrown instanceof Interrupted) throw thrown;
        throwIfInterrupted(frame.signal);
        failure = judge(state, asStatesError(thrown), retries, run.waitScale);
        frame.lastEvent = journal.record(key, "failure", attempt, failure as Json, frame.lastEvent, ...failureEvents(state, failure));
      }
    }
    if (failure.retrier !== null) {
      retries.set(failure.retrier, (retries.get(failure.retrier) ?? 0) + 1);
      run.notify({ state: name, path: key, type: "retried" });
      await sleepUntil(failure.due, frame.signal);
      continue;
    }
    run.notify({ state: name, path: key, type: "failed" });
    const catchers: readonly Catcher[] = "Catch" in state ? (state.Catch ?? []) : [];
    const catcher = catchers.find((candidate) => matches(candidate.ErrorEquals, failure.error));
    if (catcher === undefined) throw new StatesError(failure.error, failure.cause);
    return leave(await finish(visit, catcher, catcher.Next, { errorOutput: { Error: failure.error, Cause: failure.cause } }));
  }
}

const failureEvents = (state: State, { error, cause }: Failure): Omit<HistoryEntry, "previous">[] => {
  if (state.Type === "Task") {
    const timedOut = error === "States.Timeout" || error === "States.HeartbeatTimeout";
    const details = { resource: state.Resource.split(":").at(-1), resourceType: state.Resource.split(":").at(-2), error, cause };
    return [
      timedOut
        ? { type: "TaskTimedOut", details: { taskTimedOutEventDetails: details } }
        : { type: "TaskFailed", details: { taskFailedEventDetails: details } },
    ];
  }
  if (state.Type === "Parallel") return [{ type: "ParallelStateFailed" }];
  if (state.Type === "Map") return [{ type: "MapStateFailed" }];
  return [];
};

/** Runs states from StartAt to an end and gives the last one's output. Throws StatesError, or Interrupted. */
export async function runMachine(run: Run, machine: Machine, input: Json, frame: Frame): Promise<Json> {
  const visits = new Map<string, number>();
  let current = { ...frame };
  let name = machine.StartAt;
  let value = input;
  for (;;) {
    const state = machine.States[name];
    if (state === undefined) throw new StatesError("States.Runtime", `There is no state ${name}.`);
    const visit = visits.get(name) ?? 0;
    visits.set(name, visit + 1);
    const { output, assign, next } = await runState(run, current, name, `${frame.path}${name}${visit === 0 ? "" : `#${visit}`}`, state, value);
    if (next === null) return output;
    current = { ...current, variables: { ...current.variables, ...assign } };
    value = output;
    name = next;
  }
}
