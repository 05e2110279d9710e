import { randomBytes } from "node:crypto";
import { open, stat } from "node:fs/promises";
import * as sdk from "@aws-sdk/client-mediaconvert";
import { MediaError } from "../../media/ffmpeg.ts";
import { probeFile } from "../../media/probe.ts";
import { type Call, type Caller, type OperationService, ServiceError } from "../../wire/service.ts";
import { type Job, JobError, type Jobs, openJobs } from "../jobs/jobs.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import { assertImplemented } from "../jobs/request.ts";
import type { ObjectFile } from "../seams.ts";
import { probeResult } from "./probe-result.ts";
import { parseJobSettings } from "./settings.ts";
import { type Transcoded, transcode } from "./transcode.ts";

const principal = "mediaconvert.amazonaws.com";
/** How long CreateJob remembers a client request token. (SDK documentation of CreateJob) */
const tokenLifetimeMs = 60_000;

/**
 * Error numbers of failed jobs. 1999 is MediaConvert's "unknown error"; for the others MediaConvert knows many more,
 * finer ones, so nothing should hang on them but whether the input, the output or the work failed.
 */
const errorCodes = { inputForbidden: 1401, inputMissing: 1404, inputUnreadable: 1040, outputFailed: 3450, internal: 1999 } as const;

export interface MediaConvert {
  readonly service: OperationService;
  /** Makes a queue known; jobs may go to it. The queue `Default` is always there. */
  putQueue(queue: { readonly arn: string; readonly name: string }): void;
  /** For tests and `Faults`: the jobs themselves. A fault matches a job by its first output destination. */
  readonly jobs: Jobs<sdk.CreateJobRequest, Transcoded["details"]>;
  start(): void;
  close(): Promise<void>;
}

type TranscodingJob = Job<sdk.CreateJobRequest, Transcoded["details"]>;

const parseUri = (uri: string): { bucket: string; key: string } => {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri);
  if (!match) throw new ServiceError("BadRequestException", `"${uri}" is not s3://bucket/key.`);
  return { bucket: match[1] as string, key: match[2] as string };
};

/** The first settings' destination: the nearest thing to a name that a job has. */
const destinationName = (request: sdk.CreateJobRequest): string => {
  const group = request.Settings?.OutputGroups?.[0]?.OutputGroupSettings;
  return group?.HlsGroupSettings?.Destination ?? group?.FileGroupSettings?.Destination ?? "";
};

