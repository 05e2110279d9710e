import { createHash, randomBytes } from "node:crypto";
import * as sdk from "@aws-sdk/client-rekognition";
import sharp from "sharp";
import { MediaError } from "../../media/ffmpeg.ts";
import type { MediaTools } from "../../media/tools.ts";
import { type Call, type OperationService, ServiceError } from "../../wire/service.ts";
import { type Job, type Jobs, openJobs } from "../jobs/jobs.ts";
import { assertImplemented } from "../jobs/request.ts";
import type { Slots } from "../jobs/slots.ts";
import type { Faults, Log, ObjectStore } from "../seams.ts";
import { type Detected, detectSegments, largestBytes } from "./detect-segments.ts";
import { createTextReader } from "./read-text.ts";

/** Jobs that may be open at once in an account. (Service quota L-A6079699) */
const mostOpenJobs = 20;
const largestPage = 1000;
const modelVersion = "2.0";
const textModelVersion = "3.0";
/** A picture in S3 may have so many bytes. (Rekognition Developer Guide, "Guidelines and quotas") */
const largestImageBytes = 15 * 1024 ** 2;
/** Percent from which a word counts where a request names none. (SDK documentation of `DetectionFilter.MinConfidence`) */
const defaultConfidence = 80;

interface Request {
  readonly input: sdk.StartSegmentDetectionRequest;
  /** Whose permissions the video is read with. */
  readonly callerArn: string;
}

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
  readonly jobs: Jobs<Request, Detected>;
  start(): void;
  close(): Promise<void>;
}

const invalid = (message: string): ServiceError => new ServiceError("InvalidParameterException", message);

/** The video's place, of a request that {@link check} passed. */
const objectOf = ({ Video }: sdk.StartSegmentDetectionRequest): { Bucket: string; Name: string; Version: string | undefined } => {
  const { Bucket = "", Name = "", Version } = Video?.S3Object ?? {};
  return { Bucket, Name, Version };
};

/** Everything that is wrong with a request, at once. */
function check(input: sdk.StartSegmentDetectionRequest): void {
  assertImplemented("StartSegmentDetection", input, ["Video", "ClientRequestToken", "JobTag", "Filters", "SegmentTypes"]);
  const problems: string[] = [];
  const { Bucket, Name } = input.Video?.S3Object ?? {};
  if (!Bucket || !Name) problems.push("Video.S3Object must have Bucket and Name.");
  const types = input.SegmentTypes ?? [];
  if (types.length === 0) problems.push("SegmentTypes must hold SHOT, TECHNICAL_CUE or both.");
  for (const type of types)
    if (type !== "SHOT" && type !== "TECHNICAL_CUE") problems.push(`SegmentTypes holds "${type}", which is neither SHOT nor TECHNICAL_CUE.`);
  if (new Set(types).size < types.length) problems.push("SegmentTypes holds a type twice.");
  for (const name of ["ClientRequestToken", "JobTag"] as const) {
    const value = input[name];
    if (value !== undefined && !/^[a-zA-Z0-9_.\-:]{1,256}$/.test(value))
      problems.push(`${name} is "${value}"; it must be letters, digits, "_", ".", "-" and ":".`);
  }
  if ((input.ClientRequestToken?.length ?? 0) > 64)
    problems.push(`ClientRequestToken has ${input.ClientRequestToken?.length} characters; at most 64 are allowed.`);
  const { ShotFilter, TechnicalCueFilter } = input.Filters ?? {};
  const ranges: [string, number | undefined, number, number][] = [
    ["Filters.ShotFilter.MinSegmentConfidence", ShotFilter?.MinSegmentConfidence, 50, 100],
    ["Filters.TechnicalCueFilter.MinSegmentConfidence", TechnicalCueFilter?.MinSegmentConfidence, 50, 100],
    ["Filters.TechnicalCueFilter.BlackFrame.MaxPixelThreshold", TechnicalCueFilter?.BlackFrame?.MaxPixelThreshold, 0, 1],
    ["Filters.TechnicalCueFilter.BlackFrame.MinCoveragePercentage", TechnicalCueFilter?.BlackFrame?.MinCoveragePercentage, 0, 100],
  ];
  for (const [path, value, low, high] of ranges) {
    if (value !== undefined && !(value >= low && value <= high)) problems.push(`${path} is ${value}; it must be ${low} to ${high}.`);
  }
  if (problems.length > 0) throw invalid(problems.join(" "));
}

