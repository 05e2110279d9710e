import { z } from "zod";
import { measureUnit } from "./measures.ts";
import { caseId, runId, sha256, unit } from "./primitives.ts";

/** Languages that reports are written in. */
export const reportLanguage = z.enum(["en", "zh-TW"]);
export type ReportLanguage = z.infer<typeof reportLanguage>;

/**
 * One sentence, and what it stands on: identifiers of segments, events, out-of-body spans (`out-of-body-1`), findings and
 * measures. A sentence without one does not get into a report.
 */
export const sentence = z.strictObject({ id: z.string(), text: z.string().min(1).max(1000), cites: z.array(z.string()).min(1).max(20) });
export type Sentence = z.infer<typeof sentence>;

/** Parts of a report, in this order. */
export const sectionId = z.enum(["summary", "course", "instruments", "view", "safety", "for-review"]);
export type SectionId = z.infer<typeof sectionId>;

/** How much of a report a language model is told and may say: what its prompt is cut to, and what its cost is forecast from. */
export const reportSizes = {
  /** Bytes of evidence: what a language model reads well, and what a person can check. */
  evidenceBytes: 28_000,
  /** Bytes of refusals that it is reminded of. */
  reminderBytes: 6000,
  /** Bytes of everything else that it is told, at most: rules, captions of pictures, the schema of its answer. */
  rulesBytes: 7000,
  /** Tokens of an answer: some forty sentences with what they cite, in either language. */
  answerTokens: 5000,
} as const;

/** What one answer of a language model is billed by. */
export const modelUse = z.strictObject({
  modelId: z.string(),
  /** Who runs it, where that is not Bedrock: a company other than AWS, or SageMaker, which runs the organisation's own. */
  vendor: z.string().optional(),
  tokens: z.strictObject({ input: z.int().nonnegative(), output: z.int().nonnegative() }),
  /** Units of up to 1,000 characters that the guardrail read of question and answer. */
  textUnits: z.int().nonnegative(),
});
export type ModelUse = z.infer<typeof modelUse>;

/** What a report's language model cost, all drafts of one language together: US dollars at list prices, about. */
export const reportCost = z.strictObject({
  /** Of what has a price. */
  estimateUsd: z.number().nonnegative(),
  /** `usd` is null of what has none here: a third party's model, or one that `contracts/prices.ts` does not know. */
  breakdown: z.array(z.strictObject({ item: z.string(), usd: z.number().nonnegative().nullable() })),
  pricesAsOf: z.iso.date(),
});
export type ReportCost = z.infer<typeof reportCost>;

/** `report/{language}.json`: an operation in sentences that can be checked one by one. */
export const report = z.strictObject({
  /** 1.0 has no cost. */
  schema: z.enum(["surgical-report/1.0", "surgical-report/1.1"]),
  caseId,
  runId,
  language: reportLanguage,
  createdAt: z.iso.datetime(),
  /** Who wrote it: a language model, or the template that needs none. */
  writer: z.strictObject({
    kind: z.enum(["template", "language-model"]),
    id: z.string(),
    /** Of the template, or of the prompt that the model was given. */
    version: z.string(),
    drafts: z.int().positive(),
    /** Version of a language model of the organisation's own: the folder that its endpoint serves. */
    modelVersion: z.string().optional(),
    /** What stood between a language model and its answer. */
    guardrail: z.strictObject({ id: z.string(), version: z.string() }).optional(),
    /** Company other than AWS that ran the model, under its business associate agreement. */
    vendor: z.string().optional(),
    /** Frames of the source whose pictures the model saw; absent where it is shown none. */
    shown: z.array(z.int().nonnegative()).optional(),
    /** What the last draft of a language model was billed by. */
    tokens: modelUse.shape.tokens.optional(),
    /** What the guardrail read for it. Absent of older reports. */
    textUnits: modelUse.shape.textUnits.optional(),
  }),
  /** Of all drafts, those too that were refused, and those of a model whose place the template took. */
  cost: reportCost.optional(),
  /** The documents it was checked against; null where no measures were made. */
  evidence: z.strictObject({ analysisSha256: sha256, measuresSha256: sha256.nullable() }),
  sections: z.array(z.strictObject({ id: sectionId, title: z.string(), sentences: z.array(sentence) })),
  /** What the reader must know of its limits: standing sentences of the platform, not of a model. */
  limits: z.array(z.string()).min(1),
  /** What was written and refused, with the reasons: sentences that cite nothing that exists, or numbers that the evidence does not bear. */
  refused: z.array(
    z.strictObject({
      text: z.string(),
      /** Absent of what was no draft at all, and from reports of older versions. */
      cites: z.array(z.string()).optional(),
      reasons: z.array(z.string()).min(1),
    }),
  ),
});
export type Report = z.infer<typeof report>;

