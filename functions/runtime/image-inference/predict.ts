import { z } from "zod";
import type { ImagePrediction } from "../../../contracts/api.ts";
import type { Model } from "../../../contracts/model.ts";
import { sha256, unit } from "../../../contracts/primitives.ts";
import { parseStoredJson } from "../parse.ts";
import { fitImage, type Placement, toImage } from "./fit.ts";

/** A network that answers for single images, and the way to it. */
export interface ImageNetwork {
  model: Model;
  /** Sends packed RGB of exactly the network's input size; gives the endpoint's JSON. */
  invoke(pixels: Uint8Array): Promise<string>;
}

const box = z.tuple([z.int().nonnegative(), unit, z.int(), z.int(), z.int().positive(), z.int().positive()]);
/** The serving container's answer. Boxes are whole pixels of the network's input. */
const endpointAnswer = z.object({ model: z.string(), version: z.string(), digest: sha256, scores: z.array(unit).optional(), boxes: z.array(box).optional() });

/** What the network sees in an image. Throws InvalidInput for what is no image, BrokenContract for an answer that is none. */
export async function predict({ model, invoke }: ImageNetwork, image: Uint8Array): Promise<ImagePrediction> {
  const { pixels, placement } = await fitImage(image, model.input);
  return predictionOf(parseStoredJson(endpointAnswer, await invoke(pixels), "The endpoint's answer"), model, placement);
}

function predictionOf({ version, digest, scores, boxes }: z.infer<typeof endpointAnswer>, model: Model, placement: Placement): ImagePrediction {
  const named = (label: number) => model.labels[label] ?? `label ${label}`;
  const { width, height } = placement.image;
  return {
    model: model.id,
    version,
    digest,
    syntheticOnly: model.syntheticOnly,
    image: { width, height },
    scores: scores?.map((score, label) => ({ label: named(label), score })) ?? null,
    boxes:
      boxes
        ?.filter(([, score]) => score >= model.threshold)
        .sort((a, b) => b[1] - a[1])
        .flatMap(([label, score, x, y, boxWidth, boxHeight]) => {
          const onImage = toImage({ x, y, width: boxWidth, height: boxHeight }, placement);
          return onImage ? [{ label: named(label), score, ...onImage }] : [];
        }) ?? null,
  };
}
