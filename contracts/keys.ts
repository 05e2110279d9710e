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

/** Where the networks lie in the models bucket: `models/<id>/model.json` and `model.onnx`. */
export const modelsPrefix = "models/";
export const modelDescriptionKey = (model: string): string => `${modelsPrefix}${model}/model.json`;
export const modelWeightsKey = (model: string): string => `${modelsPrefix}${model}/model.onnx`;

/** What training writes to the models bucket: candidates, and what was measured of them. */
export const trainingPrefix = "training/";

/** Every version of a network that was put into use, in the models bucket, and the record of them. Apart from `models/`, which whole jobs are given. */
export const deployedModelsPrefix = "deployed-models/";
/** Every network as an endpoint loads them, one folder for each deployment to endpoints, never changed: a fleet that grows later loads what it was judged with. */
export const endpointModelsPrefix = "endpoint-models/";
/**
 * Language models of the organisation's own in the models bucket, a folder for each version as Hugging Face's `save_pretrained` leaves it, never changed.
 * Apart from `models/`, which whole jobs are given. People put them there ({@link file://../docs/reports.md}).
 */
export const languageModelsPrefix = "language-models/";
export const languageModelPrefix = (name: string, version: string): string => `${languageModelsPrefix}${name}/${version}/`;
export const deploymentRecordKey = (model: string): string => `${deployedModelsPrefix}${model}/record.json`;
export const deployedVersionPrefix = (model: string, sha256: string): string => `${deployedModelsPrefix}${model}/${sha256}/`;

/** Everything below lies in the processed bucket. A "prefix" ends with a slash. */
export const renditionsPrefix = "processed-videos/";
export const renditionPrefix = (caseId: string, runId: string): string => `${renditionsPrefix}${caseId}/${runId}/`;
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

/**
 * The copy of a source that could not be read as it is ({@link file://./conversion.ts}), and what came of making it. They lie as long
 * as a failed analysis can be redriven, and a while longer.
 */
export const conversionPrefix = (caseId: string, runId: string): string => `converted-videos/${caseId}/${runId}/`;
export const convertedVideoKey = (caseId: string, runId: string): string => `${conversionPrefix(caseId, runId)}video.mp4`;
export const conversionKey = (caseId: string, runId: string): string => `${conversionPrefix(caseId, runId)}conversion.json`;

/** What analysers wrote, one folder each. */
export const resultsPrefix = (caseId: string, runId: string): string => `analysis-results/${caseId}/${runId}/`;
export const analyserPrefix = (caseId: string, runId: string, analyser: string): string => `${resultsPrefix(caseId, runId)}${analyser}/`;
/** What an endpoint was asked of a video's segments, and where it answers ({@link file://./segment-requests.ts}). */
export const segmentRequestsKey = (caseId: string, runId: string, analyser: string): string => `${analyserPrefix(caseId, runId, analyser)}requests.json`;
/** Below the results, where an endpoint puts its answers for one analyser: with all else that is known of the case. */
export const segmentAnswersPath = (caseId: string, runId: string, analyser: string): string => `${caseId}/${runId}/${analyser}/answers`;
/** The answer of a real-time endpoint about a segment, which whoever asked lays here. */
export const segmentAnswerKey = (caseId: string, runId: string, analyser: string, model: string, segment: number): string =>
  `${analyserPrefix(caseId, runId, analyser)}answers/${model}/${String(segment).padStart(5, "0")}.jsonl`;
/**
 * Where asynchronous endpoints tell what failed, and days that it lies: the folder is the endpoint's, and no request can name another
 * (InvokeEndpointAsync has an extension of the path of answers only). `analyse/infer-segments` writes down what it says within minutes.
 */
export const endpointFailuresPrefix = "analysis-results/asynchronous-failures/";
export const endpointFailureDays = 1;
/** Which segments a transform job is given, and where it answers about one of them: SageMaker names an answer after its object. */
export const transformManifestKey = (caseId: string, runId: string, analyser: string): string => `${analyserPrefix(caseId, runId, analyser)}segments.manifest`;
export const transformAnswersPrefix = (caseId: string, runId: string, analyser: string, model: string): string =>
  `${analyserPrefix(caseId, runId, analyser)}answers/${model}/`;
export const transformAnswerKey = (caseId: string, runId: string, analyser: string, model: string, segmentUri: string): string =>
  `${transformAnswersPrefix(caseId, runId, analyser, model)}${segmentUri.replace(/^.*\//, "")}.out`;
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

/** The folder of what a job draws an export from, and the corrections in it (`exportCorrections`). */
export const exportInputPrefix = (caseId: string, runId: string, exportId: string): string => `${exportPrefix(caseId, runId, exportId)}input/`;
export const exportCorrectionsKey = (caseId: string, runId: string, exportId: string): string =>
  `${exportInputPrefix(caseId, runId, exportId)}corrections.json`;

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

/** Everything that lies in the raw and in the processed bucket for one case: a key of a case must begin with one of these, or its deletion would miss it. */
export const casePrefixes = (caseId: string): { raw: string[]; processed: string[] } => ({
  raw: [`${rawVideosPrefix}${caseId}/`],
  processed: ["processed-videos", "screened-pictures", "converted-videos", "analysis-results", "processed-metadata", "exports", "annotations"].map(
    (area) => `${area}/${caseId}/`,
  ),
});

