import { z } from "zod";
import { analysisRequest } from "./case.ts";
import { json } from "./json.ts";
import { caseId, runId } from "./primitives.ts";

/*
 * Analysing the same version of a video again, although this version of the platform was through with it: a new attempt, which is a
 * run of its own. The first attempt is 0.
 */

/** Answer to `POST /cases/{caseId}/analyses`: the run that is to come, once there is a lease for it. */
export const requestedAnalysis = z.strictObject({ caseId, runId });
export type RequestedAnalysis = z.infer<typeof requestedAnalysis>;

/** Message in the queue of uploads: the case's summary says which run is asked for. Shaped as the events that wait beside it. */
export const analysisRequested = z.strictObject({
  time: z.iso.datetime(),
  source: z.literal("svp.case-api"),
  "detail-type": z.literal("Analysis Requested"),
  detail: z.strictObject({ caseId, runId }),
});
export type AnalysisRequested = z.infer<typeof analysisRequested>;

/** What a case's summary tells of its attempts, whoever reads it. Null of a case that was never let in. */
export const attempts = z.object({
  runId: runId.nullable().default(null),
  /** Input of the newest run, as JSON: which version of which object. */
  analysisRequest: json.pipe(analysisRequest).nullable().default(null),
  /** The newest attempt that was asked for, and its run, which becomes the case's own when it begins. */
  attempt: z.int().nonnegative().default(0),
  requestedRunId: runId.nullable().default(null),
});
