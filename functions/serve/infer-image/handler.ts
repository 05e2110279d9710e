import { z } from "zod";
import type { ImagePrediction } from "../../../contracts/api.ts";
import type { Model } from "../../../contracts/model.ts";
import { sha256, unit } from "../../../contracts/primitives.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { type HttpRequest, route } from "../../runtime/http.ts";
import { parseInput, parseStoredJson } from "../../runtime/parse.ts";
import { fitImage, type Placement, toImage } from "./fit.ts";

export interface Deps {
  /** The network that answers. */
  model: Model;
  /** Sends packed RGB of exactly the network's input size; gives the endpoint's JSON. */
  invoke(pixels: Uint8Array): Promise<string>;
}

/** What Lambda takes in one synchronous request, 6 MB (Lambda quotas). */
const mostBytes = 6 * 2 ** 20;

const box = z.tuple([z.int().nonnegative(), unit, z.int(), z.int(), z.int().positive(), z.int().positive()]);
/** The serving container's answer. Boxes are whole pixels of the network's input. */
const endpointAnswer = z.object({ model: z.string(), version: z.string(), digest: sha256, scores: z.array(unit).optional(), boxes: z.array(box).optional() });

/** `POST /infer`: an image as the body, or as base64 in `{"image": ...}`; gives what the network sees in it. */
export const createHandler = ({ model, invoke }: Deps) =>
  route(async (request): Promise<ImagePrediction> => {
    const image = imageOf(request);
    const { pixels, placement } = await fitImage(image, model.input);
    return predictionOf(parseStoredJson(endpointAnswer, await invoke(pixels), "The endpoint's answer"), model, placement);
  });

function imageOf({ headers, body, isBase64Encoded }: HttpRequest): Buffer {
  if (!body) throw new InvalidInput("The body is empty; it must be an image.");
  const raw = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  const image = headers["content-type"]?.startsWith("application/json") ? imageInJson(raw) : raw;
  if (image.length > mostBytes) throw new InvalidInput(`The image has ${image.length} bytes; at most ${mostBytes} are taken.`);
  return image;
}

function imageInJson(raw: Buffer): Buffer {
  let value: unknown;
  try {
    value = JSON.parse(raw.toString());
  } catch {
    throw new InvalidInput("The body isn't JSON, as its content type says.");
  }
  return Buffer.from(parseInput(z.strictObject({ image: z.base64() }), value).image, "base64");
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
