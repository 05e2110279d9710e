import { z } from "zod";
import type { ImagePrediction } from "../../../contracts/api.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { type HttpRequest, route } from "../../runtime/http.ts";
import { type ImageNetwork, predict } from "../../runtime/image-inference/predict.ts";
import { parseInput } from "../../runtime/parse.ts";

/**
 * What Lambda takes in one synchronous request, 6 MB (Lambda quotas), is the whole event: the image as base64, four characters
 * for three bytes, and around it headers, which API Gateway takes 10 KB of, and the token's claims.
 */
const eventBytes = 6 * 2 ** 20;
const aroundImageBytes = 64 * 2 ** 10;
/** Largest image, 4.45 MiB. */
export const mostBytes = ((eventBytes - aroundImageBytes) / 4) * 3;

/** `POST /infer`: an image as the body, or as base64 in `{"image": ...}`; gives what the network sees in it. */
export const createHandler = (network: ImageNetwork) => route(async (request): Promise<ImagePrediction> => predict(network, imageOf(request)));

function imageOf({ headers, body, isBase64Encoded }: HttpRequest): Buffer {
  if (!body) throw new InvalidInput("The body is empty; it must be an image.");
  const raw = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  const image = headers["content-type"]?.startsWith("application/json") ? imageInJson(raw) : raw;
  if (image.length > mostBytes) {
    throw new InvalidInput(
      `The image has ${image.length} bytes; at most ${mostBytes} are taken, since a request has 6 MB with its image encoded. Put larger ones into the bucket, under images/input/.`,
    );
  }
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
