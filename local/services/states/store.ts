import type { DatabaseSync, StatementSync } from "node:sqlite";
import { openDatabase, transaction } from "../database.ts";
import { outboxSchema } from "../outbox.ts";
import type { Json } from "./definition.ts";

export type ExecutionStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED" | "PENDING_REDRIVE";

/** An execution as stored; times are epoch milliseconds. `definition`, `role_arn` are those of its state machine when it started. */
export interface ExecutionRow {
  readonly arn: string;
  readonly name: string;
  readonly machine_arn: string;
  readonly machine_name: string;
  readonly definition: string;
  readonly role_arn: string;
  readonly input: string;
  readonly status: ExecutionStatus;
  readonly output: string | null;
  readonly error: string | null;
  readonly cause: string | null;
  readonly started: number;
  readonly stopped: number | null;
  readonly redrive_count: number;
  readonly redriven: number | null;
}

export interface MachineRow {
  readonly arn: string;
  readonly name: string;
  readonly definition: string;
  readonly role_arn: string;
  readonly created: number;
  readonly revision: string;
}

/** A history event without its id; `details` has the name and shape of the SDK's `HistoryEvent` member. */
export interface HistoryEntry {
  readonly type: string;
  readonly previous: number;
  readonly details?: { readonly [member: string]: unknown };
}

/**
 * What the journal remembers of a state of an execution.
 * entered: when; input: what branches or iterations got; arguments: of a task attempt, before it is submitted;
 * job: a .sync job's id; token: a callback's token; sent: the request that carries the token was accepted;
 * deadline: end of a Wait; failure: how an attempt failed and when the next is due; exit: the state's output, assignments and successor.
 */
export type Kind = "entered" | "input" | "arguments" | "job" | "token" | "sent" | "deadline" | "failure" | "exit";

/** A run of a distributed Map, as callers see it. */
export interface MapRun {
  readonly arn: string;
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED";
  readonly started: number;
  readonly stopped: number | null;
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
  readonly counts: { readonly total: number; readonly running: number; readonly succeeded: number; readonly failed: number };
}

export interface Entry {
  readonly value: Json;
  /** Id of the history event written with it, 0 for none. */
  readonly event: number;
}

const schema = `
CREATE TABLE IF NOT EXISTS machines (arn TEXT PRIMARY KEY, name TEXT NOT NULL, definition TEXT NOT NULL, role_arn TEXT NOT NULL, created INTEGER NOT NULL, revision TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS executions (
  arn TEXT PRIMARY KEY, name TEXT NOT NULL, machine_arn TEXT NOT NULL, machine_name TEXT NOT NULL, definition TEXT NOT NULL, role_arn TEXT NOT NULL,
  input TEXT NOT NULL, status TEXT NOT NULL, output TEXT, error TEXT, cause TEXT, started INTEGER NOT NULL, stopped INTEGER,
  redrive_count INTEGER NOT NULL DEFAULT 0, redriven INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS executions_by_machine ON executions (machine_arn, started);
CREATE TABLE IF NOT EXISTS journal (
  execution TEXT NOT NULL REFERENCES executions (arn), state TEXT NOT NULL, kind TEXT NOT NULL, attempt INTEGER NOT NULL,
  value TEXT NOT NULL, event INTEGER NOT NULL, PRIMARY KEY (execution, state, kind, attempt)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
  execution TEXT NOT NULL REFERENCES executions (arn), id INTEGER NOT NULL, previous INTEGER NOT NULL, time INTEGER NOT NULL,
  type TEXT NOT NULL, details TEXT NOT NULL, PRIMARY KEY (execution, id)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, execution TEXT NOT NULL, outcome TEXT, closed INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE IF NOT EXISTS open_jobs (execution TEXT NOT NULL, state TEXT NOT NULL, resource TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (execution, state)) STRICT;
CREATE TABLE IF NOT EXISTS redrives (execution TEXT NOT NULL REFERENCES executions (arn), token TEXT NOT NULL, time INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS map_runs (arn TEXT PRIMARY KEY, execution TEXT NOT NULL, facts TEXT NOT NULL) STRICT;
${outboxSchema}
`;

export interface Journal {
  /** What is recorded of a state, if anything. */
  recall(state: string, kind: Kind, attempt?: number): Entry | undefined;
  /** Records something of a state, and history events with it, as one; gives the id of the last event. Recording twice is an error. */
  record(state: string, kind: Kind, attempt: number, value: Json, previous: number, ...entries: Omit<HistoryEntry, "previous">[]): number;
}

export type Store = ReturnType<typeof openStore>;

/** The state machines, executions, journals and histories of one region, in sqlite. */
export function openStore(dir: string) {
  const database: DatabaseSync = openDatabase(dir, schema);
  const prepared = new Map<string, StatementSync>();
  const sql = (text: string): StatementSync => {
    const statement = prepared.get(text) ?? database.prepare(text);
    prepared.set(text, statement);
    return statement;
  };

  function addEvent(execution: string, { type, previous, details = {} }: HistoryEntry): number {
    const { id } = sql("SELECT coalesce(max(id), 0) + 1 AS id FROM events WHERE execution = ?").get(execution) as { id: number };
    sql("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)").run(execution, id, previous, Date.now(), type, JSON.stringify(details));
    return id;
  }

  return {
    database,
    sql,
    transaction: <T>(work: () => T): T => transaction(database, work),
    close: () => database.close(),

    execution: (arn: string) => sql("SELECT * FROM executions WHERE arn = ?").get(arn) as ExecutionRow | undefined,
    machine: (arn: string) => sql("SELECT * FROM machines WHERE arn = ?").get(arn) as MachineRow | undefined,

    addEvent,

    putMapRun: (execution: string, run: MapRun): void => {
      sql("INSERT INTO map_runs VALUES (?, ?, ?) ON CONFLICT (arn) DO UPDATE SET facts = excluded.facts").run(run.arn, execution, JSON.stringify(run));
    },
    mapRun(arn: string): { readonly execution: string; readonly run: MapRun } | undefined {
      const row = sql("SELECT execution, facts FROM map_runs WHERE arn = ?").get(arn) as { execution: string; facts: string } | undefined;
      return row && { execution: row.execution, run: JSON.parse(row.facts) as MapRun };
    },
    mapRunsOf: (execution: string): MapRun[] =>
      (sql("SELECT facts FROM map_runs WHERE execution = ? ORDER BY rowid").all(execution) as { facts: string }[]).map(
        ({ facts }) => JSON.parse(facts) as MapRun,
      ),

    /** The journal of one execution. */
    journal: (execution: string): Journal => ({
      recall(state, kind, attempt = 0) {
        const row = sql("SELECT value, event FROM journal WHERE execution = ? AND state = ? AND kind = ? AND attempt = ?").get(
          execution,
          state,
          kind,
          attempt,
        ) as { value: string; event: number } | undefined;
        return row && { value: JSON.parse(row.value) as Json, event: row.event };
      },
      record(state, kind, attempt, value, previous, ...entries) {
        return transaction(database, () => {
          let last = previous;
          for (const entry of entries) last = addEvent(execution, { ...entry, previous: last });
          sql("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?)").run(execution, state, kind, attempt, JSON.stringify(value), last);
          return last;
        });
      },
    }),
  };
}
