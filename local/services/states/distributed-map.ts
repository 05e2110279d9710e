import { randomUUID } from "node:crypto";
import type { Json, JsonObject, MapState } from "./definition.ts";
import { Interrupted, StatesError, throwIfInterrupted } from "./error.ts";
import { evaluate, withinLimit } from "./expressions.ts";
import type { MapRun } from "./store.ts";
import { count, type Exit, finish, type Visit } from "./visit.ts";

/** Most child executions at a time (Step Functions quota). */
const mostChildren = 10_000;

/** What a Map run was begun with; kept, so that a later process and a redrive go on with the same. */
type Plan = {
  readonly inputs: Json[];
  readonly id: string;
  readonly started: number;
  readonly concurrency: number;
  /** Null where the definition doesn't say. Where it says neither, no failure is tolerated. */
  readonly toleratedCount: number | null;
  readonly toleratedPercentage: number | null;
};

/** How a child execution ended. */
type Child = { readonly start: number; readonly stop: number } & (
  | { readonly status: "SUCCEEDED"; readonly output: Json }
  | { readonly status: "FAILED"; readonly error: string; readonly cause: string }
);

/**
 * Runs the item processor as an execution of its own for each item, in this process and journal: a child sees no variables
 * of its parent, and leaves no events in its history. So many may fail as are tolerated; results go where ResultWriter says.
 */
export async function distributedMap(visit: Visit<MapState>): Promise<Exit> {
  const { run, state, key, name, attempt, frame } = visit;
  let plan = run.journal.recall(key, "input", attempt)?.value as Plan | undefined;
  if (plan === undefined) {
    run.distributed.permit();
    plan = await begin(visit);
    const started = { type: "MapRunStarted", details: { mapRunStartedEventDetails: { mapRunArn: arnOf(visit, "mapRun", plan.id) } } };
    frame.lastEvent = run.journal.record(key, "input", attempt, plan, frame.lastEvent, started);
  }
  const children = await runChildren(visit, plan);
  const mapRunArn = arnOf(visit, "mapRun", plan.id);
  const result =
    state.ResultWriter === undefined
      ? children.map((child) => (child.status === "SUCCEEDED" ? child.output : null))
      : { MapRunArn: mapRunArn, ResultWriterDetails: await writeResults(visit, plan, children) };
  visit.closing.push({ type: "MapRunSucceeded" });
  return finish(visit, state, state.Next, { result: withinLimit(result, `The result of ${name}`) });
}

async function begin(visit: Visit<MapState>): Promise<Plan> {
  const { state, name, scope } = visit;
  const items = await itemsOf(visit);
  const { ItemSelector: selector } = state;
  const inputs = await Promise.all(
    items.map((item, Index) => {
      const context = { ...scope.states.context, Map: { Item: { Index, Value: item } } };
      return selector === undefined ? item : evaluate(selector, { ...scope, states: { ...scope.states, context } }, `ItemSelector of ${name}`);
    }),
  );
  for (const [i, value] of inputs.entries()) withinLimit(value, `The input of item ${i} of ${name}`);
  const number = (template: Json | undefined, field: string) => (template === undefined ? null : count(template, visit, field));
  return {
    inputs,
    id: randomUUID(),
    started: Date.now(),
    concurrency: (await number(state.MaxConcurrency, "MaxConcurrency")) ?? 0,
    toleratedCount: await number(state.ToleratedFailureCount, "ToleratedFailureCount"),
    toleratedPercentage: await number(state.ToleratedFailurePercentage, "ToleratedFailurePercentage"),
  };
}

/** The lines of the object that ItemReader names, or the Items. */
async function itemsOf({ run, state, name, scope, frame, input }: Visit<MapState>): Promise<Json[]> {
  if (state.ItemReader === undefined) {
    const items = state.Items === undefined ? input : await evaluate(state.Items, scope, `Items of ${name}`);
    if (!Array.isArray(items))
      throw new StatesError("States.QueryEvaluationError", `Items of ${name} is ${JSON.stringify(items).slice(0, 200)}; it must be an array.`);
    return items;
  }
  const fail = (cause: string) => new StatesError("States.ItemReaderFailed", cause);
  const request = (await evaluate(state.ItemReader.Arguments, scope, `ItemReader of ${name}`)) as JsonObject;
  const { Body } = await run.distributed.call("s3", "getObject", request, frame.signal).catch((error: Error) => {
    throw error instanceof StatesError ? fail(error.causeText) : error;
  });
  const lines = String(Body).split("\n");
  return lines.flatMap((line, i) => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line) as Json];
    } catch {
      throw fail(`Line ${i + 1} of the items of ${name} is no JSON.`);
    }
  });
}

/** ARN of the Map run, or of a child execution: both carry the Map's label, here the state's name. */
function arnOf({ run, name }: Visit<MapState>, kind: "mapRun" | "execution", id: string): string {
  const { Id } = run.context["StateMachine"] as { Id: string };
  return `${Id.replace(":stateMachine:", `:${kind}:`)}/${name}:${id}`;
}

