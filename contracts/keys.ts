/**
 * The layout of the data lake: which key holds what. Keys hold opaque identifiers only, never a file's name.
 * Every key of one analysis lies under its run, so a second analysis of a case never overwrites the first.
 */

/** Prefix whose new objects start an analysis. */
export const rawVideosPrefix = "raw-videos/";

/** The uploaded video, in the raw bucket. */
export const sourceKey = (caseId: string, uploadId: string): string => `${rawVideosPrefix}${caseId}/${uploadId}/source`;

/** Reads a key made by {@link sourceKey}; undefined for any other key. */
export function parseSourceKey(key: string): { caseId: string; uploadId: string } | undefined {
  const match = /^raw-videos\/([0-9a-f-]{36})\/([0-9a-f-]{36})\/source$/.exec(key);
  return match ? { caseId: match[1] as string, uploadId: match[2] as string } : undefined;
}

/** Everything below lies in the processed bucket. A "prefix" ends with a slash. */
export const renditionPrefix = (caseId: string, runId: string): string => `processed-videos/${caseId}/${runId}/`;
/**
 * HLS of the analysis rendition. MediaConvert joins the destination's base name, the output's name modifier and the
 * extension: `analysis.m3u8` is the master playlist, `analysis_v.m3u8` the media playlist, `analysis_v_00001.ts` a segment.
 */
export const analysisRenditionPrefix = (caseId: string, runId: string): string => `${renditionPrefix(caseId, runId)}analysis/`;
export const analysisBaseName = "analysis";
export const analysisNameModifier = "_v";
/** Media playlist of the analysis rendition: the list of its segments. */
export const analysisPlaylistKey = (caseId: string, runId: string): string =>
  `${analysisRenditionPrefix(caseId, runId)}${analysisBaseName}${analysisNameModifier}.m3u8`;
/** MP4 that people watch, out-of-body spans covered. */
export const reviewRenditionKey = (caseId: string, runId: string): string => `${renditionPrefix(caseId, runId)}review/review.mp4`;

/**
 * Pictures of the source that are searched for burnt-in text, nothing covered yet: nobody but that search reads them, and they
 * are deleted after a day. MediaConvert numbers them from 0, in seven digits.
 */
export const screenedPicturesPrefix = (caseId: string, runId: string): string => `screened-pictures/${caseId}/${runId}/`;
export const pictureBaseName = "picture";
export const screenedPictureKey = (caseId: string, runId: string, index: number): string =>
  `${screenedPicturesPrefix(caseId, runId)}${pictureBaseName}.${String(index).padStart(7, "0")}.jpg`;

/** What analysers wrote, one folder each. */
export const resultsPrefix = (caseId: string, runId: string): string => `analysis-results/${caseId}/${runId}/`;
export const analyserPrefix = (caseId: string, runId: string, analyser: string): string => `${resultsPrefix(caseId, runId)}${analyser}/`;
/** Where text was found in one part of the pictures ({@link file://./gate.ts}). */
export const pictureSearchKey = (caseId: string, runId: string, part: number): string =>
  `${analyserPrefix(caseId, runId, "pictures")}${String(part).padStart(5, "0")}.json`;

/** What the platform concluded. */
export const metadataPrefix = (caseId: string, runId: string): string => `processed-metadata/${caseId}/${runId}/`;
export const sourceIndexKey = (caseId: string, runId: string): string => `${metadataPrefix(caseId, runId)}source-index.json`;
export const frameTableKey = (caseId: string, runId: string): string => `${metadataPrefix(caseId, runId)}frame-table.json`;
export const segmentManifestKey = (caseId: string, runId: string): string => `${metadataPrefix(caseId, runId)}segments.json`;
export const gateKey = (caseId: string, runId: string): string => `${metadataPrefix(caseId, runId)}gate/gate.json`;
export const analysisKey = (caseId: string, runId: string): string => `${metadataPrefix(caseId, runId)}analysis.json`;
export const timelineKey = (caseId: string, runId: string): string => `${metadataPrefix(caseId, runId)}timeline.vtt`;
/** Detections of 30 s of video, gzipped columnar JSON ({@link file://./detections.ts}). */
export const detectionChunkKey = (caseId: string, runId: string, producer: string, index: number): string =>
  `${metadataPrefix(caseId, runId)}detections/${producer}/${String(index).padStart(5, "0")}.json.gz`;