/** What a sentence may stand on: the identifier that it cites, and all that it may say of it. */
export const evidenceItem = z.strictObject({
  /** `operation` is the whole of it, `coverage/{analyser}` what an analyser looked at; else an identifier of the analysis or the measures. */
  id: z.string(),
  kind: z.enum(["operation", "coverage", "segment", "event", "out-of-body", "finding", "measure"]),
  /** Level of a segment, type of an event or finding, name of a measure. */
  type: z.string(),
  /** The timeline's own words; null where it has none. Sentences repeat them as they are. */
  label: z.string().nullable(),
  /** Where it is in the source: frames, half-open, and seconds since the first frame. Null for what is no span. */
  span: z
    .strictObject({
      startFrame: z.int().nonnegative(),
      endFrame: z.int().positive(),
      startSeconds: z.number().nonnegative(),
      endSeconds: z.number().nonnegative(),
    })
    .nullable(),
  value: z.number().nullable(),
  unit: measureUnit.nullable(),
  /** Whether a surgeon is asked to look before anybody relies on it. */
  needsReview: z.boolean(),
  /** How sure the network was of what is somewhere; null if it does not say. Absent of measures and of older evidence. */
  confidence: unit.nullable().optional(),
});
export type EvidenceItem = z.infer<typeof evidenceItem>;

/** What a report is written from and checked against: the analysis and its measures, cut to what fits a writer's attention. */
export const reportEvidence = z.strictObject({
  schema: z.literal("report-evidence/1.0"),
  caseId,
  runId,
  analysisSha256: sha256,
  measuresSha256: sha256.nullable(),
  /** Whether every network that it comes from learned from drawn operations only. */
  syntheticOnly: z.boolean(),
  items: z.array(evidenceItem).min(1),
  /** Findings and measures that were left out to keep it short: the shortest of each kind. */
  leftOut: z.int().nonnegative(),
  /** Names of measures that could not be told, each once, and networks whose scores are not calibrated. Absent of older evidence. */
  untold: z.array(z.string()).optional(),
  uncalibrated: z.array(z.string()).optional(),
});
export type ReportEvidence = z.infer<typeof reportEvidence>;

/** What a writer hands in: sentences in sections, not yet checked. */
export const reportDraft = z.strictObject({
  /** Why what a language model answered is no draft, in words; there are no sections then. */
  unusable: z.string().min(1).optional(),
  sections: z.array(
    z.strictObject({
      id: sectionId,
      sentences: z.array(z.strictObject({ text: z.string().min(1).max(1000), cites: z.array(z.string()).max(20) })),
    }),
  ),
});
export type ReportDraft = z.infer<typeof reportDraft>;

/** A draft after the check: what stands, and what was refused and why. */
export const checkedDraft = z.strictObject({
  writer: report.shape.writer,
  draft: reportDraft,
  refused: report.shape.refused,
  /** Every answer of a language model so far, this draft's too. */
  uses: z.array(modelUse).default([]),
});
export type CheckedDraft = z.infer<typeof checkedDraft>;