async function runChildren(visit: Visit<MapState>, plan: Plan): Promise<Child[]> {
  const { run, state, key, attempt, frame } = visit;
  const { inputs, concurrency, toleratedCount, toleratedPercentage } = plan;
  const limit = new AbortController();
  const signal = AbortSignal.any([frame.signal, limit.signal]);
  const children: Child[] = new Array(inputs.length);
  const counts = { total: inputs.length, running: 0, succeeded: 0, failed: 0 };
  const tell = (status: MapRun["status"]): void =>
    run.distributed.tell({
      arn: arnOf(visit, "mapRun", plan.id),
      status,
      started: plan.started,
      stopped: status === "RUNNING" ? null : Date.now(),
      maxConcurrency: concurrency,
      toleratedFailureCount: toleratedCount ?? 0,
      toleratedFailurePercentage: toleratedPercentage ?? 0,
      counts: { ...counts },
    });
  const isExceeded = (): boolean => {
    if (toleratedCount === null && toleratedPercentage === null) return counts.failed > 0;
    return (
      (toleratedCount !== null && counts.failed > toleratedCount) || (toleratedPercentage !== null && counts.failed * 100 > toleratedPercentage * inputs.length)
    );
  };

  async function runChild(index: number): Promise<Child> {
    const path = `${key}@${attempt}/${index}`;
    const known = run.journal.recall(path, "exit") ?? run.journal.recall(path, "failure");
    if (known) return known.value as Child;
    const start = Date.now();
    const parent = run.context["Execution"] as JsonObject;
    const child = run.distributed.child({
      ...run.context,
      Execution: {
        ...parent,
        Id: arnOf(visit, "execution", `${plan.id}-${index}`),
        Name: `${plan.id}-${index}`,
        Input: inputs[index]!,
        StartTime: new Date(start).toISOString(),
      },
    });
    try {
      const output = await visit.runInner(
        state.ItemProcessor,
        inputs[index]!,
        { path: `${path}/`, variables: {}, map: undefined, signal, lastEvent: 0 },
        child,
      );
      const ended: Child = { status: "SUCCEEDED", output, start, stop: Date.now() };
      run.journal.record(path, "exit", 0, ended as Json, 0);
      return ended;
    } catch (thrown) {
      if (thrown instanceof Interrupted) throw thrown;
      throwIfInterrupted(signal);
      const { error, causeText: cause } = thrown instanceof StatesError ? thrown : new StatesError("States.Runtime", (thrown as Error).message);
      const ended: Child = { status: "FAILED", error, cause, start, stop: Date.now() };
      // A redrive tries it again.
      run.journal.record(path, "failure", 0, ended as Json, 0);
      return ended;
    }
  }

  let nextIndex = 0;
  const worker = async (): Promise<void> => {
    while (nextIndex < inputs.length && !signal.aborted) {
      const index = nextIndex++;
      counts.running++;
      tell("RUNNING");
      try {
        const child = await runChild(index);
        children[index] = child;
        counts[child.status === "SUCCEEDED" ? "succeeded" : "failed"]++;
        if (isExceeded()) limit.abort({ kind: "sibling-failed" });
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
      } finally {
        counts.running--;
        tell("RUNNING");
      }
    }
  };
  tell("RUNNING");
  await Promise.all(Array.from({ length: Math.min(inputs.length, concurrency || mostChildren, mostChildren) }, worker));
  if (frame.signal.aborted && (frame.signal.reason as { kind: string }).kind !== "suspended") tell("ABORTED");
  throwIfInterrupted(frame.signal);
  tell(isExceeded() ? "FAILED" : "SUCCEEDED");
  if (isExceeded()) {
    throw new StatesError(
      "States.ExceedToleratedFailureThreshold",
      `The specified tolerated failure threshold was exceeded: ${counts.failed} of ${inputs.length} items failed.`,
    );
  }
  return children;
}

/** Writes the results as Step Functions does: a manifest, and for each outcome a file with an array of executions. */
async function writeResults(visit: Visit<MapState>, plan: Plan, children: readonly Child[]): Promise<JsonObject> {
  const { run, state, name, scope, frame } = visit;
  const { Bucket, Prefix = "" } = (await evaluate(state.ResultWriter!.Arguments, scope, `ResultWriter of ${name}`)) as { Bucket: string; Prefix?: string };
  const { Id: stateMachineArn } = run.context["StateMachine"] as { Id: string };
  const folder = `${Prefix === "" || Prefix.endsWith("/") ? Prefix : `${Prefix}/`}${plan.id}`;
  const put = async (file: string, value: Json): Promise<Json> => {
    const Body = JSON.stringify(value);
    await run.distributed.call("s3", "putObject", { Bucket, Key: `${folder}/${file}`, Body }, frame.signal).catch((error: Error) => {
      throw error instanceof StatesError ? new StatesError("States.ResultWriterFailed", error.causeText) : error;
    });
    return { Key: `${folder}/${file}`, Size: Buffer.byteLength(Body) };
  };
  const told = children.map(
    (child, i): JsonObject => ({
      ExecutionArn: arnOf(visit, "execution", `${plan.id}-${i}`),
      Input: JSON.stringify(plan.inputs[i]),
      InputDetails: { Included: true },
      Name: `${plan.id}-${i}`,
      StartDate: new Date(child.start).toISOString(),
      StateMachineArn: stateMachineArn,
      Status: child.status,
      StopDate: new Date(child.stop).toISOString(),
      ...(child.status === "SUCCEEDED"
        ? { Output: JSON.stringify(child.output), OutputDetails: { Included: true } }
        : { Error: child.error, Cause: child.cause }),
    }),
  );
  const ResultFiles: Record<string, Json[]> = { FAILED: [], PENDING: [], SUCCEEDED: [] };
  for (const status of ["SUCCEEDED", "FAILED"]) {
    const some = told.filter(({ Status }) => Status === status);
    if (some.length > 0) ResultFiles[status]!.push(await put(`${status}_0.json`, some));
  }
  await put("manifest.json", { DestinationBucket: Bucket, MapRunArn: arnOf(visit, "mapRun", plan.id), ResultFiles });
  return { Bucket, Key: `${folder}/manifest.json` };
}
