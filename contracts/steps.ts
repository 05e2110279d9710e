import { z } from "zod";
import { envelope } from "./analyser-result.ts";
import { analysisRequest } from "./case.ts";
import { deletionRecord } from "./case-deletion.ts";
import { analyserFields as analyser, endpointKind } from "./model.ts";
import { caseId, runId } from "./primitives.ts";
import { report, reportLanguage } from "./report.ts";
import { reportForecast } from "./report-cost.ts";

/** What the states of the case analysis hand to their functions, and get back. Locations and small summaries, never results. */
const run = { caseId, runId };

/** MediaConvert `JobSettings`, as the SDK types them; opaque here. */
const jobSettings = z.record(z.string(), z.unknown());

/** `copy`: the source was converted; its copy is read in its place. */
export const indexSourceRequest = z.strictObject({ request: analysisRequest, copy: z.boolean().optional() });
export const indexSourceResponse = z.union([
  z.strictObject({ frameCount: z.int().positive(), durationSeconds: z.number().positive() }),
  /** A video, whose packet tables are not read here: why, in a sentence. A conversion may help. Never of a copy. */
  z.strictObject({ unindexed: z.string().min(1) }),
]);

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
  /** CONVERT: nothing is wrong with the video, but it can't be read as it is. Never of a copy. */
  verdict: z.enum(["REJECT", "CONVERT", "PASSTHROUGH", "NORMALISE"]),
  /** Why it was rejected, or why it must be converted or normalised: sentences, all of them. */
  reasons: z.array(z.string()),
  durationSeconds: z.number().nonnegative(),
  /** Timecode of the first frame, as the file's headers tell it; null if they tell none. */
  startTimecode: z.string().nullable(),
  /** What the run will cost, US dollars, about (`contracts/cost.ts`); null if rejected, or to be converted first. */
  forecastUsd: z.number().nonnegative().nullable(),
  /** What each step costs that does its work (`stepsUsd` in `contracts/cost.ts`); none if rejected, or to be converted first. */
  stepsUsd: z.record(z.string(), z.number().nonnegative()),
  /** What a language model will cost that writes its report; null if rejected, to be converted first, or where none does. */
  report: reportForecast.nullable(),
  /** Settings of the job that makes the analysis rendition; null if rejected, or to be converted first. */
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

export const collectLabelsRequest = z.strictObject({ ...run, jobId: z.string().min(1) });
export const collectLabelsResponse = envelope;

export const mergeTimelineRequest = z.strictObject({
  request: analysisRequest,
  /** When the execution started; becomes `createdAt` of the analysis. */
  startedAt: z.iso.datetime(),
  verdict: z.enum(["PASSTHROUGH", "NORMALISE"]),
  /** As `Admit` read it. */
  startTimecode: z.string().nullable(),
  forecastUsd: z.number().nonnegative(),
  /** Size of the source, where GuardDuty scanned it. */
  scannedBytes: z.int().nonnegative().nullable().default(null),
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
export const draftReportRequest = z.strictObject(draft);
export const draftReportResponse = z.strictObject({
  writer: report.shape.writer,
  /** A draft to be checked; an answer that is none; or none, because the guardrail stepped in. */
  outcome: z.enum(["DRAFTED", "UNREADABLE", "INTERVENED"]),
});
/** `withoutModel`: why a language model was meant to write and did not, in words. */
export const checkGroundingRequest = z.strictObject({ ...draft, writer: report.shape.writer, withoutModel: z.string().optional() });
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
  /** What its language model cost, US dollars, all drafts together, and whether all of that has a price. */
  costUsd: z.number().nonnegative(),
  isPriced: z.boolean(),
});

/** What the states that ask an endpoint for segments know of their analyser. */
const segmentAnalyser = analyser.pick({ id: true, models: true, sampleRate: true, instanceType: true, timeoutSeconds: true });
export type SegmentAnalyser = z.infer<typeof segmentAnalyser>;
export const inferSegmentsRequest = z.strictObject({
  ...run,
  analyser: segmentAnalyser,
  endpoint: z.strictObject({
    kind: endpointKind,
    name: z.string().min(1),
    /** That surely run while it is asked: of an asynchronous endpoint the one that the first request starts. */
    instances: z.int().positive(),
  }),
  /** When the analyser began: `timeoutSeconds` later nobody waits any more. */
  since: z.iso.datetime(),
});
export type InferSegmentsRequest = z.infer<typeof inferSegmentsRequest>;
export const inferSegmentsResponse = z.strictObject({
  /** Requests whose answers are still to come, or that are still to be made. */
  pending: z.int().nonnegative(),
  answered: z.int().nonnegative(),
  failed: z.int().nonnegative(),
});
export const planTransformRequest = z.strictObject({ ...run, analyser: segmentAnalyser });
export const planTransformResponse = z.strictObject({
  /** The jobs to run, one for each network; none if there is no frame to look at. */
  jobs: z.array(
    z.strictObject({
      model: z.string().min(1),
      /** `s3://` location of the manifest of segments. */
      manifest: z.string(),
      /** What the container must know of the video (`models/serving/serve.ts`). */
      environment: z.record(z.string(), z.string()),
    }),
  ),
});
export const collectSegmentsRequest = z.strictObject({
  ...run,
  analyser: segmentAnalyser,
  /** Who was asked. */
  mode: z.enum(["transform", "endpoint"]),
  since: z.iso.datetime(),
  /** Seconds that instances ran for it; null where a job can't tell any more: since it began. */
  instanceSeconds: z.number().nonnegative().nullable(),
  /** What ended the asking before all was answered. */
  error: z.string().nullable(),
});
export const collectSegmentsResponse = envelope;

/** States of a case's deletion; TakeInventory and CheckRemains answer with a `caseInventory`. */
export const caseOfDeletion = z.strictObject({ caseId });
export const checkHoldsResponse = deletionRecord.pick({ retentionClass: true, keptUntil: true });
export const stopExecutionsResponse = z.strictObject({ stoppedCount: z.int().nonnegative() });
/** False: there is more than one call deletes. */
export const deleteObjectsResponse = z.strictObject({ isDone: z.boolean() });
export const deleteItemsResponse = z.strictObject({ itemCount: z.int().nonnegative() });
export const recordDeletionRequest = deletionRecord.omit({ schemaVersion: true, deletedAt: true, remains: true });
export const recordDeletionResponse = z.strictObject({ recordUri: z.string(), deletedAt: z.iso.datetime() });
