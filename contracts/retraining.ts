import { z } from "zod";
import { datasetRequest } from "./dataset-version.ts";
import { driftDetected } from "./drift.ts";

/* How a network learns anew: the state machine `retraining`, whose input is what was announced of a network ({@link driftDetected}). */

/** Input of an execution, which is named after its episode: one episode trains once. One that goes on after it waited has a number behind it. */
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
  /** `asked`: findings and frames that were put before people, first in the review queue. */
  z.strictObject({ status: z.literal("WAITING"), ...counted, asked: z.int().nonnegative() }),
  /** Another execution lets this network learn just now. */
  z.strictObject({ status: z.literal("BUSY") }),
  /** Corrections don't say what this network learns: there is no task of datasets for it. */
  z.strictObject({ status: z.literal("UNTEACHABLE") }),
]);
export type CollectedCorrections = z.infer<typeof collectedCorrections>;

/**
 * `drift/{model}/retraining.json`: whose turn it is to let a network learn, so that one execution at a time does. Written under a condition.
 * LEARNING counts as long as the execution runs. WAITING: people corrected too little; a look at the networks starts the next execution.
 */
export const retrainingTurn = z.strictObject({
  schema: z.literal("retraining-turn/1.0"),
  model: z.string().min(1),
  status: z.enum(["LEARNING", "WAITING"]),
  /** Name of the execution that wrote it. */
  execution: z.string().min(1),
  /** How often the network had to wait, this time included: names the execution that goes on. */
  waits: z.int().nonnegative(),
});
export type RetrainingTurn = z.infer<typeof retrainingTurn>;

/** Of an execution that goes on after the network waited: 33 characters at most, the first of them its episode's. */
export const resumedName = (episode: string, waits: number): string => `${episode.slice(0, 28)}-${waits}`;

/** What there is to go on with: networks whose retraining was started anew, by what is wrong with them still. */
export const resumedRetrainings = z.strictObject({ resumed: z.array(z.string()), faults: z.array(z.string()) });
export type ResumedRetrainings = z.infer<typeof resumedRetrainings>;

/** CANDIDATE: a version waits for approval. */
export const retrainingOutcome = z.enum(["CANDIDATE", "WAITING_FOR_LABELS", "UNTEACHABLE", "FAILED"]);
export type RetrainingOutcome = z.infer<typeof retrainingOutcome>;

export const retrainingEndedType = "Retraining Ended";
/** `detail` of the event "Retraining Ended". Why one failed is told by its execution alone. */
export const retrainingEnded = z.strictObject({
  ...driftDetected.pick({ episode: true, model: true, version: true, reason: true }).shape,
  outcome: retrainingOutcome,
});
