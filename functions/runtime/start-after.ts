import { Misconfigured } from "./errors.ts";

/** What somebody's file is opened after: its arrival, or the scan for malware that follows where the environment has one. */
export type StartAfter = "upload" | "scan";

/** What `START_AFTER` of a function's environment says. */
export function startAfterOf({ START_AFTER: after }: Readonly<Record<"START_AFTER", string>>): StartAfter {
  if (after !== "upload" && after !== "scan") throw new Misconfigured(`START_AFTER is "${after}"; it must be upload or scan.`);
  return after;
}
