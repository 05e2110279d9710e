import { createHash } from "node:crypto";
import { z } from "zod";
import { type AnalysisRequest, analysisRequest } from "../../../contracts/case.ts";
import { parseSourceKey } from "../../../contracts/keys.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { objectScanned, type ScanResult, scanRefusal } from "../../runtime/malware-scan.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { StartAfter } from "../../runtime/start-after.ts";

/** The part we use of S3's `Object Created` event as EventBridge delivers it: its key is not URL-encoded, unlike in S3's own notifications. */
const objectCreated = z.object({
  time: z.iso.datetime(),
  source: z.literal("aws.s3"),
  "detail-type": z.literal("Object Created"),
  detail: z.object({
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({ key: z.string().min(1), size: z.int().nonnegative(), "version-id": z.string().min(1).optional() }),
  }),
});

/** One version of an uploaded video. */
export interface Source {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

/** Why a video must not be analysed, and what becomes of its case. */
export interface Refusal {
  readonly status: "REJECTED" | "QUARANTINED";
  readonly reason: string;
}

/** What a message tells of. `bytes` is undefined where it doesn't say. */
export interface Arrival {
  readonly caseId: string;
  readonly uploadId: string;
  readonly source: Source;
  readonly bytes: number | undefined;
  /** When it happened. */
  readonly at: Date;
  readonly refusal: Refusal | undefined;
}

/** Name of the run: see `runId` in the contracts. Lists are hashed as JSON, so no two of them run into one another. */
export const runIdOf = (bucket: string, key: string, versionId: string | undefined, pipelineVersion: string, attempt = 0): string =>
  createHash("sha256")
    .update(JSON.stringify([bucket, key, versionId ?? null, pipelineVersion, ...(attempt === 0 ? [] : [attempt])]))
    .digest("hex")
    .slice(0, 40);

/** Anything but a clean result keeps the video from being opened. */
function refusalOf(result: ScanResult): Refusal | undefined {
  const refusal = scanRefusal("video", result);
  return refusal && { status: refusal.isBad ? "REJECTED" : "QUARANTINED", reason: refusal.reason };
}

/**
 * What a message about a video tells of. Throws InvalidInput for anything but what analyses start after here; the message names no
 * key, since keys of others may hold anything.
 */
export function arrivalOf(event: unknown, startAfter: StartAfter): Arrival {
  const { source, ...rest } = startAfter === "upload" ? uploaded(event) : scanned(event);
  const owner = parseSourceKey(source.key);
  if (!owner) throw new InvalidInput("The object's key isn't raw-videos/{caseId}/{uploadId}/source, so it belongs to no case.");
  return { ...owner, source, ...rest };
}

type Told = Pick<Arrival, "source" | "bytes" | "at" | "refusal">;

function uploaded(event: unknown): Told {
  const { time, detail } = parseInput(objectCreated, event);
  const { bucket, object } = detail;
  return { at: new Date(time), source: { bucket: bucket.name, key: object.key, versionId: object["version-id"] }, bytes: object.size, refusal: undefined };
}

function scanned(event: unknown): Told {
  const { time, detail } = parseInput(objectScanned, event);
  const { s3ObjectDetails: object, scanResultDetails } = detail;
  const source = { bucket: object.bucketName, key: object.objectKey, versionId: object.versionId ?? undefined };
  return { at: new Date(time), source, bytes: undefined, refusal: refusalOf(scanResultDetails) };
}

/** The analysis of a video of so many bytes. */
export function requestOf(
  { caseId, uploadId, source }: Pick<Arrival, "caseId" | "uploadId" | "source">,
  bytes: number,
  pipelineVersion: string,
): AnalysisRequest {
  const { bucket, key, versionId } = source;
  return parseInput(analysisRequest, {
    caseId,
    uploadId,
    runId: runIdOf(bucket, key, versionId, pipelineVersion),
    source: { bucket, key, ...(versionId === undefined ? {} : { versionId }), bytes },
  });
}
