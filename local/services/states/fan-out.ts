import type { Json, MapState, ParallelState } from "./definition.ts";
import { StatesError, throwIfInterrupted } from "./error.ts";
import { evaluate, withinLimit } from "./expressions.ts";
import { count, type Exit, finish, type Visit } from "./visit.ts";

/** Most iterations of an inline Map at a time (Step Functions quota). */
const mapConcurrency = 40;

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

/** Runs the branches side by side on the same input. */
export async function parallel(visit: Visit<ParallelState>): Promise<Exit> {
  const { run, state, key, name, attempt, scope, frame, input } = visit;
  let branchInput = run.journal.recall(key, "input", attempt)?.value;
  if (branchInput === undefined) {
    branchInput = state.Arguments === undefined ? input : withinLimit(await evaluate(state.Arguments, scope, `Arguments of ${name}`), `Arguments of ${name}`);
    frame.lastEvent = run.journal.record(key, "input", attempt, branchInput, frame.lastEvent, { type: "ParallelStateStarted" });
  }
  const lastEvent = frame.lastEvent;
  const results = await together(state.Branches.length, state.Branches.length, frame.signal, (index, signal) =>
    visit.runInner(state.Branches[index]!, branchInput, { ...frame, path: `${key}@${attempt}/${index}/`, signal, lastEvent }),
  );
  visit.closing.push({ type: "ParallelStateSucceeded" });
  return finish(visit, state, state.Next, { result: withinLimit(results, `The result of ${name}`) });
}

/** Runs the item processor on each item. */
export async function map(visit: Visit<MapState>): Promise<Exit> {
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
    const concurrency = state.MaxConcurrency === undefined ? 0 : await count(state.MaxConcurrency, visit, "MaxConcurrency");
    plan = { items, inputs, concurrency };
    const started = { type: "MapStateStarted", details: { mapStateStartedEventDetails: { length: items.length } } };
    frame.lastEvent = run.journal.record(key, "input", attempt, plan, frame.lastEvent, started);
  }
  const { items, inputs, concurrency } = plan;
  const lastEvent = frame.lastEvent;
  const results = await together(items.length, Math.min(concurrency || mapConcurrency, mapConcurrency), frame.signal, (Index, signal) =>
    visit.runInner(state.ItemProcessor, inputs[Index]!, {
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
