import { z } from "zod";
import { caseId, runId, sha256 } from "./primitives.ts";

/** Ten equal bins from 0 to 1: how many samples fell into each. */
const histogram = z.array(z.int().nonnegative()).length(10);

/** `statistics.json`: how one run's findings are distributed. Drift is measured by comparing many of them with a baseline; it holds no time and no place in the video. */
export const runStatistics = z.strictObject({
  schema: z.literal("run-statistics/1.1"),
  caseId,
  runId,
  producers: z.array(
    z.strictObject({
      producer: z.string(),
      /** Which version of it, and the digest of its weights or parameters (null of a service, which tells none): what may be compared with what. */
      version: z.string(),
      digest: sha256.nullable(),
      /** Frames that were looked at. */
      frameCount: z.int().nonnegative(),
      labels: z.array(z.strictObject({ label: z.string(), /** Frames that show it. */ frameCount: z.int().nonnegative(), scores: histogram })),
    }),
  ),
  /** Shares of the frames by brightness and sharpness, where signals were measured. */
  shares: z.strictObject({ outOfBody: z.number(), black: z.number(), blur: z.number(), overexposed: z.number(), underexposed: z.number() }),
});
export type RunStatistics = z.infer<typeof runStatistics>;

/** Those of earlier runs, which say no version: nothing can be compared with them. */
const versionless = z.object({ schema: z.literal("run-statistics/1.0") });

/** What lies in the lake, whichever version of the platform wrote it. */
export const storedRunStatistics = z.discriminatedUnion("schema", [runStatistics, versionless]);
