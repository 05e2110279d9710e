import { z } from "zod";
import { annotationSet } from "./annotation-set.ts";
import { correctionSet } from "./corrections.ts";
import { caseId, runId } from "./primitives.ts";

/** Formats that results leave the platform in. What each keeps and loses is in `docs/interchange.md`. */
export const textFormat = z.enum([
  "coco",
  "cvat",
  "webvtt",
  "mot",
  "json",
  "csv",
  "parquet",
  "ground-truth-manifest",
  "cholec80",
  "web-annotation",
  "fhir",
  "dicom-sr",
]);
export type TextFormat = z.infer<typeof textFormat>;

/** `mp4` is the review rendition with the findings drawn into its pictures. */
export const exportFormat = z.enum([...textFormat.options, "mp4"]);
export type ExportFormat = z.infer<typeof exportFormat>;

/** Formats that annotations come back in. */
export const importFormat = z.enum(["coco", "cvat", "webvtt", "mot", "ground-truth-manifest"]);
export type ImportFormat = z.infer<typeof importFormat>;

/**
 * Body of `POST /cases/{caseId}/exports`. Frames are source frames, half-open; without them all of the operation is exported.
 * With `corrected` what people corrected counts, as it is when the export is asked for; without, the analysis as it was made.
 */
export const exportRequest = z
  .strictObject({
    format: exportFormat,
    startFrame: z.int().nonnegative().optional(),
    endFrame: z.int().positive().optional(),
    corrected: z.boolean().optional(),
  })
  .refine(({ startFrame = 0, endFrame = Number.POSITIVE_INFINITY }) => endFrame > startFrame, "endFrame must be greater than startFrame");
export type ExportRequest = z.infer<typeof exportRequest>;

/** Input of the state machine `case-export`; the execution's name is the export's identifier. */
export const exportJob = z.strictObject({
  exportId: z.uuid(),
  caseId,
  runId,
  format: exportFormat,
  startFrame: z.int().nonnegative(),
  endFrame: z.int().positive(),
  /** Version of the corrections that count; null if none do. */
  corrections: z.int().nonnegative().nullable().default(null),
  /** Sentences that whoever uses the files must know: what the format loses, what the findings are not fit for. */
  warnings: z.array(z.string()),
});
export type ExportJob = z.infer<typeof exportJob>;

/** What the job that draws pictures is given beside them: the corrections that count, in order; none if the analysis counts as it was made. */
export const exportCorrections = z.array(correctionSet);

/** A file of an export as it lies in the lake: its name under the export's prefix. */
export const exportedFile = z.strictObject({ name: z.string().min(1), mediaType: z.string().min(1) });
export type ExportedFile = z.infer<typeof exportedFile>;

/** What the state machine ends with. */
export const exportResult = z.strictObject({ files: z.array(exportedFile).min(1) });
export type ExportResult = z.infer<typeof exportResult>;

/** Answer of `POST /cases/{caseId}/exports` and of `GET /cases/{caseId}/exports/{exportId}`. */
export const exportStatus = z.strictObject({
  exportId: z.uuid(),
  caseId,
  format: exportFormat,
  startFrame: z.int().nonnegative(),
  endFrame: z.int().positive(),
  status: z.enum(["RUNNING", "SUCCEEDED", "FAILED"]),
  corrections: exportJob.shape.corrections,
  /** Why it failed. */
  error: z.string().nullable(),
  /** Once it succeeded. Links live 15 minutes. */
  files: z.array(z.strictObject({ ...exportedFile.shape, link: z.url() })),
  warnings: exportJob.shape.warnings,
});
export type ExportStatus = z.infer<typeof exportStatus>;

/** Body of `POST /cases/{caseId}/annotations`: the files of one format, each gzipped and then base64. */
export const annotationUpload = z.strictObject({
  format: importFormat,
  files: z
    .array(z.strictObject({ name: z.string().min(1).max(200), gzip: z.base64() }))
    .min(1)
    .max(4),
});

/** Its answer: where the set lies, and what is in it. */
export const annotationReceipt = z.strictObject({
  id: z.uuid(),
  caseId,
  runId,
  counts: z.strictObject({ boxes: z.int().nonnegative(), masks: z.int().nonnegative(), segments: z.int().nonnegative(), events: z.int().nonnegative() }),
  notes: annotationSet.shape.notes,
});
export type AnnotationReceipt = z.infer<typeof annotationReceipt>;
