import { z } from "zod";

const positive = z.int().min(1);
const share = z.number().min(0).max(1);

/** How networks in use are watched, and when they learn anew (docs/drift.md). Left out, each part is as it stands here. */
export const learningConfig = z
  .strictObject({
    watch: z
      .strictObject({
        everyDays: positive.max(31).default(1),
        /** Cases that a version's baseline is made of, and that a window must have and has at most. */
        baseline: positive.max(500).default(30),
        least: positive.min(2).max(500).default(10),
        window: positive.max(500).default(20),
      })
      .prefault({})
      .refine(({ least, window }) => least <= window, { path: ["least"], message: "must be the window at most" }),
    quality: z
      .strictObject({
        /** Corrected cases that a window has at most and must have, and findings that people must have judged in them. */
        window: positive.max(500).default(20),
        cases: positive.max(500).default(5),
        findings: positive.max(100_000).default(50),
        /** Agreement that a network must not fall below; and that of single networks, by their id, where it is another. */
        bar: share.default(0.8),
        bars: z.record(z.string(), share).default({}),
      })
      .prefault({})
      .refine(({ cases, window }) => cases <= window, { path: ["cases"], message: "must be the window at most" }),
    retraining: z
      .strictObject({
        /** Cases that must have been corrected since a network last learned. */
        leastCorrected: positive.max(300).default(10),
        /** Seconds between two looks at a training. */
        pollSeconds: positive.max(3600).default(60),
      })
      .prefault({}),
    cleanUp: z
      .strictObject({
        everyDays: positive.max(31).default(7),
        /** Days for which nothing is stale, and for which a version waits for somebody's word. */
        staleDays: z.int().min(0).max(3650).default(30),
        undecidedDays: z.int().min(0).max(3650).default(180),
        /** What one sweep removes, at most. */
        most: positive.max(1000).default(200),
      })
      .prefault({})
      .refine(({ staleDays, undecidedDays }) => staleDays <= undecidedDays, { path: ["undecidedDays"], message: "must be staleDays at least" }),
  })
  .prefault({});
export type LearningConfig = z.infer<typeof learningConfig>;
