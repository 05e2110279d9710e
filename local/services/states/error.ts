/** An error as a state machine sees it: a name that `ErrorEquals` matches, and a cause that people read. */
export class StatesError extends Error {
  readonly error: string;
  readonly causeText: string;
  constructor(error: string, cause: string) {
    super(`${error}: ${cause}`);
    this.name = "StatesError";
    this.error = error;
    this.causeText = cause;
  }
}

/** An error of a service that is too busy, broken or out of reach for now. */
export class TransientError extends StatesError {}

/** Why a run was interrupted from outside its states. */
export type Interruption =
  /** The process is closing: nothing is recorded, nothing is cancelled; the next process goes on. */
  | { readonly kind: "suspended" }
  /** The execution was stopped by a caller. */
  | { readonly kind: "stopped" }
  /** The execution's own time limit passed. */
  | { readonly kind: "timed-out" }
  /** A sibling branch or iteration failed. */
  | { readonly kind: "sibling-failed" };

/** Thrown through the interpreter when its signal is aborted. No Retry and no Catch sees it. */
export class Interrupted extends Error {
  readonly interruption: Interruption;
  constructor(interruption: Interruption) {
    super(`interrupted: ${interruption.kind}`);
    this.interruption = interruption;
  }
}

/** Throws Interrupted if the signal is aborted. */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new Interrupted(signal.reason as Interruption);
}

/** An error that only the definition's author can repair; Retry and Catch never see it. */
const uncatchable = new Set(["States.Runtime"]);

/**
 * Whether an `ErrorEquals` list matches. `States.ALL` matches all but States.DataLimitExceeded and States.Runtime,
 * `States.TaskFailed` all but States.Timeout too; `States.Timeout` includes a missed heartbeat.
 * Source: Step Functions Developer Guide, "Handling errors".
 */
export function matches(errorEquals: readonly string[], error: string): boolean {
  if (uncatchable.has(error)) return false;
  const timeout = error === "States.Timeout" || error === "States.HeartbeatTimeout";
  return errorEquals.some((wanted) => {
    if (wanted === error) return true;
    if (wanted === "States.ALL") return error !== "States.DataLimitExceeded";
    if (wanted === "States.TaskFailed") return error !== "States.Timeout" && error !== "States.DataLimitExceeded";
    return wanted === "States.Timeout" && timeout;
  });
}
