import { z } from "zod";
import { sha256, unit } from "./primitives.ts";

const count = z.int().nonnegative();

/** What people said of a network's findings. */
export const agreementCounts = z.strictObject({
  /** Confirmed, and those whose time was moved a little. */
  right: count,
  /** Rejected, renamed, or moved to another time. */
  wrong: count,
  /** Added by people, and what a renamed or moved finding should have been. */
  missed: count,
});
export type AgreementCounts = z.infer<typeof agreementCounts>;

/** TOO_FEW: nothing can be said yet. */
export const qualityVerdict = z.enum(["TOO_FEW", "ABOVE", "BELOW"]);

/** `quality/{time}.json`: how far people agree with a version of a network, over the newest cases that they corrected. */
export const qualityReport = z.strictObject({
  schema: z.literal("quality-report/1.0"),
  model: z.string().min(1),
  version: z.string().min(1),
  digest: sha256,
  measuredAt: z.iso.datetime(),
  verdict: qualityVerdict,
  /** In a sentence. */
  summary: z.string().min(1),
  /** Corrected cases that were counted, and when the first and the last of them was made. */
  window: z.strictObject({ cases: count, from: z.iso.datetime().nullable(), to: z.iso.datetime().nullable() }),
  counts: agreementCounts,
  /** F1 of the findings that people judged: 2 right / (2 right + wrong + missed). Null where they judged none. */
  agreement: unit.nullable(),
  /** What it must not fall below. */
  bar: unit,
  /** Cases that a window has at most and must have, and findings that must be judged. */
  needs: z.strictObject({ window: z.int().positive(), cases: z.int().positive(), findings: z.int().positive() }),
});
export type QualityReport = z.infer<typeof qualityReport>;
