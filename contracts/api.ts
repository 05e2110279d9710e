import { z } from "zod";
import { analysis } from "./analysis.ts";
import { caseStatus, caseSummary, procedure } from "./case.ts";
import { mediaPath } from "./playback.ts";
import { sha256, unit } from "./primitives.ts";
import { report, reportLanguage } from "./report.ts";
import { toldSignOff } from "./sign-off.ts";

/** Answers of the HTTP API. Links are presigned and live 15 minutes. */
const link = z.url();

/** A case in a list: with a link to the picture that stands for it, null until it is analysed and where there is none. */
export const listedCase = z.strictObject({ ...caseSummary.shape, poster: link.nullable() });
export type ListedCase = z.infer<typeof listedCase>;

const label = z.string().trim().min(1).max(100);
/** What `GET /cases` takes in its query. All that is given must hold; labels are those of findings, upper and lower case alike. */
export const caseQuery = z.strictObject({
  procedure: procedure.optional(),
  status: caseStatus.optional(),
  event: label.optional(),
  instrument: label.optional(),
  phase: label.optional(),
  tag: label.optional(),
  /** As a page of the same search gave it. */
  next: z.string().optional(),
});

/**
 * `GET /cases?procedure=&status=&event=&instrument=&phase=&next=`: cases for which all that is given holds, newest first. A page may
 * be short, or empty, and have a next one.
 */
export const caseList = z.strictObject({ cases: z.array(listedCase), /** Opaque; null on the last page. */ next: z.string().nullable() });
export type CaseList = z.infer<typeof caseList>;

/** `GET /cases/{caseId}` */
export const caseDetail = z.strictObject({
  case: caseSummary,
  /** Null until the case is COMPLETE or PARTIAL. */
  analysis: analysis.nullable(),
  /** Whether there is a language model that answers `POST /cases/{caseId}/questions`. */
  answersQuestions: z.boolean(),
  links: z.strictObject({
    /** MP4 with out-of-body spans covered. Null if its branch failed. */
    /** Path on the site, for a browser that was granted playback. */
    review: z.string().startsWith(`${mediaPath}/`).nullable(),
    frameTable: link.nullable(),
    timeline: link.nullable(),
    /** `sprites.json` and its sheets, in order. */
    sprites: z.strictObject({ index: link, sheets: z.array(link) }).nullable(),
    /** The picture that stands for the operation; null if nothing inside the patient is to be seen. */
    poster: link.nullable(),
    /** Detection chunks in order, by producer. */
    detections: z.record(z.string(), z.array(link)),
    /** Mask chunks in order, and probabilities, by producer; tracks, null if nothing was followed. */
    masks: z.record(z.string(), z.array(link)),
    scores: z.record(z.string(), link),
    tracks: link.nullable(),
  }),
});
export type CaseDetail = z.infer<typeof caseDetail>;

/** What `GET /cases/{caseId}/report` takes in its query. */
export const reportQuery = z.object({ language: reportLanguage });

/** `GET /cases/{caseId}/report?language=`: the report, its page to print, and who signed it. */
export const caseReport = z.strictObject({
  report,
  page: link,
  /** What a signature names: the digest of the report's document, and the version of the case's corrections. */
  reportSha256: sha256,
  correctionsVersion: z.int().nonnegative(),
  /** In the order in which they were given, those of earlier states too. */
  signOffs: z.array(toldSignOff),
});
export type CaseReport = z.infer<typeof caseReport>;

/** What each status of a refusal is called (RFC 9110, 15.5 and 15.6). */
export const problemTitles = {
  400: "Bad Request",
  404: "Not Found",
  412: "Precondition Failed",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;
export type ProblemStatus = keyof typeof problemTitles;

/**
 * Body of every answer with a status of 400 or more: "Problem Details for HTTP APIs" (RFC 9457), and all reasons at once. Each status has
 * one kind of problem here, so the type says nothing beyond it: that is `about:blank` (4.2.1). API Gateway's own refusals, such as of a
 * token that ran out, are none of ours: they have a `message`.
 */
export const apiError = z.strictObject({
  type: z.literal("about:blank"),
  title: z.enum(Object.values(problemTitles)),
  status: z.literal(Object.keys(problemTitles).map(Number)),
  /** The reasons, one after the other. */
  detail: z.string(),
  /** Sentences that a user can act on. */
  reasons: z.array(z.string()).min(1),
});
export type ApiError = z.infer<typeof apiError>;
export const problemType = "application/problem+json";
export const problemOf = (status: ProblemStatus, reasons: readonly string[]): ApiError => ({
  type: "about:blank",
  title: problemTitles[status],
  status,
  detail: reasons.join(" "),
  reasons: [...reasons],
});

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
