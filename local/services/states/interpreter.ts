import type { Catcher, Json, JsonObject, Machine, Retrier, State } from "./definition.ts";
import { distributedMap } from "./distributed-map.ts";
import { Interrupted, matches, StatesError, throwIfInterrupted } from "./error.ts";
import type { Scope } from "./expressions.ts";
import { map, parallel } from "./fan-out.ts";
import { choose, fail, task, wait } from "./single.ts";
import type { HistoryEntry } from "./store.ts";
import { sleepUntil } from "./time.ts";
import { type Exit, type Frame, finish, type Run, type Visit } from "./visit.ts";

export type { Run, TaskAttempt, Transition } from "./visit.ts";

/** How an attempt failed. With `retrier`, the next attempt is due at `due`. */
type Failure = { readonly error: string; readonly cause: string; readonly retrier: number | null; readonly due: number };

function perform(visit: Visit<State>): Promise<Exit> {
  const { state } = visit;
  switch (state.Type) {
    case "Pass":
      return finish(visit, state, state.Next, undefined);
    case "Succeed":
      return finish(visit, state, undefined, undefined);
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
      return state.ItemProcessor.ProcessorConfig?.Mode === "DISTRIBUTED" ? distributedMap({ ...visit, state }) : map({ ...visit, state });
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
    const visit: Visit<State> = {
      run,
      frame,
      key,
      name,
      state,
      input,
      attempt,
      scope,
      closing: [],
      runInner: (machine, given, inner, inRun = run) => runMachine(inRun, machine, given, inner),
    };
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
