import type { Definition, Json } from "../../local/services/states/definition.ts";
import { StatesError } from "../../local/services/states/error.ts";
import { type Run, runMachine } from "../../local/services/states/interpreter.ts";
import { type Answer, type Arguments, undistributed } from "./analysis/execution.ts";

/** When every such execution starts. */
export const startTime = "2026-11-26T10:00:00.000Z";

/** What a state machine was started as: its own name, the execution's, and the input. */
export interface Start {
  readonly machine: string;
  readonly execution: string;
  readonly input: unknown;
}

/** Runs a definition in the local interpreter; tasks are answered by `answers`, by the name of their state. `asked`: every attempt, in order. */
export async function runDefinition(definition: unknown, { machine, execution, input }: Start, answers: Record<string, Answer>) {
  const asked: { name: string; arguments: Arguments }[] = [];
  const entries = new Map<string, { value: Json }>();
  const run: Run = {
    journal: {
      recall: (state, kind, attempt = 0) => entries.get(`${state} ${kind} ${attempt}`) as never,
      record: (state, kind, attempt, value) => {
        entries.set(`${state} ${kind} ${attempt}`, { value });
        return entries.size;
      },
    },
    context: {
      Execution: { Id: "execution", Name: execution, Input: input as Json, StartTime: startTime, RoleArn: "role", RedriveCount: 0 },
      StateMachine: { Id: "machine", Name: machine },
    },
    waitScale: 0,
    async task({ key, attempt, arguments: evaluate }) {
      const name = key.replace(/.*\//, "").replace(/#\d+$/, "");
      const given = await evaluate(undefined);
      asked.push({ name, arguments: given });
      return { result: (answers[name] as Answer)(given, attempt), lastEvent: 0 };
    },
    distributed: undistributed,
    notify: () => undefined,
  };
  const frame = { path: "", variables: {}, map: undefined, signal: new AbortController().signal, lastEvent: 0 };
  try {
    return { output: await runMachine(run, definition as Definition, input as Json, frame), error: undefined, asked };
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    return { output: undefined, error, asked };
  }
}
