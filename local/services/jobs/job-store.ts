import { openDatabase } from "../database.ts";

/**
 * QUEUED and RUNNING go on after a restart, RUNNING from the job's beginning. STOPPING ends as STOPPED.
 * The last three are final.
 */
export type JobState = "QUEUED" | "RUNNING" | "STOPPING" | "SUCCEEDED" | "FAILED" | "STOPPED";

export interface JobFailure {
  readonly message: string;
  /** The service's own error number, if it has one. */
  readonly code?: number;
  /** What the job's program left for people, if anything. */
  readonly exitMessage?: string | undefined;
}

export interface Job<Request, Result> {
  readonly id: string;
  /** What the client named this request by, to be able to repeat it. */
  readonly token: string | undefined;
  readonly request: Request;
  readonly state: JobState;
  readonly result: Result | undefined;
  readonly failure: JobFailure | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
}

export interface JobStore<Request, Result> {
  insert(id: string, token: string | undefined, request: Request): Job<Request, Result>;
  get(id: string): Job<Request, Result> | undefined;
  /** The newest job with this token. */
  byToken(token: string): Job<Request, Result> | undefined;
  /** Oldest first. */
  list(): Job<Request, Result>[];
  /** Moves a job to a state; `ended` stamps the end and keeps result or failure. */
  move(id: string, state: JobState, ended?: { result?: Result; failure?: JobFailure }): void;
  close(): void;
}

interface Row {
  id: string;
  token: string | null;
  request: string;
  state: JobState;
  result: string | null;
  failure: string | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
}

/** Jobs of one service in a database in `folder`. Every change is safe when the call returns. */
export function openJobStore<Request, Result>(folder: string): JobStore<Request, Result> {
  const database = openDatabase(
    folder,
    `
    CREATE TABLE IF NOT EXISTS jobs (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      token TEXT,
      request TEXT NOT NULL,
      state TEXT NOT NULL,
      result TEXT,
      failure TEXT,
      created_at INTEGER NOT NULL,
      started_at INTEGER,
      ended_at INTEGER
    ) STRICT;
    CREATE INDEX IF NOT EXISTS jobs_by_token ON jobs (token) WHERE token IS NOT NULL;
  `,
  );
  const insert = database.prepare("INSERT INTO jobs (id, token, request, state, created_at) VALUES (?, ?, ?, 'QUEUED', ?)");
  const byId = database.prepare("SELECT * FROM jobs WHERE id = ?");
  const byToken = database.prepare("SELECT * FROM jobs WHERE token = ? ORDER BY sequence DESC LIMIT 1");
  const all = database.prepare("SELECT * FROM jobs ORDER BY sequence");
  const toRunning = database.prepare("UPDATE jobs SET state = 'RUNNING', started_at = coalesce(started_at, ?) WHERE id = ?");
  const toState = database.prepare("UPDATE jobs SET state = ? WHERE id = ?");
  const toEnd = database.prepare("UPDATE jobs SET state = ?, result = ?, failure = ?, ended_at = ? WHERE id = ?");

  const read = (row: unknown): Job<Request, Result> | undefined => {
    if (row === undefined) return undefined;
    const { id, token, request, state, result, failure, created_at, started_at, ended_at } = row as Row;
    return {
      id,
      token: token ?? undefined,
      request: JSON.parse(request) as Request,
      state,
      result: result === null ? undefined : (JSON.parse(result) as Result),
      failure: failure === null ? undefined : (JSON.parse(failure) as JobFailure),
      createdAt: created_at,
      startedAt: started_at ?? undefined,
      endedAt: ended_at ?? undefined,
    };
  };
  const encode = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
  const get = (id: string): Job<Request, Result> | undefined => read(byId.get(id));

  return {
    insert(id, token, request) {
      insert.run(id, token ?? null, JSON.stringify(request), Date.now());
      return get(id) as Job<Request, Result>;
    },
    get,
    byToken: (token) => read(byToken.get(token)),
    list: () => all.all().map((row) => read(row) as Job<Request, Result>),
    move(id, state, ended) {
      if (ended) toEnd.run(state, encode(ended.result), encode(ended.failure), Date.now(), id);
      else if (state === "RUNNING") toRunning.run(Date.now(), id);
      else toState.run(state, id);
    },
    close: () => database.close(),
  };
}
