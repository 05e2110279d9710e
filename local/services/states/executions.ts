import { createHash } from "node:crypto";
import { ServiceError } from "../../wire/service.ts";
import type { Outbox } from "../outbox.ts";
import type { Authorizer, Log } from "../seams.ts";
import type { Definition, Json, JsonObject } from "./definition.ts";
import { Interrupted, type Interruption, StatesError } from "./error.ts";
import { type Run, runMachine, type Transition } from "./interpreter.ts";
import { cancelJob, jobKindOf } from "./jobs.ts";
import { lastTokens, notRedrivable, tokenMs } from "./redrive.ts";
import { createSdkCaller, type SdkCaller } from "./sdk.ts";
import type { ExecutionRow, ExecutionStatus, Journal, MachineRow, Store } from "./store.ts";
import { runTask } from "./tasks.ts";
import { sleepUntil } from "./time.ts";
import type { Tokens } from "./tokens.ts";

export interface ExecutionsOptions {
  readonly region: string;
  readonly accountId: string;
  readonly endpoint: () => string;
  readonly authorizer: Authorizer;
  readonly log: Log;
  readonly waitScale: number;
}

export type ExecutionTransition = Transition & { readonly executionArn: string };

interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

export type Executions = ReturnType<typeof createExecutions>;

