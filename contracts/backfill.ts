import { z } from "zod";
import { analysisRequest, caseStatus } from "./case.ts";
import { caseId, runId, uploadId } from "./primitives.ts";

/** A line of a backfill's manifest: one uploaded video. */
export const backfillItem = z.strictObject({ caseId, uploadId });
export type BackfillItem = z.infer<typeof backfillItem>;

/** Input of the backfill's state machine; its manifest lies where `backfillManifestKey` says. */
export const backfillRequest = z.strictObject({ backfillId: z.uuid() });

/** What `ingest/prepare-backfill` found: a video to analyse, or one whose analysis ended before its time and goes on, whose run holds a lease; or one whose analysis there is. */
export const preparedBackfill = z.discriminatedUnion("verdict", [
  z.strictObject({ verdict: z.literal("ANALYSE"), request: analysisRequest }),
  z.strictObject({ verdict: z.literal("REDRIVE"), request: analysisRequest, executionArn: z.string().min(1) }),
  z.strictObject({ verdict: z.literal("SKIP"), runId, status: caseStatus }),
]);
export type PreparedBackfill = z.infer<typeof preparedBackfill>;

/** What came of one video: output of its execution within the backfill. SKIPPED: this version of the platform had analysed it before, or is at it. */
export const backfillOutcome = z.strictObject({ caseId, runId, status: z.union([caseStatus, z.enum(["ALREADY_CLAIMED", "SKIPPED"])]) });
export type BackfillOutcome = z.infer<typeof backfillOutcome>;
