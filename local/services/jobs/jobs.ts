import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Faults, Log } from "../seams.ts";
import { type Job, type JobFailure, type JobState, openJobStore } from "./job-store.ts";
import type { Slots } from "./slots.ts";

export type { Job, JobFailure, JobState } from "./job-store.ts";

/** A job's failure with what the service tells beside its message. Any other error fails the job with its message alone. */
export class JobError extends Error {
  readonly facts: Omit<JobFailure, "message">;
  constructor(message: string, facts: Omit<JobFailure, "message"> = {}) {
    super(message);
    this.name = "JobError";
    this.facts = facts;
  }
}

export interface JobContext {
  /** Aborts when the job is stopped or the service closes; the work must then end soon, leaving nothing running. */
  readonly signal: AbortSignal;
  /** An empty folder of the job's own, removed when it ends. */
  readonly folder: string;
  /** Share of the work done, 0..100. */
  progress(percent: number): void;
}

export interface JobsOptions<Request, Result> {
  /** Name of the service, as `Faults` matches it. */
  readonly service: string;
  /** Where the service keeps its state. */
  readonly folder: string;
  readonly slots: Slots;
  readonly faults: Faults;
  readonly log: Log;
  /** Name that `Faults` matches a job by. */
  readonly nameOf: (job: Job<Request, Result>) => string;
  /** The work. It must give the same outputs when it is run again from its beginning, and leave them only at its end. */
  readonly run: (job: Job<Request, Result>, context: JobContext) => Promise<Result>;
}

/**
 * The asynchronous jobs of one service: durable, one at a time, in the order of their submission.
 * After a crash, `start` goes on with what was accepted; a job that was running runs again under the same id.
 */
export interface Jobs<Request, Result> {
  /** Accepts a job; it is on disk when this returns. The id must be new. */
  submit(id: string, request: Request, token?: string): Job<Request, Result>;
  get(id: string): Job<Request, Result> | undefined;
  /** The newest job that was submitted with this client token. */
  byToken(token: string): Job<Request, Result> | undefined;
  /** Oldest first. */
  list(): Job<Request, Result>[];
  /** Share of the work done, 0..100. */
  percent(id: string): number;
  /** Ends a job; nothing happens to one that has ended. */
  stop(id: string): void;
  /** Resolves with the job once it has ended; rejects if the service closes first. */
  settled(id: string): Promise<Job<Request, Result>>;
  /** Starts working, first on what was left over. */
  start(): void;
  /** Stops working and kills what runs; unfinished jobs go on at the next start. */
  close(): Promise<void>;
}

const closing = new Error("The service is closing.");
/** Reason of the signal of a job that somebody stopped: it may be given time to leave what it has. */
export const stopping = new Error("The job was stopped.");

export function openJobs<Request, Result>(options: JobsOptions<Request, Result>): Jobs<Request, Result> {
  const store = openJobStore<Request, Result>(options.folder);
  const queue: string[] = [];
  const percents = new Map<string, number>();
  const waiters = new Map<string, { resolve: (job: Job<Request, Result>) => void; reject: (error: Error) => void }[]>();
  let running: { id: string; abort: AbortController; done: Promise<void> } | undefined;
  let open = false;

  const jobOf = (id: string): Job<Request, Result> => {
    const job = store.get(id);
    if (!job) throw new Error(`${options.service} has no job "${id}".`);
    return job;
  };
  const end = (id: string, state: JobState, outcome: { result?: Result; failure?: JobFailure } = {}): void => {
    store.move(id, state, outcome);
    percents.delete(id);
    options.log(`${options.service} job ${id} ${state}`);
    for (const { resolve } of waiters.get(id) ?? []) resolve(jobOf(id));
    waiters.delete(id);
  };

  async function attempt(id: string, signal: AbortSignal): Promise<Result> {
    const folder = join(options.folder, "work", id);
    const release = await options.slots.acquire(signal);
    try {
      store.move(id, "RUNNING");
      options.log(`${options.service} job ${id} RUNNING`);
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      const job = jobOf(id);
      const fault = options.faults.take(options.service, options.nameOf(job));
      if (fault !== undefined) throw new JobError(fault);
      signal.throwIfAborted();
      const result = await options.run(job, { signal, folder, progress: (percent) => percents.set(id, Math.max(0, Math.min(100, percent))) });
      signal.throwIfAborted();
      return result;
    } finally {
      release();
      await rm(folder, { recursive: true, force: true });
    }
  }

  async function work(id: string, signal: AbortSignal): Promise<void> {
    try {
      end(id, "SUCCEEDED", { result: await attempt(id, signal) });
    } catch (error) {
      if (signal.reason === closing) return;
      if (signal.reason === stopping) end(id, "STOPPED");
      else end(id, "FAILED", { failure: { message: (error as Error).message, ...(error instanceof JobError ? error.facts : {}) } });
    }
  }

  function next(): void {
    if (!open || running) return;
    const id = queue.shift();
    if (id === undefined) return;
    const abort = new AbortController();
    const done = work(id, abort.signal).finally(() => {
      running = undefined;
      next();
    });
    running = { id, abort, done };
  }

  return {
    submit(id, request, token) {
      const job = store.insert(id, token, request);
      queue.push(id);
      next();
      return job;
    },
    get: store.get,
    byToken: store.byToken,
    list: store.list,
    percent(id) {
      return jobOf(id).state === "SUCCEEDED" ? 100 : Math.floor(percents.get(id) ?? 0);
    },
    stop(id) {
      const { state } = jobOf(id);
      if (running?.id === id && (state === "QUEUED" || state === "RUNNING")) {
        store.move(id, "STOPPING");
        running.abort.abort(stopping);
      } else if (state === "QUEUED" || state === "RUNNING") {
        const at = queue.indexOf(id);
        if (at >= 0) queue.splice(at, 1);
        end(id, "STOPPED");
      }
    },
    settled(id) {
      const job = jobOf(id);
      if (job.endedAt !== undefined) return Promise.resolve(job);
      return new Promise((resolve, reject) => waiters.set(id, [...(waiters.get(id) ?? []), { resolve, reject }]));
    },
    start() {
      if (open) return;
      open = true;
      const accepted = new Set(queue);
      const left = store.list().filter((job) => job.endedAt === undefined && !accepted.has(job.id));
      for (const job of left.filter((one) => one.state === "STOPPING")) end(job.id, "STOPPED");
      // What was accepted before goes first.
      queue.unshift(...left.filter((job) => job.state !== "STOPPING").map((job) => job.id));
      next();
    },
    async close() {
      open = false;
      running?.abort.abort(closing);
      await running?.done;
      for (const { reject } of [...waiters.values()].flat()) reject(closing);
      waiters.clear();
      store.close();
    },
  };
}
