import { createHash } from "node:crypto";
import { z } from "zod";
import { droppedImagesPrefix, parseDroppedImageKey } from "../../../contracts/keys.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { objectScanned, scanRefusal } from "../../runtime/malware-scan.ts";
import { parseInput } from "../../runtime/parse.ts";
import { eventOf } from "../../runtime/queue-batch.ts";
import type { StartAfter } from "../../runtime/start-after.ts";

const name = z.string().min(1);

/** The part we use of S3's `Object Created` event as EventBridge delivers it: its key is not URL-encoded, unlike in S3's own notifications. */
const objectCreated = z.object({
  source: z.literal("aws.s3"),
  "detail-type": z.literal("Object Created"),
  detail: z.object({ bucket: z.object({ name }), object: z.object({ key: name, size: z.int().nonnegative(), "version-id": name }) }),
});

/** Largest image that is read, 32 MiB: an 8K frame as PNG is about that, and the function holds it in memory. */
const mostBytes = 32 * 2 ** 20;

/** A version of an image that somebody put into the lake. */
export interface DroppedImage {
  /** Undefined of a key that is none. */
  readonly imageId: string | undefined;
  /** Whoever sent it finds the answer under this name: the image's id or, since another key may hold a name, the key's SHA-256. */
  readonly answerId: string;
  readonly key: string;
  readonly versionId: string;
  /** Undefined where the event doesn't say. */
  readonly bytes: number | undefined;
  /** Why it must not even be read: all that is known before. */
  readonly refusals: readonly string[];
}

/** What a queue message tells of. Throws InvalidInput for anything else; the message names no key, since keys of others may hold anything. */
export function droppedImageOf(body: string, bucket: string, startAfter: StartAfter): DroppedImage {
  const event = eventOf(body);
  const { bucket: of, refusal, ...object } = startAfter === "scan" ? scanned(event) : created(event);
  const faults = [
    ...(of === bucket ? [] : ["The object isn't in the processed bucket."]),
    ...(object.key.startsWith(droppedImagesPrefix) ? [] : [`The object isn't under ${droppedImagesPrefix}.`]),
  ];
  if (faults.length > 0) throw new InvalidInput(...faults);
  const imageId = parseDroppedImageKey(object.key);
  const misnamed = `The object's key isn't ${droppedImagesPrefix}{UUID in lower case}, so it isn't read: a key may not hold a name. Delete it.`;
  return {
    ...object,
    imageId,
    answerId: imageId ?? createHash("sha256").update(object.key).digest("hex"),
    refusals: [...(imageId === undefined ? [misnamed] : []), ...(refusal === undefined ? [] : [refusal])],
  };
}

function created(event: unknown) {
  const { bucket, object } = parseInput(objectCreated, event).detail;
  return { bucket: bucket.name, key: object.key, versionId: object["version-id"], bytes: object.size, refusal: undefined };
}

function scanned(event: unknown) {
  const { s3ObjectDetails: object, scanResultDetails } = parseInput(objectScanned, event).detail;
  const versionId = parseInput(name, object.versionId);
  return { bucket: object.bucketName, key: object.objectKey, versionId, bytes: undefined, refusal: scanRefusal("image", scanResultDetails)?.reason };
}

/** Throws InvalidInput for an image that isn't even to be read. */
export function checkSize(bytes: number): void {
  if (bytes === 0) throw new InvalidInput("The image is empty.");
  if (bytes > mostBytes) throw new InvalidInput(`The image has ${bytes} bytes; at most ${mostBytes} are taken.`);
}