export const maskChunkKey = (caseId: string, runId: string, producer: string, index: number): string =>
  `${metadataPrefix(caseId, runId)}masks/${producer}/${String(index).padStart(5, "0")}.json.gz`;
/** Probabilities of a classifying network, gzipped columnar JSON. */
export const scoresKey = (caseId: string, runId: string, producer: string): string => `${metadataPrefix(caseId, runId)}scores/${producer}.json.gz`;
export const tracksKey = (caseId: string, runId: string): string => `${metadataPrefix(caseId, runId)}tracks.json.gz`;
/** What the run saw, in figures that drift is measured on ({@link file://./run-statistics.ts}). */
export const statisticsKey = (caseId: string, runId: string): string => `${metadataPrefix(caseId, runId)}statistics.json`;
/** Clinical measures ({@link file://./measures.ts}). */
export const measuresKey = (caseId: string, runId: string): string => `${metadataPrefix(caseId, runId)}measures.json`;
/** The written report ({@link file://./report.ts}), and its printable form beside it. */
export const reportKey = (caseId: string, runId: string, language: string): string => `${metadataPrefix(caseId, runId)}report/${language}.json`;
export const reportPageKey = (caseId: string, runId: string, language: string): string => `${metadataPrefix(caseId, runId)}report/${language}.html`;
/** What a report is written from, and the drafts of it. */
export const reportEvidenceKey = (caseId: string, runId: string): string => `${metadataPrefix(caseId, runId)}report/evidence.json`;
export const reportDraftKey = (caseId: string, runId: string, language: string, draft: number): string =>
  `${metadataPrefix(caseId, runId)}report/drafts/${language}-${draft}.json`;
export const checkedDraftKey = (caseId: string, runId: string, language: string, draft: number): string =>
  `${metadataPrefix(caseId, runId)}report/drafts/${language}-${draft}.checked.json`;
/** Files made for somebody who asked for another format. */
export const exportsPrefix = (caseId: string, runId: string): string => `exports/${caseId}/${runId}/`;
export const exportPrefix = (caseId: string, runId: string, exportId: string): string => `${exportsPrefix(caseId, runId)}${exportId}/`;

/** What people said about an analysis ({@link file://./annotation-set.ts}): one key a set, never written twice. */
export const annotationSetKey = (caseId: string, runId: string, annotationSetId: string): string => `annotations/${caseId}/${runId}/${annotationSetId}.json`;

/**
 * Single images that somebody puts into the lake for a prediction, each under a random UUID and never twice under the same: a
 * file's name could name a patient. The answer lies under the same UUID: an `imagePrediction` or, of a bad image, an `apiError`.
 */
export const droppedImagesPrefix = "images/input/";
export const imageAnswersPrefix = "images/output/";
export const droppedImageKey = (imageId: string): string => `${droppedImagesPrefix}${imageId}`;
export const imageAnswerKey = (imageId: string): string => `${imageAnswersPrefix}${imageId}.json`;

/** Reads a key made by {@link droppedImageKey}; undefined for any other key. */
export const parseDroppedImageKey = (key: string): string | undefined => /^images\/input\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(key)?.[1];

/** What a backfill works through, a line of JSON for each video ({@link file://./backfill.ts}), and where Step Functions writes what came of it. */
export const backfillPrefix = (backfillId: string): string => `backfills/${backfillId}/`;
export const backfillManifestKey = (backfillId: string): string => `${backfillPrefix(backfillId)}manifest.jsonl`;
export const backfillResultsPrefix = (backfillId: string): string => `${backfillPrefix(backfillId)}results/`;

/** `s3://bucket/key` and back. */
export const toUri = (bucket: string, key: string): string => `s3://${bucket}/${key}`;
export function parseUri(uri: string): { bucket: string; key: string } {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri);
  if (!match) throw new Error(`"${uri}" is not s3://bucket/key.`);
  return { bucket: match[1] as string, key: match[2] as string };
}
