import { type ApiError, type ImagePrediction, problemOf } from "../../../contracts/api.ts";
import { imageAnswerKey } from "../../../contracts/keys.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { type ImageNetwork, predict } from "../../runtime/image-inference/predict.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { type BatchResponse, eachMessage } from "../../runtime/queue-batch.ts";
import type { StartAfter } from "../../runtime/start-after.ts";
import { checkSize, type DroppedImage, droppedImageOf } from "./core.ts";

export interface Deps {
  startAfter: StartAfter;
  lake: Pick<Lake, "bucket" | "putJson">;
  images: {
    /** Bytes of a version of an object, without opening it. */
    size(key: string, versionId: string): Promise<number>;
    /** That very version: a newer one may not be scanned yet. */
    read(key: string, versionId: string): Promise<Uint8Array>;
  };
  network: ImageNetwork;
}

/**
 * Queue messages, each about an image in the lake, to answers beside it: what the network sees, or all that is wrong with the
 * image. The same event again writes the same answer again. A message that can't be handled fails alone and ends in the
 * dead-letter queue. One after the other, because a decoded image may take a fifth of the function's memory.
 */
export const createHandler =
  (deps: Deps) =>
  (event: unknown): Promise<BatchResponse> =>
    eachMessage(event, "in turn", async ({ messageId, body }) => {
      const image = droppedImageOf(body, deps.lake.bucket, deps.startAfter);
      const answer = await answerTo(deps, image);
      await deps.lake.putJson(imageAnswerKey(image.answerId), answer);
      const { imageId } = image;
      log("image answered", { ...(imageId !== undefined && { imageId }), messageId, status: "reasons" in answer ? "refused" : "predicted" });
    });

/** Only what is wrong with the image itself is an answer: anything else may pass, and is tried again. */
async function answerTo({ images, network }: Deps, { key, versionId, bytes, refusals }: DroppedImage): Promise<ImagePrediction | ApiError> {
  if (refusals.length > 0) return problemOf(400, refusals);
  try {
    checkSize(bytes ?? (await images.size(key, versionId)));
    return await predict(network, await images.read(key, versionId));
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return problemOf(400, error.reasons);
  }
}
