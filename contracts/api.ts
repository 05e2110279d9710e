import { z } from "zod";
import { analysis } from "./analysis.ts";
import { caseSummary } from "./case.ts";
import { sha256, unit } from "./primitives.ts";
import { report } from "./report.ts";

/** Answers of the HTTP API. Links are presigned and live 15 minutes. */
const link = z.url();

/**
 * `GET /cases?procedure=&status=&event=&instrument=&phase=&next=`: cases for which all that is given holds, newest first. A page may
 * be short, or empty, and have a next one.
 */
export const caseList = z.strictObject({ cases: z.array(caseSummary), /** Opaque; null on the last page. */ next: z.string().nullable() });
export type CaseList = z.infer<typeof caseList>;

/** `GET /cases/{caseId}` */
export const caseDetail = z.strictObject({
  case: caseSummary,
  /** Null until the case is COMPLETE or PARTIAL. */
  analysis: analysis.nullable(),
  links: z.strictObject({
    /** MP4 with out-of-body spans covered. Null if its branch failed. */
    review: link.nullable(),
    frameTable: link.nullable(),
    timeline: link.nullable(),
    /** `sprites.json` and its sheets, in order. */
    sprites: z.strictObject({ index: link, sheets: z.array(link) }).nullable(),
    /** Detection chunks in order, by producer. */
    detections: z.record(z.string(), z.array(link)),
    /** Mask chunks in order, and probabilities, by producer; tracks, null if nothing was followed. */
    masks: z.record(z.string(), z.array(link)),
    scores: z.record(z.string(), link),
    tracks: link.nullable(),
  }),
});
export type CaseDetail = z.infer<typeof caseDetail>;

/** `GET /cases/{caseId}/report?language=`: the report, and its page to print. */
export const caseReport = z.strictObject({ report, page: link });
export type CaseReport = z.infer<typeof caseReport>;

/** Body of every answer with a status of 400 or more: all reasons at once. */
export const apiError = z.strictObject({ error: z.string(), reasons: z.array(z.string()) });
export type ApiError = z.infer<typeof apiError>;

/** `POST /infer`: what one network sees in one image. Boxes are whole pixels of the image as a viewer shows it (EXIF orientation applied). */
export const imagePrediction = z.strictObject({
  model: z.string(),
  version: z.string(),
  /** SHA-256 of the weights. */
  digest: sha256,
  syntheticOnly: z.boolean(),
  image: z.strictObject({ width: z.int().positive(), height: z.int().positive() }),
  /** Of a classifying network: every label's probability. */
  scores: z.array(z.strictObject({ label: z.string(), score: unit })).nullable(),
  /** Of a detecting network: the boxes that reach its threshold, surest first. */
  boxes: z.array(z.strictObject({ label: z.string(), score: unit, x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() })).nullable(),
});
export type ImagePrediction = z.infer<typeof imagePrediction>;
