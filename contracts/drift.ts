import { z } from "zod";
import { embedding } from "./analyser-result.ts";
import { sha256, unit } from "./primitives.ts";

/*
 * What is watched of a network once it is in use: whether what it sees has moved away from what it saw at first, and whether people
 * still agree with it. The page that explains it is docs/drift.md.
 */

/** A version of a network. `digest` is that of its weights. */
const watched = { model: z.string().min(1), version: z.string().min(1), digest: sha256 };

/** Shares of bins, which add up to 1. */
const distribution = z.array(unit).min(2);

/** What one case comes to. Null where nothing was found that could be counted. */
export const caseFigures = z.strictObject({
  /** Of all labels that were shown in all frames, the share of each, in the order of the network's labels. Null of a network with one label. */
  classes: distribution.nullable(),
  /** Of all scores, the share in each of ten equal bins from 0 to 1. */
  scores: distribution.nullable(),
  /** Shares of the frames that are black, too dark, too bright, and neither. */
  exposure: distribution,
  labelsPerFrame: z.number().nonnegative(),
  meanScore: unit.nullable(),
  outOfBody: unit,
  black: unit,
  blur: unit,
  overexposed: unit,
  underexposed: unit,
  /** Mean embedding of its frames; absent where the network gives none. */
  embedding: embedding.optional(),
});
export type CaseFigures = z.infer<typeof caseFigures>;

/** `baseline.json`: the first cases of a version, written once. What later cases are compared with. */
export const driftBaseline = z.strictObject({
  schema: z.literal("drift-baseline/1.0"),
  ...watched,
  createdAt: z.iso.datetime(),
  labels: z.array(z.string()),
  /** When its first and its last case were made. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  cases: z.array(caseFigures).min(1),
  /** SHA-256 over labels and cases, as JSON. */
  figuresSha256: sha256,
});
export type DriftBaseline = z.infer<typeof driftBaseline>;

/**
 * Probability below which one comparison alone is noticeable, and below which each of a report's eleven is large: the same, shared out among them
 * (Bonferroni), so that a window like the baseline is seldom called drifted.
 */
export const driftSignificance = { noticeable: 0.01, large: 0.0009 } as const;

/** How far something has moved: not noticeably; enough to keep an eye on; so far that the network should learn anew. */
export const driftLevel = z.enum(["none", "moderate", "large"]);
export type DriftLevel = z.infer<typeof driftLevel>;

const shared = {
  /** How probable it is that cases of one kind differ as much or more. */
  p: unit,
  level: driftLevel,
};

/** One comparison of the window with the baseline. */
export const driftFeature = z.discriminatedUnion("test", [
  /** Population stability index of two mean distributions. */
  z.strictObject({
    test: z.literal("psi"),
    feature: z.enum(["classes", "scores", "exposure"]),
    value: z.number().nonnegative(),
    ...shared,
    bins: z.array(z.string()).min(2),
    baseline: distribution,
    window: distribution,
  }),
  /** Two-sample Kolmogorov-Smirnov statistic over a value of each case; `baseline` and `window` are the medians. */
  z.strictObject({
    test: z.literal("ks"),
    feature: z.enum(["labelsPerFrame", "meanScore", "outOfBody", "black", "blur", "overexposed", "underexposed"]),
    value: unit,
    ...shared,
    baseline: z.number().nonnegative(),
    window: z.number().nonnegative(),
  }),
  /**
   * Kolmogorov-Smirnov over each number of the cases' mean embeddings: of the number that moved farthest the statistic and the medians, and its
   * probability times how many there are (Bonferroni), at most 1.
   */
  z.strictObject({
    test: z.literal("ks-embedding"),
    feature: z.literal("embedding"),
    value: unit,
    ...shared,
    /** Which number of the embedding, from 0. */
    dimension: z.int().nonnegative(),
    baseline: z.number(),
    window: z.number(),
  }),
]);
export type DriftFeature = z.infer<typeof driftFeature>;

/** TOO_FEW: nothing can be said yet. WATCH: something moved, and nothing needs to be done. */
export const driftVerdict = z.enum(["TOO_FEW", "STABLE", "WATCH", "DRIFTED"]);
export type DriftVerdict = z.infer<typeof driftVerdict>;

const period = z.strictObject({ cases: z.int().nonnegative(), from: z.iso.datetime().nullable(), to: z.iso.datetime().nullable() });

/** `reports/{time}.json`: the newest cases of a version beside its first. */
export const driftReport = z.strictObject({
  schema: z.literal("drift-report/1.0"),
  ...watched,
  measuredAt: z.iso.datetime(),
  verdict: driftVerdict,
  /** In a sentence. */
  summary: z.string().min(1),
  /** Null until enough cases were analysed with this version. */
  baseline: z.strictObject({ ...period.shape, key: z.string().min(1), figuresSha256: sha256 }).nullable(),
  window: period,
  /** Cases that a baseline is made of, and that a window must have and has at most. */
  needs: z.strictObject({ baseline: z.int().positive(), least: z.int().positive(), window: z.int().positive() }),
  /** Probability below which a comparison counts as large: {@link shared}, `p`. */
  significance: unit,
  /** Empty where there are too few cases. */
  features: z.array(driftFeature),
});
export type DriftReport = z.infer<typeof driftReport>;

/** Why a network should learn anew. */
export const learningReason = z.enum(["drift", "quality"]);
export type LearningReason = z.infer<typeof learningReason>;

/** Stands for an episode in the names of executions: 32 hex digits of a SHA-256. */
export const episodeId = z.string().regex(/^[0-9a-f]{32}$/, "must be 32 lower-case hex digits");

/** `episodes/{reason}.json`: the time for which a version is known to have drifted. Written under a condition, so that it is opened once. */
export const driftEpisode = z.strictObject({
  schema: z.literal("drift-episode/1.0"),
  ...watched,
  reason: learningReason,
  /** Counts from 1: a version can recover and drift again. */
  number: z.int().positive(),
  status: z.enum(["OPEN", "CLOSED"]),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
  /** Execution that opened it: a second try of that one goes on with it, and no other announces it. */
  execution: z.string().min(1),
});
export type DriftEpisode = z.infer<typeof driftEpisode>;

/** Events of this source are what the platform itself says of learning. */
export const learningSource = "svp.learning";
export const driftDetectedType = "Drift Detected";

/** `detail` of the event "Drift Detected". Names no case. */
export const driftDetected = z.strictObject({
  episode: episodeId,
  ...watched,
  reason: learningReason,
  /** What moved, or fell below its bar. */
  what: z.array(z.string().min(1)).min(1),
  /** The report, in the processed bucket. */
  report: z.string().min(1),
});
export type DriftDetected = z.infer<typeof driftDetected>;

/**
 * What a look at all networks came to: what is to be announced; what was announced before and is wrong still; of which networks nothing could be
 * said, and why.
 */
export const watchOutcome = z.strictObject({ announcements: z.array(driftDetected), open: z.array(driftDetected), faults: z.array(z.string()) });
export type WatchOutcome = z.infer<typeof watchOutcome>;
