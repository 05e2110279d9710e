import { z } from "zod";
import { parseDroppedImageKey } from "../../../contracts/keys.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { parseInput } from "../../runtime/parse.ts";

/** The part we use of S3's `Object Created` event as EventBridge delivers it: its key is not URL-encoded, unlike in S3's own notifications. */
const objectCreated = z.object({
  source: z.literal("aws.s3"),
  "detail-type": z.literal("Object Created"),
  detail: z.object({ bucket: z.object({ name: z.string().min(1) }), object: z.object({ key: z.string().min(1), size: z.int().nonnegative() }) }),
});

/** Largest image that is read, 32 MiB: an 8K frame as PNG is about that, and the function holds it in memory. */
const mostBytes = 32 * 2 ** 20;

/** An image that somebody put into the lake. */
export interface DroppedImage {
  readonly imageId: string;
  readonly bytes: number;
}

/** What a queue message tells of. Throws InvalidInput for anything else; the message names no key, since keys of others may hold anything. */
export function droppedImageOf(body: string, bucket: string): DroppedImage {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    throw new InvalidInput("The message isn't JSON.");
  }
  const { detail } = parseInput(objectCreated, event);
  const imageId = parseDroppedImageKey(detail.object.key);
  const faults = [
    ...(detail.bucket.name === bucket ? [] : ["The object isn't in the processed bucket."]),
    ...(imageId === undefined ? ["The object's key isn't images/input/{UUID in lower case}, so it can't be answered under the same id."] : []),
  ];
  if (imageId === undefined || faults.length > 0) throw new InvalidInput(...faults);
  return { imageId, bytes: detail.object.size };
}

/** Throws InvalidInput for an image that isn't even to be read. */
export function checkSize(bytes: number): void {
  if (bytes === 0) throw new InvalidInput("The image is empty.");
  if (bytes > mostBytes) throw new InvalidInput(`The image has ${bytes} bytes; at most ${mostBytes} are taken.`);
}
