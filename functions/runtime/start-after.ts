import { readEnvironment } from "./environment.ts";
import { Misconfigured } from "./errors.ts";

/** What somebody's file is opened after: its arrival, or the scan for malware that follows where the environment has one. */
export type StartAfter = "upload" | "scan";

/** `START_AFTER` of the function's environment. */
export function startAfter(): StartAfter {
  const { START_AFTER: after } = readEnvironment(["START_AFTER"]);
  if (after !== "upload" && after !== "scan") throw new Misconfigured(`START_AFTER is "${after}"; it must be upload or scan.`);
  return after;
}
