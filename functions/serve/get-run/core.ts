import type { RunState } from "../../../contracts/case-run.ts";

/** An event of an execution's history, as far as it is read here. Other properties are the details of its type. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: Date;
  readonly type: string;
  readonly [details: string]: unknown;
}

interface Open {
  readonly name: string;
  readonly enteredAt: string;
  exitedAt: string | null;
  attempts: number;
  error: string | null;
}

/**
 * The states that an execution entered, in that order. An event belongs to the state whose entry it follows from, which tells
 * branches that run at a time apart; the exit of a state that holds others belongs to the last of its name that is still open.
 * A state that was left through a Catch failed; one that is open when the execution is over failed with it.
 */
export function statesOf(events: readonly HistoryEvent[], isOver: boolean): RunState[] {
  const states: Open[] = [];
  const ownerOf = new Map<number, Open>();
  for (const event of events) {
    const entered = nameIn(event, "stateEnteredEventDetails");
    const exited = nameIn(event, "stateExitedEventDetails");
    let owner = ownerOf.get(event.previousEventId);
    if (entered !== undefined) {
      owner = { name: entered, enteredAt: event.timestamp.toISOString(), exitedAt: null, attempts: 0, error: null };
      states.push(owner);
    } else if (exited !== undefined) {
      if (owner?.name !== exited) owner = states.findLast(({ name, exitedAt }) => name === exited && exitedAt === null);
      if (owner) owner.exitedAt = event.timestamp.toISOString();
    } else if (owner) note(owner, event);
    if (owner) ownerOf.set(event.id, owner);
  }
  return states.map(({ name, enteredAt, exitedAt, attempts, error }) => {
    const failed = error !== null || (exitedAt === null && isOver);
    return {
      name,
      status: failed ? (exitedAt === null && !isOver ? "RUNNING" : "FAILED") : exitedAt === null ? "RUNNING" : "SUCCEEDED",
      enteredAt,
      exitedAt,
      attempts,
      error,
    };
  });
}

/** Keeps what an event says of its state's task. A try that succeeds makes up for those before. */
function note(state: Open, event: HistoryEvent): void {
  if (/^(Task|LambdaFunction|Activity)Scheduled$/.test(event.type)) state.attempts++;
  else if (/(Failed|TimedOut|Aborted)$/.test(event.type)) state.error = errorIn(event) ?? event.type;
  else if (/Succeeded$/.test(event.type)) state.error = null;
}

function nameIn(event: HistoryEvent, details: string): string | undefined {
  const name = (event[details] as { name?: unknown } | undefined)?.name;
  return typeof name === "string" ? name : undefined;
}

/** The error's name. Its cause stays behind: it may repeat what a job wrote. */
function errorIn(event: HistoryEvent): string | undefined {
  for (const [key, details] of Object.entries(event)) {
    if (!key.endsWith("EventDetails")) continue;
    const { error } = details as { error?: unknown };
    if (typeof error === "string" && error !== "") return error;
  }
  return undefined;
}
