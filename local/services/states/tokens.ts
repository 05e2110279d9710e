import { ServiceError } from "../../wire/service.ts";
import type { Json } from "./definition.ts";
import { Interrupted, type Interruption, StatesError } from "./error.ts";
import type { Store } from "./store.ts";

type Outcome = { readonly output: Json } | { readonly error: string; readonly cause: string };

interface Waiter {
  settle(): void;
  beat(): void;
}

export type Tokens = ReturnType<typeof createTokens>;

/** Callbacks: tasks that wait until somebody sends their token back. Answers are kept until the task takes them. */
export function createTokens(store: Store) {
  const waiters = new Map<string, Waiter>();

  const outcomeOf = (token: string): Outcome | undefined => {
    const row = store.sql("SELECT outcome FROM tokens WHERE token = ?").get(token) as { outcome: string | null } | undefined;
    return row?.outcome ? (JSON.parse(row.outcome) as Outcome) : undefined;
  };

  /** The execution that a token belongs to; throws what the API answers for a token that nobody waits for. */
  function executionOf(token: string): string {
    const row = store.sql("SELECT execution, closed, outcome FROM tokens WHERE token = ?").get(token) as
      | { execution: string; closed: number; outcome: string | null }
      | undefined;
    if (row === undefined) throw new ServiceError("InvalidToken", "Invalid Token: 'Invalid token'");
    if (row.closed === 1 || row.outcome !== null) throw new ServiceError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'");
    return row.execution;
  }

  return {
    executionOf,

    open(token: string, execution: string): void {
      store.sql("INSERT OR IGNORE INTO tokens (token, execution) VALUES (?, ?)").run(token, execution);
    },

    close(token: string): void {
      store.sql("UPDATE tokens SET closed = 1 WHERE token = ?").run(token);
    },

    answer(token: string, outcome: Outcome): void {
      executionOf(token);
      store.sql("UPDATE tokens SET outcome = ? WHERE token = ?").run(JSON.stringify(outcome), token);
      waiters.get(token)?.settle();
    },

    heartbeat(token: string): void {
      executionOf(token);
      waiters.get(token)?.beat();
    },

    /** Waits for the answer; throws States.HeartbeatTimeout when none of it, and no heartbeat, comes for `heartbeatMs`. */
    async wait(token: string, heartbeatMs: number | undefined, signal: AbortSignal): Promise<Json> {
      await new Promise<void>((resolve, reject) => {
        let timer: NodeJS.Timeout | undefined;
        const done = (error?: Error) => {
          clearTimeout(timer);
          waiters.delete(token);
          signal.removeEventListener("abort", interrupted);
          if (error) reject(error);
          else resolve();
        };
        const interrupted = () => done(new Interrupted(signal.reason as Interruption));
        const beat = () => {
          clearTimeout(timer);
          if (heartbeatMs === undefined) return;
          timer = setTimeout(() => done(new StatesError("States.HeartbeatTimeout", `No heartbeat came for ${heartbeatMs / 1000} s.`)), heartbeatMs);
        };
        if (signal.aborted) return interrupted();
        if (outcomeOf(token)) return done();
        waiters.set(token, { settle: () => done(), beat });
        signal.addEventListener("abort", interrupted, { once: true });
        beat();
      });
      const outcome = outcomeOf(token)!;
      if ("error" in outcome) throw new StatesError(outcome.error, outcome.cause);
      return outcome.output;
    },
  };
}