/** Rekognition's segment detection on ffmpeg's scdet and blackframe: StartSegmentDetection and GetSegmentDetection. */
export function createRekognition(options: RekognitionOptions): Rekognition {
  const { store, tools, faults } = options;
  const reader = createTextReader();
  const jobs = openJobs<Request, Detected>({
    service: "rekognition",
    ...options,
    nameOf: ({ request }) => request.input.JobTag ?? request.input.Video?.S3Object?.Name ?? "",
    async run({ request: { input, callerArn } }, { signal, progress }) {
      const { Bucket, Name, Version } = objectOf(input);
      const { path } = await store.file({ arn: callerArn }, Bucket, Name, Version);
      return detectSegments(tools, path, input, { signal, progress }).catch((error: unknown) => {
        throw error instanceof MediaError ? new Error(`The video can't be read: ${error.message}`) : error;
      });
    },
  });

  async function start(input: sdk.StartSegmentDetectionRequest, call: Call): Promise<sdk.StartSegmentDetectionResponse> {
    call.authorize("rekognition:StartSegmentDetection", "*");
    check(input);
    const token = input.ClientRequestToken;
    const repeated = token === undefined ? undefined : jobs.byToken(token);
    if (repeated) {
      if (JSON.stringify(repeated.request.input) === JSON.stringify(input)) return { JobId: repeated.id };
      throw new ServiceError("IdempotentParameterMismatchException", `ClientRequestToken "${token}" was used with other parameters.`);
    }
    const { Bucket, Name, Version } = objectOf(input);
    const { bytes } = await store.file(call.caller, Bucket, Name, Version).catch((error: unknown) => {
      if (!(error instanceof ServiceError)) throw error;
      throw new ServiceError("InvalidS3ObjectException", `Unable to get object metadata from S3: s3://${Bucket}/${Name}. ${error.message}`);
    });
    if (bytes > largestBytes) throw new ServiceError("VideoTooLargeException", `The video has ${bytes} bytes; at most ${largestBytes} are analysed.`);
    const open = jobs.list().filter((job) => job.endedAt === undefined).length;
    if (open >= mostOpenJobs) throw new ServiceError("LimitExceededException", `The account has ${open} open jobs; at most ${mostOpenJobs} are allowed.`);
    const id = createHash("sha256").update(randomBytes(32)).digest("hex");
    return { JobId: jobs.submit(id, { input, callerArn: call.caller.arn }, token).id };
  }

  async function get(input: sdk.GetSegmentDetectionRequest, call: Call): Promise<sdk.GetSegmentDetectionResponse> {
    call.authorize("rekognition:GetSegmentDetection", "*");
    const job = jobs.get(input.JobId ?? "");
    if (!job) throw new ServiceError("ResourceNotFoundException", `There is no job "${input.JobId}".`);
    const { Video, JobTag, SegmentTypes } = job.request.input;
    const common = {
      JobId: job.id,
      Video,
      ...(JobTag === undefined ? {} : { JobTag }),
      SelectedSegmentTypes: (SegmentTypes ?? []).map((Type) => ({ Type, ModelVersion: modelVersion })),
    };
    if (job.state === "FAILED") return { ...common, JobStatus: "FAILED", StatusMessage: job.failure?.message };
    if (job.result === undefined) return { ...common, JobStatus: "IN_PROGRESS" };
    return { ...common, JobStatus: "SUCCEEDED", VideoMetadata: [job.result.video], AudioMetadata: [], ...page(job, job.result, input) };
  }

  function page(
    job: Job<Request, Detected>,
    { segments }: Detected,
    input: sdk.GetSegmentDetectionRequest,
  ): Pick<sdk.GetSegmentDetectionResponse, "Segments" | "NextToken"> {
    const size = input.MaxResults ?? largestPage;
    if (size < 1) throw invalid(`MaxResults is ${size}; it must be at least 1.`);
    const [owner, offset] = input.NextToken === undefined ? [job.id, "0"] : Buffer.from(input.NextToken, "base64url").toString().split("/");
    const start = Number(offset);
    if (owner !== job.id || !Number.isInteger(start) || start < 0)
      throw new ServiceError("InvalidPaginationTokenException", "NextToken is not one that this job gave.");
    const end = start + Math.min(size, largestPage);
    return {
      Segments: segments.slice(start, end),
      ...(end < segments.length ? { NextToken: Buffer.from(`${job.id}/${end}`).toString("base64url") } : {}),
    };
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
    operations: { StartSegmentDetection: start, GetSegmentDetection: get, DetectText: detectText },
  };
  return {
    service,
    jobs,
    start: jobs.start,
    async close() {
      await jobs.close();
      await reader.close();
    },
  };
}
