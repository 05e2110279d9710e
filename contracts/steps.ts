import { z } from "zod";
import { envelope } from "./analyser-result.ts";
import { analysisRequest } from "./case.ts";
import { caseId, runId } from "./primitives.ts";
import { report, reportLanguage } from "./report.ts";

/** What the states of the case analysis hand to their functions, and get back. Locations and small summaries, never results. */
const run = { caseId, runId };

/** MediaConvert `JobSettings`, as the SDK types them; opaque here. */
const jobSettings = z.record(z.string(), z.unknown());

export const indexSourceRequest = z.strictObject({ request: analysisRequest });
export const indexSourceResponse = z.strictObject({ frameCount: z.int().positive(), durationSeconds: z.number().positive() });

/** Exactly one of `probe` and `probeError` is null; likewise `index` and `indexError`. */
export const admitRequest = z.strictObject({
  request: analysisRequest,
  /** Answer of `mediaconvert:probe`. */
  probe: z.record(z.string(), z.unknown()).nullable(),
  probeError: z.string().nullable(),
  index: indexSourceResponse.nullable(),
  indexError: z.string().nullable(),
});
export const admitResponse = z.strictObject({
  verdict: z.enum(["REJECT", "PASSTHROUGH", "NORMALISE"]),
  /** Why it was rejected, or why it must be normalised: sentences, all of them. */
  reasons: z.array(z.string()),
  durationSeconds: z.number().nonnegative(),
  /** What the run will cost, US dollars, about (`contracts/cost.ts`); null if rejected. */
  forecastUsd: z.number().nonnegative().nullable(),
  /** Settings of the job that makes the analysis rendition; null if rejected. */
  settings: jobSettings.nullable(),
});

export const indexRenditionRequest = z.strictObject({ ...run, rendition: z.enum(["analysis", "review"]) });
export const indexRenditionResponse = z.strictObject({ frameCount: z.int().positive() });

export const searchPicturesRequest = z.strictObject({ ...run, screening: envelope, part: z.int().nonnegative() });
export const searchPicturesResponse = z.strictObject({ searched: z.int().nonnegative(), withText: z.int().nonnegative() });

/** How the search of the pictures ended; `error` says why it failed. SKIPPED: the environment searches none. */
export const pictureScreening = z.strictObject({ status: z.enum(["SUCCEEDED", "FAILED", "SKIPPED"]), error: z.string().nullable() });
export type PictureScreening = z.infer<typeof pictureScreening>;
export const decideGateRequest = z.strictObject({ ...run, screening: envelope, pictures: pictureScreening });
export const decideGateResponse = z.strictObject({
  verdict: z.enum(["OPEN", "QUARANTINE"]),
  reasons: z.array(z.string()),
  outOfBodyCount: z.int().nonnegative(),
  textCount: z.int().nonnegative(),
});

export const planReviewRequest = z.strictObject({ ...run, request: analysisRequest });
export const planReviewResponse = z.strictObject({ settings: jobSettings });

export const collectShotsRequest = z.strictObject({ ...run, jobId: z.string().min(1) });
export const collectShotsResponse = envelope;

export const mergeTimelineRequest = z.strictObject({
  request: analysisRequest,
  /** When the execution started; becomes `createdAt` of the analysis. */
  startedAt: z.iso.datetime(),
  verdict: z.enum(["PASSTHROUGH", "NORMALISE"]),
  forecastUsd: z.number().nonnegative(),
  envelopes: z.array(envelope).min(1),
});
export const mergeTimelineResponse = z.strictObject({
  status: z.enum(["COMPLETE", "PARTIAL"]),
  analysisUri: z.string(),
  segmentCount: z.int().nonnegative(),
  eventCount: z.int().nonnegative(),
});

export const measureOperationRequest = z.strictObject(run);
export const measureOperationResponse = z.strictObject({
  measuresUri: z.string(),
  measureCount: z.int().nonnegative(),
  findingCount: z.int().nonnegative(),
});

/** What the states of the case report hand to their functions, and get back. */
export const gatherEvidenceRequest = z.strictObject(run);
export const gatherEvidenceResponse = z.strictObject({ evidenceUri: z.string(), itemCount: z.int().positive() });

/** Drafts are counted from 1. */
const draft = { ...run, language: reportLanguage, draft: z.int().positive() };
export const writeTemplateRequest = z.strictObject(draft);
export const writeTemplateResponse = z.strictObject({ writer: report.shape.writer });
export const checkGroundingRequest = z.strictObject({ ...draft, writer: report.shape.writer });
export const checkGroundingResponse = z.strictObject({
  verdict: z.enum(["GROUNDED", "REFUSED"]),
  sentenceCount: z.int().nonnegative(),
  refusedCount: z.int().nonnegative(),
});
export const publishReportRequest = z.strictObject({ ...draft, writtenAt: z.iso.datetime() });
export const publishReportResponse = z.strictObject({
  reportUri: z.string(),
  pageUri: z.string(),
  sentenceCount: z.int().positive(),
  refusedCount: z.int().nonnegative(),
});
