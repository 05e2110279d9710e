import { createHash, randomBytes } from "node:crypto";
import type * as sdk from "@aws-sdk/client-rekognition";
import { MediaError } from "../../media/ffmpeg.ts";
import type { MediaTools } from "../../media/tools.ts";
import { type Call, ServiceError } from "../../wire/service.ts";
import { type Job, type Jobs, openJobs } from "../jobs/jobs.ts";
import { assertImplemented } from "../jobs/request.ts";
import type { Slots } from "../jobs/slots.ts";
import type { Faults, Log, ObjectStore } from "../seams.ts";
import { largestBytes } from "./detect-segments.ts";

/** What every Start operation on stored video takes. */
type VideoInput = Pick<sdk.StartSegmentDetectionRequest, "Video" | "ClientRequestToken" | "JobTag">;

export interface VideoRequest<Input> {
  readonly input: Input;
  /** Whose permissions the video is read with. */
  readonly callerArn: string;
}

export interface VideoJobsOptions<Input extends VideoInput, Found> {
  /** Folder of these jobs' own. */
  readonly folder: string;
  readonly tools: MediaTools;
  readonly store: ObjectStore;
  readonly slots: Slots;
  readonly faults: Faults;
  readonly log: Log;
  /** `StartSegmentDetection` starts a "Segment" job. */
  readonly kind: "Segment" | "Label";
  /** Members of a request, beside the video's, that are implemented. */
  readonly members: readonly string[];
  /** Everything that is wrong with these, at once. */
  readonly check: (input: Input) => string[];
  readonly detect: (tools: MediaTools, path: string, input: Input, options: { signal: AbortSignal; progress: (percent: number) => void }) => Promise<Found>;
  /** Throws a LimitExceededException if the account may open no more jobs. */
  readonly isFull: () => void;
}

export interface VideoJobs<Input, Found> {
  readonly jobs: Jobs<VideoRequest<Input>, Found>;
  /** The Start operation. */
  begin(input: Input, call: Call): Promise<{ JobId: string }>;
  /** The job that a Get operation asks for, and what is told of every job. */
  find(
    input: { JobId?: string | undefined },
    call: Call,
  ): { job: Job<VideoRequest<Input>, Found>; common: Pick<sdk.GetSegmentDetectionResponse, "JobId" | "Video" | "JobTag" | "JobStatus" | "StatusMessage"> };
}

const largestPage = 1000;

const invalid = (message: string): ServiceError => new ServiceError("InvalidParameterException", message);

/** One page of a job's answer; `owner` is what a token belongs to. */
export function pageOf<Item>(
  owner: string,
  items: readonly Item[],
  input: { MaxResults?: number | undefined; NextToken?: string | undefined },
): { items: Item[]; NextToken: string | undefined } {
  const size = input.MaxResults ?? largestPage;
  if (size < 1) throw invalid(`MaxResults is ${size}; it must be at least 1.`);
  const [of, offset] = input.NextToken === undefined ? [owner, "0"] : Buffer.from(input.NextToken, "base64url").toString().split("/");
  const start = Number(offset);
  if (of !== owner || !Number.isInteger(start) || start < 0)
    throw new ServiceError("InvalidPaginationTokenException", "NextToken is not one that this job gave.");
  const end = start + Math.min(size, largestPage);
  return { items: items.slice(start, end), NextToken: end < items.length ? Buffer.from(`${owner}/${end}`).toString("base64url") : undefined };
}

/** What is wrong with what every job over a stored video is asked with. */
function faultsOf({ Video, ...input }: VideoInput): string[] {
  const problems: string[] = [];
  const { Bucket, Name } = Video?.S3Object ?? {};
  if (!Bucket || !Name) problems.push("Video.S3Object must have Bucket and Name.");
  for (const name of ["ClientRequestToken", "JobTag"] as const) {
    const value = input[name];
    if (value !== undefined && !/^[a-zA-Z0-9_.\-:]{1,256}$/.test(value))
      problems.push(`${name} is "${value}"; it must be letters, digits, "_", ".", "-" and ":".`);
  }
  if ((input.ClientRequestToken?.length ?? 0) > 64)
    problems.push(`ClientRequestToken has ${input.ClientRequestToken?.length} characters; at most 64 are allowed.`);
  return problems;
}

/** The video's place, of a request that was checked. */
const objectOf = ({ Video }: VideoInput): { Bucket: string; Name: string; Version: string | undefined } => {
  const { Bucket = "", Name = "", Version } = Video?.S3Object ?? {};
  return { Bucket, Name, Version };
};

/** Jobs of one kind over stored videos. A fault matches a job by its JobTag, or its object's key without one. */
export function createVideoJobs<Input extends VideoInput, Found>(options: VideoJobsOptions<Input, Found>): VideoJobs<Input, Found> {
  const { store, tools, kind, members, check, detect, isFull } = options;
  const jobs = openJobs<VideoRequest<Input>, Found>({
    service: "rekognition",
    ...options,
    nameOf: ({ request }) => request.input.JobTag ?? request.input.Video?.S3Object?.Name ?? "",
    async run({ request: { input, callerArn } }, { signal, progress }) {
      const { Bucket, Name, Version } = objectOf(input);
      const { path } = await store.file({ arn: callerArn }, Bucket, Name, Version);
      return detect(tools, path, input, { signal, progress }).catch((error: unknown) => {
        throw error instanceof MediaError ? new Error(`The video can't be read: ${error.message}`) : error;
      });
    },
  });
  return {
    jobs,
    async begin(input, call) {
      call.authorize(`rekognition:Start${kind}Detection`, "*");
      assertImplemented(`Start${kind}Detection`, input, ["Video", "ClientRequestToken", "JobTag", ...members]);
      const problems = [...faultsOf(input), ...check(input)];
      if (problems.length > 0) throw invalid(problems.join(" "));
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
      isFull();
      const id = createHash("sha256").update(randomBytes(32)).digest("hex");
      return { JobId: jobs.submit(id, { input, callerArn: call.caller.arn }, token).id };
    },
    find(input, call) {
      call.authorize(`rekognition:Get${kind}Detection`, "*");
      const job = jobs.get(input.JobId ?? "");
      if (!job) throw new ServiceError("ResourceNotFoundException", `There is no job "${input.JobId}".`);
      const { Video, JobTag } = job.request.input;
      const common = { JobId: job.id, Video, ...(JobTag === undefined ? {} : { JobTag }) };
      if (job.state === "FAILED") return { job, common: { ...common, JobStatus: "FAILED", StatusMessage: job.failure?.message } };
      return { job, common: { ...common, JobStatus: job.result === undefined ? "IN_PROGRESS" : "SUCCEEDED" } };
    },
  };
}
