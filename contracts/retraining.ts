import { z } from "zod";
import { datasetRequest } from "./dataset-version.ts";
import { driftDetected } from "./drift.ts";

/* How a network learns anew: the state machine `retraining`, whose input is what was announced of a network ({@link driftDetected}). */

/** Input of an execution, which is named after its episode: one episode trains once. */
export const retrainingRequest = driftDetected;
export type RetrainingRequest = z.infer<typeof retrainingRequest>;

const counted = {
  /** Cases that were corrected since the network's last dataset version, and how many a training waits for. */
  corrected: z.int().nonnegative(),
  needed: z.int().positive(),
};

/** What there is to learn from. */
export const collectedCorrections = z.discriminatedUnion("status", [
  z.strictObject({ status: z.literal("READY"), ...counted, request: datasetRequest }),
  /** `asked`: findings that were put before people, first in the review queue. */
  z.strictObject({ status: z.literal("WAITING"), ...counted, asked: z.int().nonnegative() }),
  /** Corrections don't say what this network learns: there is no task of datasets for it. */
  z.strictObject({ status: z.literal("UNTEACHABLE") }),
]);
export type CollectedCorrections = z.infer<typeof collectedCorrections>;

/** CANDIDATE: a version waits for approval. */
export const retrainingOutcome = z.enum(["CANDIDATE", "WAITING_FOR_LABELS", "UNTEACHABLE", "FAILED"]);
export type RetrainingOutcome = z.infer<typeof retrainingOutcome>;

export const retrainingEndedType = "Retraining Ended";
/** `detail` of the event "Retraining Ended". Why one failed is told by its execution alone. */
export const retrainingEnded = z.strictObject({
  ...driftDetected.pick({ episode: true, model: true, version: true, reason: true }).shape,
  outcome: retrainingOutcome,
});