/**
 * Dataset versions ({@link file://./dataset-version.ts}), in the datasets bucket. What training jobs read is below `datasets/`; the
 * plans, which say whom a pseudonym stands for, are not.
 */
export const datasetsPrefix = "datasets/";
export const datasetVersionPrefix = (name: string, version: string): string => `${datasetsPrefix}${name}/v${version}/`;
export const datasetManifestKey = (name: string, version: string): string => `${datasetVersionPrefix(name, version)}manifest.json`;
/** Relative to the version's prefix. */
export const datasetAnnotationsFile = (pseudonym: string): string => `annotations/${pseudonym}.jsonl`;
export const datasetFramesFolder = (pseudonym: string): string => `frames/${pseudonym}/`;
export const datasetFrameFile = (pseudonym: string, frame: number): string => `${datasetFramesFolder(pseudonym)}${String(frame).padStart(8, "0")}.jpg`;

export const datasetPlansPrefix = "dataset-plans/";
export const datasetPlanPrefix = (name: string, version: string): string => `${datasetPlansPrefix}${name}/v${version}/`;
export const datasetPlanKey = (name: string, version: string): string => `${datasetPlanPrefix(name, version)}plan.json`;
/** Which frames are taken of a case, what the job says of those that it took, and what the case counts. */
export const datasetPicksPrefix = (name: string, version: string, pseudonym: string): string => `${datasetPlanPrefix(name, version)}picks/${pseudonym}/`;
export const datasetPicksKey = (name: string, version: string, pseudonym: string): string => `${datasetPicksPrefix(name, version, pseudonym)}picks.json`;
export const datasetExtractedPrefix = (name: string, version: string, pseudonym: string): string =>
  `${datasetPlanPrefix(name, version)}extracted/${pseudonym}/`;
export const datasetExtractedKey = (name: string, version: string, pseudonym: string): string =>
  `${datasetExtractedPrefix(name, version, pseudonym)}extracted.jsonl`;
export const datasetCaseKey = (name: string, version: string, pseudonym: string): string => `${datasetPlanPrefix(name, version)}cases/${pseudonym}.json`;

/** Marks that a version was planned with a case: how its deletion finds out where frames of it stay. */
export const datasetCasesPrefix = "dataset-cases/";
export const datasetsOfCasePrefix = (caseId: string): string => `${datasetCasesPrefix}${caseId}/`;
export const datasetOfCaseKey = (caseId: string, name: string, version: string): string => `${datasetsOfCasePrefix(caseId)}${name}@${version}`;

/** Reads a key below {@link datasetPlansPrefix} or {@link datasetsPrefix}; undefined for any other key. */
export function parseDatasetKey(key: string): { name: string; version: string } | undefined {
  const match = /^(?:datasets|dataset-plans)\/([a-z][a-z0-9-]{1,39})\/v(\d+\.\d+\.\d+)\//.exec(key);
  return match ? { name: match[1] as string, version: match[2] as string } : undefined;
}

/**
 * What is watched of networks ({@link file://./drift.ts}), in the processed bucket. A network's version is known by the digest of its
 * weights. Nothing below it names a case.
 */
export const driftPrefix = "drift/";
export const modelDriftPrefix = (model: string, digest: string): string => `${driftPrefix}${model}/${digest}/`;
export const driftBaselineKey = (model: string, digest: string): string => `${modelDriftPrefix(model, digest)}baseline.json`;
/** Reports sort by time. */
export const driftReportsPrefix = (model: string, digest: string): string => `${modelDriftPrefix(model, digest)}reports/`;
export const driftReportKey = (model: string, digest: string, measuredAt: string): string =>
  `${driftReportsPrefix(model, digest)}${measuredAt.replace(/\.\d+Z$/, "Z").replaceAll(/[-:]/g, "")}.json`;
export const qualityReportsPrefix = (model: string, digest: string): string => `${modelDriftPrefix(model, digest)}quality/`;
export const qualityReportKey = (model: string, digest: string, measuredAt: string): string =>
  `${qualityReportsPrefix(model, digest)}${measuredAt.replace(/\.\d+Z$/, "Z").replaceAll(/[-:]/g, "")}.json`;
/** One open episode of a kind at a time: `reason` is what it is about. */
export const driftEpisodeKey = (model: string, digest: string, reason: string): string => `${modelDriftPrefix(model, digest)}episodes/${reason}.json`;

/** Whose turn it is to learn, of all that want a network to ({@link file://./retraining.ts}). */
export const retrainingTurnKey = (model: string): string => `${driftPrefix}${model}/retraining.json`;

/** What came of an experiment ({@link file://./experiments.ts}), in the models bucket, where training jobs write. */
export const experimentsPrefix = "training/experiments/";
export const experimentPrefix = (batch: string, id: string): string => `${experimentsPrefix}${batch}/${id}/`;

/** The audit record of a deleted case ({@link file://./case-deletion.ts}), in the bucket of records. */
export const deletionRecordKey = (caseId: string): string => `deletions/${caseId}.json`;

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
