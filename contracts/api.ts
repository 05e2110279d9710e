import { z } from "zod";
import { analysis } from "./analysis.ts";
import { caseSummary } from "./case.ts";

/** Answers of the HTTP API. Links are presigned and live 15 minutes. */
const link = z.url();

/** `GET /cases?next=`: newest first. */
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
  }),
});
export type CaseDetail = z.infer<typeof caseDetail>;

/** Body of every answer with a status of 400 or more: all reasons at once. */
export const apiError = z.strictObject({ error: z.string(), reasons: z.array(z.string()) });
export type ApiError = z.infer<typeof apiError>;
