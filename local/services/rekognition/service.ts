import { join } from "node:path";
import * as sdk from "@aws-sdk/client-rekognition";
import sharp from "sharp";
import type { MediaTools } from "../../media/tools.ts";
import { type Call, notImplemented, type OperationService, ServiceError } from "../../wire/service.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { assertImplemented } from "../jobs/request.ts";
import type { Slots } from "../jobs/slots.ts";
import type { Faults, Log, ObjectStore } from "../seams.ts";
import { type DetectedLabels, detectLabels, labelFaults, labelMembers, labelModelVersion, spansOf, timestampsOf } from "./detect-labels.ts";
import { type Detected, detectSegments, segmentFaults, segmentMembers } from "./detect-segments.ts";
import { createTextReader } from "./read-text.ts";
import { createVideoJobs, pageOf, type VideoRequest } from "./video-jobs.ts";

/** Jobs that may be open at once in an account. (Service quota L-A6079699) */
const mostOpenJobs = 20;
const modelVersion = "2.0";
const textModelVersion = "3.0";
/** A picture in S3 may have so many bytes. (Rekognition Developer Guide, "Guidelines and quotas") */
const largestImageBytes = 15 * 1024 ** 2;
/** Percent from which a word counts where a request names none. (SDK documentation of `DetectionFilter.MinConfidence`) */
const defaultConfidence = 80;

export interface RekognitionOptions {
  /** Folder of the service's own. */
  readonly folder: string;
  readonly tools: MediaTools;
  readonly store: ObjectStore;
  readonly slots: Slots;
  readonly faults: Faults;
  readonly log: Log;
}

export interface Rekognition {
  readonly service: OperationService;
  /** For tests and `Faults`: the jobs themselves. A fault matches a job by its JobTag, or its object's key without one. */
  readonly jobs: Jobs<VideoRequest<sdk.StartSegmentDetectionRequest>, Detected>;
  readonly labelJobs: Jobs<VideoRequest<sdk.StartLabelDetectionRequest>, DetectedLabels>;
  start(): void;
  close(): Promise<void>;
}

const invalid = (message: string): ServiceError => new ServiceError("InvalidParameterException", message);

/** Rekognition on ffmpeg's scdet and blackframe, the colours of pictures, and Tesseract: segments, labels and text. */
export function createRekognition(options: RekognitionOptions): Rekognition {
  const { folder, store, faults } = options;
  const reader = createTextReader();
  const segments = createVideoJobs({ ...options, folder, kind: "Segment", check: segmentFaults, members: segmentMembers, detect: detectSegments, isFull });
  const labels = createVideoJobs({
    ...options,
    folder: join(folder, "labels"),
    ...{ kind: "Label", check: labelFaults, members: labelMembers, detect: detectLabels, isFull },
  });
  /** The quota is the account's, whatever the jobs look for. */
  function isFull(): void {
    const open = [...segments.jobs.list(), ...labels.jobs.list()].filter((job) => job.endedAt === undefined).length;
    if (open >= mostOpenJobs) throw new ServiceError("LimitExceededException", `The account has ${open} open jobs; at most ${mostOpenJobs} are allowed.`);
  }

  async function getSegments(input: sdk.GetSegmentDetectionRequest, call: Call): Promise<sdk.GetSegmentDetectionResponse> {
    const { job, common } = segments.find(input, call);
    const { SegmentTypes = [] } = job.request.input;
    const selected = { SelectedSegmentTypes: SegmentTypes.map((Type) => ({ Type, ModelVersion: modelVersion })) };
    if (job.result === undefined) return { ...common, ...selected };
    const { items, NextToken } = pageOf(job.id, job.result.segments, input);
    return { ...common, ...selected, VideoMetadata: [job.result.video], AudioMetadata: [], Segments: items, ...(NextToken !== undefined && { NextToken }) };
  }

  async function getLabels(input: sdk.GetLabelDetectionRequest, call: Call): Promise<sdk.GetLabelDetectionResponse> {
    const { job, common } = labels.find(input, call);
    if (input.SortBy === "NAME") throw notImplemented("GetLabelDetection.SortBy NAME");
    const AggregateBy = input.AggregateBy ?? "TIMESTAMPS";
    const told = { ...common, GetRequestMetadata: { SortBy: "TIMESTAMP" as const, AggregateBy } };
    if (job.result === undefined) return told;
    const all = AggregateBy === "SEGMENTS" ? spansOf(job.result) : timestampsOf(job.result);
    // A token goes on with the same list only.
    const { items, NextToken } = pageOf(`${job.id}-${AggregateBy}`, all, input);
    return { ...told, VideoMetadata: job.result.video, LabelModelVersion: labelModelVersion, Labels: items, ...(NextToken !== undefined && { NextToken }) };
  }

  async function detectText(input: sdk.DetectTextRequest, call: Call): Promise<sdk.DetectTextResponse> {
    call.authorize("rekognition:DetectText", "*");
    assertImplemented("DetectText", input, ["Image"]);
    const { Bucket, Name, Version } = input.Image?.S3Object ?? {};
    if (input.Image?.Bytes !== undefined || !Bucket || !Name)
      throw invalid("Image must have S3Object with Bucket and Name; the local cloud takes no pictures inside a request.");
    const { path, bytes } = await store.file(call.caller, Bucket, Name, Version).catch((error: unknown) => {
      if (!(error instanceof ServiceError)) throw error;
      throw new ServiceError("InvalidS3ObjectException", `Unable to get object metadata from S3: s3://${Bucket}/${Name}. ${error.message}`);
    });
    if (bytes > largestImageBytes) throw new ServiceError("ImageTooLargeException", `The picture has ${bytes} bytes; at most ${largestImageBytes} are read.`);
    const { format, width, height } = await sharp(path)
      .metadata()
      .catch(() => ({ format: undefined, width: 0, height: 0 }));
    if (format !== "jpeg" && format !== "png") throw new ServiceError("InvalidImageFormatException", "The picture is neither a JPEG nor a PNG.");
    const fault = faults.take("rekognition", Name);
    if (fault !== undefined) throw new ServiceError("InternalServerError", fault, 500);
    return { TextDetections: await reader.read(path, { width, height }, defaultConfidence), TextModelVersion: textModelVersion };
  }

  const service: OperationService = {
    kind: "operations",
    signingName: "rekognition",
    sdk,
    operations: {
      StartSegmentDetection: segments.begin,
      GetSegmentDetection: getSegments,
      StartLabelDetection: labels.begin,
      GetLabelDetection: getLabels,
      DetectText: detectText,
    },
  };
  return {
    service,
    jobs: segments.jobs,
    labelJobs: labels.jobs,
    start() {
      segments.jobs.start();
      labels.jobs.start();
    },
    async close() {
      await Promise.all([segments.jobs.close(), labels.jobs.close()]);
      await reader.close();
    },
  };
}
