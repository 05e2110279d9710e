import type { ChoiceState, FailState, Json, TaskState, WaitState } from "./definition.ts";
import { StatesError } from "./error.ts";
import { evaluate, withinLimit } from "./expressions.ts";
import { sleepUntil } from "./time.ts";
import { count, type Exit, finish, type Visit } from "./visit.ts";

/** Takes the first choice whose condition holds, else the default. */
export async function choose(visit: Visit<ChoiceState>): Promise<Exit> {
  const { state, name, scope } = visit;
  for (const [i, rule] of state.Choices.entries()) {
    const holds = await evaluate(rule.Condition, scope, `Condition ${i} of ${name}`);
    if (typeof holds !== "boolean") {
      throw new StatesError("States.QueryEvaluationError", `Condition ${i} of ${name} is ${JSON.stringify(holds)}; it must be true or false.`);
    }
    if (holds) return finish(visit, rule, rule.Next, undefined);
  }
  if (state.Default === undefined) throw new StatesError("States.NoChoiceMatched", `No choice of ${name} holds, and it has no Default.`);
  return finish(visit, state, state.Default, undefined);
}

/** Waits until the deadline, which was recorded at its first visit. */
export async function wait(visit: Visit<WaitState>): Promise<Exit> {
  const { run, state, key, name, frame } = visit;
  let deadline = run.journal.recall(key, "deadline")?.value as number | undefined;
  if (deadline === undefined) {
    if (state.Seconds !== undefined) deadline = Date.now() + (await count(state.Seconds, visit, "Seconds")) * 1000 * run.waitScale;
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
  return finish(visit, state, state.Next, undefined);
}

/** Ends with the state's Error and Cause. */
export async function fail({ state, name, scope }: Visit<FailState>): Promise<never> {
  const text = async (template: Json | undefined, field: string): Promise<string> => {
    const value = template === undefined ? "" : await evaluate(template, scope, `${field} of ${name}`);
    if (typeof value !== "string") throw new StatesError("States.QueryEvaluationError", `${field} of ${name} is ${JSON.stringify(value)}; it must be text.`);
    return value;
  };
  throw new StatesError(await text(state.Error, "Error"), await text(state.Cause, "Cause"));
}

/** Runs one attempt of a Task. */
export async function task(visit: Visit<TaskState>): Promise<Exit> {
  const { run, state, key, name, attempt, scope, frame, input } = visit;
  const timeoutMs = (await count(state.TimeoutSeconds, visit, "TimeoutSeconds")) * 1000;
  const heartbeatMs = state.HeartbeatSeconds === undefined ? undefined : (await count(state.HeartbeatSeconds, visit, "HeartbeatSeconds")) * 1000;
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
  if (succeeded) visit.closing.push(succeeded);
  return finish(visit, state, state.Next, { result: withinLimit(result, `The result of ${name}`) });
}