/** Starts, runs, stops and resumes executions. Their truth is the store; what runs here only moves it on. */
export function createExecutions(store: Store, outbox: Outbox, tokens: Tokens, { region, accountId, endpoint, authorizer, log, waitScale }: ExecutionsOptions) {
  const running = new Map<string, Running>();
  const callers = new Map<string, SdkCaller>();
  const listeners = new Set<(transition: ExecutionTransition) => void>();

  function callerOf(roleArn: string): SdkCaller {
    const caller = callers.get(roleArn) ?? createSdkCaller(region, endpoint, authorizer.credentialsOf(roleArn));
    callers.set(roleArn, caller);
    return caller;
  }

  /**
   * Tells EventBridge of the status that an execution has now. Only inside a transaction. Input, output and error are left out,
   * as AWS does for machines that a customer key encrypts (Step Functions Developer Guide, "Data at rest encryption").
   */
  function tellStatus(arn: string): void {
    const row = store.execution(arn)!;
    outbox.add({
      source: "aws.states",
      "detail-type": "Step Functions Execution Status Change",
      account: accountId,
      region,
      time: new Date().toISOString().replace(/\.\d{3}Z$/, "Z"),
      resources: [arn],
      detail: {
        executionArn: arn,
        stateMachineArn: row.machine_arn,
        name: row.name,
        status: row.status,
        startDate: row.started,
        stopDate: row.stopped,
        inputDetails: { included: false },
        redriveCount: row.redrive_count,
        redriveDate: row.redriven,
      },
    });
  }

  function close(arn: string, status: ExecutionStatus, type: string, outcome: { output?: string; error?: string; cause?: string }): void {
    const { output = null, error = null, cause = null } = outcome;
    const member = `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
    store.transaction(() => {
      const { changes } = store
        .sql("UPDATE executions SET status = ?, output = ?, error = ?, cause = ?, stopped = ? WHERE arn = ? AND status = 'RUNNING'")
        .run(status, output, error, cause, Date.now(), arn);
      if (changes === 0) return;
      const { last } = store.sql("SELECT coalesce(max(id), 0) AS last FROM events WHERE execution = ?").get(arn) as { last: number };
      store.addEvent(arn, { type, previous: last, details: { [member]: outcome } });
      tellStatus(arn);
    });
    outbox.wake();
  }

  /** What AWS checks of the machine's role before it distributes (Step Functions Developer Guide, "IAM policies for using Distributed Map states"). */
  function permitMapRun({ machine_arn: machine, role_arn: arn }: ExecutionRow): void {
    try {
      authorizer.authorize({ arn }, "states:StartExecution", machine);
      const executions = `${machine.replace(":stateMachine:", ":execution:")}:*`;
      for (const action of ["states:DescribeExecution", "states:StopExecution"]) authorizer.authorize({ arn }, action, executions);
    } catch (error) {
      throw new StatesError("States.Permissions", (error as Error).message);
    }
  }

  async function run(row: ExecutionRow, controller: AbortController): Promise<void> {
    const definition = JSON.parse(row.definition) as Definition;
    const input = JSON.parse(row.input) as Json;
    const context: JsonObject = {
      Execution: {
        Id: row.arn,
        Input: input,
        Name: row.name,
        RoleArn: row.role_arn,
        StartTime: new Date(row.started).toISOString(),
        RedriveCount: row.redrive_count,
        ...(row.redriven !== null && { RedriveTime: new Date(row.redriven).toISOString() }),
      },
      StateMachine: { Id: row.machine_arn, Name: row.machine_name },
    };
    const ended = new AbortController();
    if (definition.TimeoutSeconds !== undefined) {
      sleepUntil(Date.now() + definition.TimeoutSeconds * 1000, AbortSignal.any([controller.signal, ended.signal])).then(
        () => controller.abort({ kind: "timed-out" } satisfies Interruption),
        () => undefined,
      );
    }
    try {
      authorizer.assume("states.amazonaws.com", row.role_arn, { "aws:SourceArn": row.machine_arn, "aws:SourceAccount": accountId });
      const journal = store.journal(row.arn);
      const execution = { arn: row.arn, roleArn: row.role_arn, redriveCount: row.redrive_count };
      const sdk = callerOf(row.role_arn);
      const environment = { store, tokens, sdk, authorizer, log, region, accountId, execution };
      const notify = (transition: Transition) => {
        for (const listener of listeners) listener({ ...transition, executionArn: row.arn });
      };
      const frame = { path: "", variables: {}, map: undefined, signal: controller.signal, lastEvent: 1 };
      const runOf = (own: Journal, inContext: JsonObject): Run => ({
        journal: own,
        context: inContext,
        waitScale,
        notify,
        task: (attempt) => runTask({ ...environment, journal: own }, attempt),
        distributed: {
          permit: () => permitMapRun(row),
          call: (service, operation, request, signal) => sdk.call(service, operation, request, { signal }),
          child: (ofChild) => runOf(quiet(own), ofChild),
          tell: (mapRun) => store.putMapRun(row.arn, mapRun),
        },
      });
      const output = await runMachine(runOf(journal, context), definition, input, frame);
      close(row.arn, "SUCCEEDED", "ExecutionSucceeded", { output: JSON.stringify(output) });
    } catch (thrown) {
      if (thrown instanceof Interrupted) {
        // A stopped execution was closed by whoever stopped it; a suspended one goes on in the next process.
        if (thrown.interruption.kind === "timed-out")
          close(row.arn, "TIMED_OUT", "ExecutionTimedOut", { error: "States.Timeout", cause: "The execution took longer than its TimeoutSeconds." });
        return;
      }
      const { error, causeText: cause } = thrown instanceof StatesError ? thrown : new StatesError("States.Runtime", (thrown as Error).message);
      close(row.arn, "FAILED", "ExecutionFailed", { error, cause });
    } finally {
      ended.abort();
    }
  }

  function launch(arn: string): void {
    const row = store.execution(arn)!;
    const controller = new AbortController();
    const ended = run(row, controller)
      .catch((error: Error) => log(`Execution ${arn} stopped running: ${error.message}`))
      .finally(() => running.delete(arn));
    running.set(arn, { controller, ended });
  }

  /** Cancels jobs of executions that ended before their process could. */
  async function cancelOrphans(): Promise<void> {
    const orphans = store.sql("SELECT j.*, e.role_arn FROM open_jobs j JOIN executions e ON e.arn = j.execution WHERE e.status <> 'RUNNING'").all() as {
      execution: string;
      state: string;
      resource: string;
      id: string;
      role_arn: string;
    }[];
    for (const { execution, state, resource, id, role_arn } of orphans) {
      const [service = "", operation = ""] = resource.split(":");
      await cancelJob(callerOf(role_arn), jobKindOf({ service: service as "sagemaker", operation }), id).catch((error: Error) =>
        log(`Job ${id} of ${state} could not be cancelled: ${error.message}`),
      );
      store.sql("DELETE FROM open_jobs WHERE execution = ? AND state = ?").run(execution, state);
    }
  }

  return {
    onTransition(listener: (transition: ExecutionTransition) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** Goes on with every execution that an earlier process left running. */
    async resume(): Promise<void> {
      await cancelOrphans();
      const rows = store.sql("SELECT arn FROM executions WHERE status = 'RUNNING' ORDER BY started").all() as { arn: string }[];
      for (const { arn } of rows) if (!running.has(arn)) launch(arn);
    },

    /** Starts an execution; gives the running one back if name and input are the same. */
    start(machine: MachineRow, name: string, input: string): ExecutionRow {
      const arn = `arn:aws:states:${region}:${accountId}:execution:${machine.name}:${name}`;
      const existing = store.execution(arn);
      if (existing) {
        if (existing.status === "RUNNING" && existing.input === input) return existing;
        throw new ServiceError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
      }
      const now = Date.now();
      store.transaction(() => {
        store
          .sql(
            "INSERT INTO executions (arn, name, machine_arn, machine_name, definition, role_arn, input, status, started) VALUES (?, ?, ?, ?, ?, ?, ?, 'RUNNING', ?)",
          )
          .run(arn, name, machine.arn, machine.name, machine.definition, machine.role_arn, input, now);
        store.addEvent(arn, { type: "ExecutionStarted", previous: 0, details: { executionStartedEventDetails: { input, roleArn: machine.role_arn } } });
        tellStatus(arn);
      });
      outbox.wake();
      launch(arn);
      return store.execution(arn)!;
    },

    /** Ends a running execution as ABORTED and cancels its jobs. */
    async stop(arn: string, error: string | undefined, cause: string | undefined): Promise<void> {
      close(arn, "ABORTED", "ExecutionAborted", { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) });
      const live = running.get(arn);
      live?.controller.abort({ kind: "stopped" } satisfies Interruption);
      await live?.ended;
    },

    /** Why an execution can't be redriven, in AWS's words; undefined if it can. */
    notRedrivable(row: ExecutionRow): string | undefined {
      const { events } = store.sql("SELECT count(*) AS events FROM events WHERE execution = ?").get(row.arn) as { events: number };
      return notRedrivable(row, events, Date.now());
    },

    /** When the redrive with this token was, if it is one that AWS would still know. */
    redrivenBy(arn: string, token: string): number | undefined {
      const last = store.sql("SELECT token, time FROM redrives WHERE execution = ? ORDER BY rowid DESC LIMIT ?").all(arn, lastTokens) as {
        token: string;
        time: number;
      }[];
      return last.find((one) => one.token === token && Date.now() - one.time <= tokenMs)?.time;
    },

    /** Runs a failed, stopped or timed-out execution again from where it failed. What has succeeded is kept. */
    redrive(arn: string, token: string | undefined): number {
      const now = Date.now();
      store.transaction(() => {
        if (token !== undefined) store.sql("INSERT INTO redrives VALUES (?, ?, ?)").run(arn, token, now);
        store
          .sql(
            "UPDATE executions SET status = 'RUNNING', output = NULL, error = NULL, cause = NULL, stopped = NULL, redrive_count = redrive_count + 1, redriven = ? WHERE arn = ?",
          )
          .run(now, arn);
        // Attempts of unfinished states count anew; what branches and items were given stays.
        store
          .sql(
            "DELETE FROM journal WHERE execution = ?1 AND kind <> 'input' AND state NOT IN (SELECT state FROM journal WHERE execution = ?1 AND kind = 'exit')",
          )
          .run(arn);
        const { last } = store.sql("SELECT max(id) AS last FROM events WHERE execution = ?").get(arn) as { last: number };
        const { redrive_count: redriveCount } = store.execution(arn)!;
        store.addEvent(arn, { type: "ExecutionRedriven", previous: last, details: { executionRedrivenEventDetails: { redriveCount } } });
        tellStatus(arn);
      });
      outbox.wake();
      launch(arn);
      return now;
    },

    /** Suspends everything; nothing is recorded or cancelled. */
    async close(): Promise<void> {
      const live = [...running.values()];
      for (const { controller } of live) controller.abort({ kind: "suspended" } satisfies Interruption);
      await Promise.all(live.map(({ ended }) => ended));
      for (const caller of callers.values()) caller.close();
    },
  };
}

/** A journal whose entries leave no events in the history. */
const quiet = (journal: Journal): Journal => ({
  recall: journal.recall,
  record: (state, kind, attempt, value, previous) => journal.record(state, kind, attempt, value, previous),
});

/** A digest that changes with the definition or the role. */
export const revisionOf = (definition: string, roleArn: string): string => createHash("sha256").update(roleArn).update("\0").update(definition).digest("hex");
