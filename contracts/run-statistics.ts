import { z } from "zod";
import { embedding } from "./analyser-result.ts";
import { caseId, runId, sha256 } from "./primitives.ts";

/** Ten equal bins from 0 to 1: how many samples fell into each. */
const histogram = z.array(z.int().nonnegative()).length(10);

const ofProducer = {
  producer: z.string(),
  /** Which version of it, and the digest of its weights or parameters (null of a service, which tells none): what may be compared with what. */
  version: z.string(),
  digest: sha256.nullable(),
  /** Frames that were looked at. */
  frameCount: z.int().nonnegative(),
  labels: z.array(z.strictObject({ label: z.string(), /** Frames that show it. */ frameCount: z.int().nonnegative(), scores: histogram })),
};
const ofRun = {
  caseId,
  runId,
  /** Shares of the frames by brightness and sharpness, where signals were measured. */
  shares: z.strictObject({ outOfBody: z.number(), black: z.number(), blur: z.number(), overexposed: z.number(), underexposed: z.number() }),
};

/** `statistics.json`: how one run's findings are distributed. Drift is measured by comparing many of them with a baseline; it holds no time and no place in the video. */
export const runStatistics = z.strictObject({
  schema: z.literal("run-statistics/1.2"),
  ...ofRun,
  producers: z.array(
    z.strictObject({
      ...ofProducer,
      /** Mean over those frames; null of a network that gives none, and where no frame was looked at. */ embedding: embedding.nullable(),
    }),
  ),
});
export type RunStatistics = z.infer<typeof runStatistics>;

/** Those of earlier runs, whose networks gave no embeddings. */
const withoutEmbeddings = z.strictObject({ schema: z.literal("run-statistics/1.1"), ...ofRun, producers: z.array(z.strictObject(ofProducer)) });

/** Those of runs before, which say no version: nothing can be compared with them. */
const versionless = z.object({ schema: z.literal("run-statistics/1.0") });

/** What lies in the lake, whichever version of the platform wrote it. */
export const storedRunStatistics = z.discriminatedUnion("schema", [runStatistics, withoutEmbeddings, versionless]);
/** Of those, what can be compared. */
export type ComparableRunStatistics = RunStatistics | z.infer<typeof withoutEmbeddings>;
