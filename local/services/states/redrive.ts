import type { ExecutionRow } from "./store.ts";

const day = 86_400_000;

/** How long after its end an execution can be redriven, and how long it may be open, milliseconds; and events that its history must have less than. */
const [redrivableMs, openMs, mostEvents] = [14 * day, 365 * day, 24_999];

/** How many of the last client tokens of redrives are known, and how long, milliseconds (Step Functions API Reference, RedriveExecution, clientToken). */
export const [lastTokens, tokenMs] = [10, 15 * 60_000];

/**
 * Why an execution can't be redriven; undefined if it can. Conditions: Step Functions API Reference, RedriveExecution; words:
 * DescribeExecution, redriveStatusReason.
 */
export function notRedrivable({ status, started, stopped }: ExecutionRow, events: number, now: number): string | undefined {
  if (stopped === null || status === "SUCCEEDED") return `Execution is ${status} and cannot be redriven`;
  if (now - stopped > redrivableMs) return "Execution redrivable period exceeded";
  if (now - started > openMs) return "Execution has exceeded the max execution time";
  if (events >= mostEvents) return "Execution history event limit exceeded";
  return undefined;
}
