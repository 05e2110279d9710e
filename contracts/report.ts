import { z } from "zod";
import { caseId, runId, sha256 } from "./primitives.ts";

/** Languages that reports are written in. */
export const reportLanguage = z.enum(["en", "zh-TW"]);
export type ReportLanguage = z.infer<typeof reportLanguage>;

/**
 * One sentence, and what it stands on: identifiers of segments, events, out-of-body spans (`out-of-body-1`), findings and
 * measures. A sentence without one does not get into a report.
 */
export const sentence = z.strictObject({ id: z.string(), text: z.string().min(1).max(1000), cites: z.array(z.string()).min(1).max(20) });
export type Sentence = z.infer<typeof sentence>;

/** `report/{language}.json`: an operation in sentences that can be checked one by one. */
export const report = z.strictObject({
  schema: z.literal("surgical-report/1.0"),
  caseId,
  runId,
  language: reportLanguage,
  createdAt: z.iso.datetime(),
  /** Who wrote it: a language model, or the template that needs none. */
  writer: z.strictObject({ kind: z.enum(["template", "language-model"]), id: z.string(), version: z.string(), drafts: z.int().positive() }),
  /** The documents it was checked against. */
  evidence: z.strictObject({ analysisSha256: sha256, measuresSha256: sha256 }),
  sections: z.array(
    z.strictObject({
      id: z.enum(["summary", "course", "instruments", "view", "safety", "for-review"]),
      title: z.string(),
      sentences: z.array(sentence),
    }),
  ),
  /** What the reader must know of its limits: standing sentences of the platform, not of a model. */
  limits: z.array(z.string()).min(1),
  /** What was written and refused, with the reasons: sentences that cite nothing that exists, or numbers that the evidence does not bear. */
  refused: z.array(z.strictObject({ text: z.string(), reasons: z.array(z.string()).min(1) })),
});
export type Report = z.infer<typeof report>;
