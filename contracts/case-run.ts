import { z } from "zod";
import { caseStatus, reportShare } from "./case.ts";
import { caseId, runId } from "./primitives.ts";

/** A state of the case analysis as it was entered: a state that a redrive or a loop enters again comes again. */
export const runState = z.strictObject({
  name: z.string(),
  status: z.enum(["RUNNING", "SUCCEEDED", "FAILED"]),
  enteredAt: z.iso.datetime(),
  exitedAt: z.iso.datetime().nullable(),
  /** How often its task was started; more than once where it was tried again. 0 for what is no task. */
  attempts: z.int().nonnegative(),
  /** Name of the error that it ended with, or that its last try did; null if none did. */
  error: z.string().nullable(),
});
export type RunState = z.infer<typeof runState>;

/** `GET /cases/{caseId}/run`: how a case's newest run comes on. */
export const caseRun = z.strictObject({
  caseId,
  runId,
  status: caseStatus,
  /** Of the execution itself, as Step Functions calls it. */
  execution: z.enum(["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"]),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  redriveCount: z.int().nonnegative(),
  /** Whether Step Functions would go on with it in the state that it ended in: within 14 days, where it did not succeed. */
  isRedrivable: z.boolean(),
  /** Whether another analysis of the same video is asked for, and has not begun. */
  isAwaited: z.boolean(),
  reasons: z.array(z.string()),
  forecastUsd: z.number().nonnegative().nullable(),
  costUsd: z.number().nonnegative().nullable(),
  /**
   * An estimate of what it has cost until now, from the states that it entered (`soFarUsd` in `contracts/cost.ts`). Null once the cost itself is known,
   * and of a run whose history is cut.
   */
  soFarUsd: z.number().nonnegative().nullable(),
  /** What of both is for the language model that writes the report. */
  report: reportShare.nullable(),
  /** In the order in which they were entered. Those inside parallel branches stand among the others. */
  states: z.array(runState),
  /** Whether the history was longer than one answer takes: its oldest part is told. */
  isCut: z.boolean(),
});
export type CaseRun = z.infer<typeof caseRun>;