/** MediaConvert on ffmpeg: CreateJob, GetJob, CancelJob, ListJobs and Probe. Which settings work is in `settings.ts`. */
export function createMediaConvert(options: JobServiceOptions): MediaConvert {
  const { store, authorizer, tools } = options;
  const arn = (resource: string): string => `arn:aws:mediaconvert:${options.region}:${options.account}:${resource}`;
  const queues = new Set([arn("queues/Default")]);

  const jobs = openJobs<sdk.CreateJobRequest, Transcoded["details"]>({
    service: "mediaconvert",
    ...options,
    nameOf: (job) => destinationName(job.request),
    async run({ request }, { signal, folder, progress }) {
      const role = authorizer.assume(principal, request.Role as string);
      const settings = parseJobSettings(request.Settings);
      const transcoded = await transcode(tools, settings, { folder, signal, progress, fileOf: (uri) => inputFile(role, uri) }).catch((error: unknown) => {
        throw error instanceof MediaError ? new JobError(error.message, { code: errorCodes.inputUnreadable }) : error;
      });
      await storeOutputs(role, transcoded);
      return transcoded.details;
    },
  });

  async function inputFile(role: Caller, uri: string): Promise<string> {
    const { bucket, key } = parseUri(uri);
    try {
      return (await store.file(role, bucket, key)).path;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const code = error.status === 404 ? errorCodes.inputMissing : errorCodes.inputForbidden;
      throw new JobError(`Unable to open input file [${uri}]: ${error.message}`, { code });
    }
  }

  async function storeOutputs(role: Caller, { files }: Transcoded): Promise<void> {
    for (const { path, bucket, key, contentType, kmsKeyArn } of files) {
      await store.put(role, bucket, key, { path }, { contentType, kmsKeyArn }).catch((error: unknown) => {
        if (!(error instanceof ServiceError)) throw error;
        throw new JobError(`Unable to write to output file [s3://${bucket}/${key}]: ${error.message}`, { code: errorCodes.outputFailed });
      });
    }
  }

  const statuses = { QUEUED: "SUBMITTED", RUNNING: "PROGRESSING", STOPPING: "CANCELED", STOPPED: "CANCELED", SUCCEEDED: "COMPLETE", FAILED: "ERROR" } as const;
  const describe = (job: TranscodingJob): sdk.Job => {
    const { request } = job;
    const failed = job.failure && { ErrorCode: job.failure.code ?? errorCodes.internal, ErrorMessage: job.failure.message };
    return {
      Arn: arn(`jobs/${job.id}`),
      Id: job.id,
      Status: statuses[job.state],
      ...(job.state === "RUNNING" || job.state === "SUCCEEDED" ? { JobPercentComplete: jobs.percent(job.id) } : {}),
      ...(job.state === "RUNNING" ? { CurrentPhase: "TRANSCODING" } : {}),
      CreatedAt: new Date(job.createdAt),
      Timing: {
        SubmitTime: new Date(job.createdAt),
        ...(job.startedAt === undefined ? {} : { StartTime: new Date(job.startedAt) }),
        ...(job.endedAt === undefined ? {} : { FinishTime: new Date(job.endedAt) }),
      },
      Queue: queueArn(request.Queue),
      Role: request.Role,
      Settings: request.Settings,
      ...(request.UserMetadata ? { UserMetadata: request.UserMetadata } : {}),
      ...(job.token === undefined ? {} : { ClientRequestToken: job.token }),
      ...(job.result ? { OutputGroupDetails: job.result.map(({ OutputDetails }) => ({ OutputDetails: [...OutputDetails] })) } : {}),
      ...failed,
    };
  };
  const queueArn = (queue: string | undefined): string =>
    queue === undefined ? arn("queues/Default") : queue.startsWith("arn:") ? queue : arn(`queues/${queue}`);
  const jobOf = (id: string | undefined): TranscodingJob => {
    const job = jobs.get(id ?? "");
    if (!job) throw new ServiceError("NotFoundException", `The job "${id}" does not exist.`, 404);
    return job;
  };

  async function createJob(input: sdk.CreateJobRequest, call: Call): Promise<sdk.CreateJobResponse> {
    const queue = queueArn(input.Queue);
    call.authorize("mediaconvert:CreateJob", queue);
    assertImplemented("CreateJob", input, [
      "Role",
      "Queue",
      "Settings",
      "ClientRequestToken",
      "UserMetadata",
      "AccelerationSettings",
      "StatusUpdateInterval",
      "Priority",
    ]);
    if (!input.Role) throw new ServiceError("BadRequestException", "Role is missing.");
    if (!queues.has(queue)) throw new ServiceError("NotFoundException", `The queue "${queue}" does not exist.`, 404);
    if ((input.AccelerationSettings?.Mode ?? "DISABLED") !== "DISABLED") {
      throw new ServiceError(
        "BadRequestException",
        `AccelerationSettings.Mode is "${input.AccelerationSettings?.Mode}"; the local cloud implements "DISABLED".`,
      );
    }
    if ((input.Priority ?? 0) !== 0) throw new ServiceError("BadRequestException", `Priority is ${input.Priority}; the local cloud implements 0.`);
    call.authorize("iam:PassRole", input.Role, { "iam:PassedToService": principal });
    parseJobSettings(input.Settings);
    const repeated = input.ClientRequestToken === undefined ? undefined : jobs.byToken(input.ClientRequestToken);
    if (repeated && Date.now() - repeated.createdAt < tokenLifetimeMs) {
      if (JSON.stringify(repeated.request) !== JSON.stringify(input)) {
        throw new ServiceError("ConflictException", `ClientRequestToken "${input.ClientRequestToken}" was used for another job within the last minute.`, 409);
      }
      return { Job: describe(repeated) };
    }
    const id = `${Date.now()}-${randomBytes(3).toString("hex")}`;
    return { Job: describe(jobs.submit(id, input, input.ClientRequestToken)) };
  }

  async function probe(input: sdk.ProbeRequest, call: Call): Promise<sdk.ProbeResponse> {
    call.authorize("mediaconvert:Probe", "*");
    const uris = (input.InputFiles ?? []).map((file) => file.FileUrl ?? "");
    if (uris.length !== 1) throw new ServiceError("BadRequestException", `InputFiles holds ${uris.length} files; Probe takes one.`);
    const { bucket, key } = parseUri(uris[0] as string);
    const file = await store.file(call.caller, bucket, key).catch((error: unknown) => {
      if (!(error instanceof ServiceError)) throw error;
      const code = error.status === 404 ? "NotFoundException" : error.status === 403 ? "ForbiddenException" : "BadRequestException";
      throw new ServiceError(code, `Probe can't open "${uris[0]}": ${error.message}`, error.status);
    });
    return { ProbeResults: [await probeObject(file)] };
  }

  async function probeObject(file: ObjectFile): Promise<sdk.ProbeResult> {
    const probed = await probeFile(tools, file.path).catch((error: unknown) => {
      if (!(error instanceof MediaError)) throw error;
      throw new ServiceError(
        "BadRequestException",
        `The file can't be read as media: it is empty, damaged, cut off, or in a format that MediaConvert doesn't read. (${error.message})`,
      );
    });
    await using handle = await open(file.path);
    const { buffer } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    return probeResult(probed, buffer, { etag: file.etag, bytes: file.bytes, contentType: file.contentType, modified: (await stat(file.path)).mtime });
  }

  const service: OperationService = {
    kind: "operations",
    signingName: "mediaconvert",
    sdk,
    operations: {
      CreateJob: createJob,
      Probe: probe,
      async GetJob(input: sdk.GetJobRequest, call) {
        call.authorize("mediaconvert:GetJob", arn(`jobs/${input.Id}`));
        return { Job: describe(jobOf(input.Id)) };
      },
      async CancelJob(input: sdk.CancelJobRequest, call) {
        call.authorize("mediaconvert:CancelJob", arn(`jobs/${input.Id}`));
        const job = jobOf(input.Id);
        if (job.endedAt !== undefined) throw new ServiceError("ConflictException", `The job "${job.id}" has ended: it is ${statuses[job.state]}.`, 409);
        jobs.stop(job.id);
        return {};
      },
      async ListJobs(input: sdk.ListJobsRequest, call) {
        call.authorize("mediaconvert:ListJobs", input.Queue === undefined ? "*" : queueArn(input.Queue));
        assertImplemented("ListJobs", input, ["MaxResults", "NextToken", "Order", "Queue", "Status"]);
        const found = jobs
          .list()
          .map(describe)
          .filter((job) => (input.Status === undefined || job.Status === input.Status) && (input.Queue === undefined || job.Queue === queueArn(input.Queue)));
        if (input.Order !== "ASCENDING") found.reverse();
        const start = Number(input.NextToken ?? 0);
        const end = start + (input.MaxResults ?? 20);
        return { Jobs: found.slice(start, end), ...(end < found.length ? { NextToken: String(end) } : {}) };
      },
    },
  };

  return { service, jobs, putQueue: (queue) => void queues.add(queue.arn), start: jobs.start, close: jobs.close };
}
