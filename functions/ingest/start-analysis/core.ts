import { createHash } from "node:crypto";
import { z } from "zod";
import { type AnalysisRequest, analysisRequest } from "../../../contracts/case.ts";
import { parseSourceKey } from "../../../contracts/keys.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { parseInput } from "../../runtime/parse.ts";

/** The part we use of S3's `Object Created` event as EventBridge delivers it: its key is not URL-encoded, unlike in S3's own notifications. */
const objectCreated = z.object({
  source: z.literal("aws.s3"),
  "detail-type": z.literal("Object Created"),
  detail: z.object({
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({ key: z.string().min(1), size: z.int().nonnegative(), "version-id": z.string().min(1).optional() }),
  }),
});

/** Name of the run: see `runId` in the contracts. Lists are hashed as JSON, so no two of them run into one another. */
export const runIdOf = (bucket: string, key: string, versionId: string | undefined, pipelineVersion: string): string =>
  createHash("sha256")
    .update(JSON.stringify([bucket, key, versionId ?? null, pipelineVersion]))
    .digest("hex")
    .slice(0, 40);

/** What a queue message asks for. Throws InvalidInput for anything but a new source video; the message names no key, since keys of others may hold anything. */
export function requestOf(body: string, pipelineVersion: string): AnalysisRequest {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    throw new InvalidInput("The message isn't JSON.");
  }
  const { bucket, object } = parseInput(objectCreated, event).detail;
  const owner = parseSourceKey(object.key);
  if (!owner) throw new InvalidInput("The object's key isn't raw-videos/{caseId}/{uploadId}/source, so it belongs to no case.");
  const versionId = object["version-id"];
  return parseInput(analysisRequest, {
    ...owner,
    runId: runIdOf(bucket.name, object.key, versionId, pipelineVersion),
    source: { bucket: bucket.name, key: object.key, ...(versionId === undefined ? {} : { versionId }), bytes: object.size },
  });
}
