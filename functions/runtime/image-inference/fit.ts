import sharp from "sharp";
import type { Model } from "../../../contracts/model.ts";
import { InvalidInput } from "../errors.ts";

export interface Size {
  width: number;
  height: number;
}

/** Where a picture lies in the network's input; what it does not cover is black. */
export interface Placement {
  /** The picture as a viewer shows it. */
  image: Size;
  /** Its size in the input. */
  scaled: Size;
  left: number;
  top: number;
}

/** A picture of more pixels than an 8K frame's is no endoscope's; decoding it could exhaust the function's memory. */
const mostPixels = 8192 * 8192;

/** All of the input, or the largest whole-pixel size of the picture's aspect in it, centred: as the network was trained. */
export function placementOf(image: Size, input: Model["input"]): Placement {
  if (input.fit === "stretch") return { image, scaled: { width: input.width, height: input.height }, left: 0, top: 0 };
  const scale = Math.min(input.width / image.width, input.height / image.height);
  const scaled = { width: Math.max(1, Math.round(image.width * scale)), height: Math.max(1, Math.round(image.height * scale)) };
  return { image, scaled, left: Math.floor((input.width - scaled.width) / 2), top: Math.floor((input.height - scaled.height) / 2) };
}

/** Decodes a picture, turns it as its EXIF orientation says and lays it into the input: packed RGB, one byte a channel. Throws InvalidInput for what isn't a picture. */
export async function fitImage(bytes: Uint8Array, input: Model["input"]): Promise<{ pixels: Uint8Array; placement: Placement }> {
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: mostPixels, failOn: "error" })
      .autoOrient()
      .flatten()
      .toColourspace("srgb")
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const placement = placementOf({ width: info.width, height: info.height }, input);
    const { scaled, left, top } = placement;
    const pixels = await sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
      .resize({ ...scaled, fit: "fill" })
      .extend({ left, top, right: input.width - scaled.width - left, bottom: input.height - scaled.height - top, background: "black" })
      .toColourspace("srgb")
      .raw()
      .toBuffer();
    return { pixels, placement };
  } catch (error) {
    throw new InvalidInput(`This isn't an image that can be decoded: ${(error as Error).message}.`);
  }
}

/** A box of the input as a box of the picture, clipped to it; undefined if nothing of it lies on the picture. */
export function toImage(box: { x: number; y: number } & Size, { image, scaled, left, top }: Placement): ({ x: number; y: number } & Size) | undefined {
  const across = image.width / scaled.width;
  const down = image.height / scaled.height;
  const clip = (value: number, limit: number) => Math.min(limit, Math.max(0, Math.round(value)));
  const x = clip((box.x - left) * across, image.width);
  const y = clip((box.y - top) * down, image.height);
  const width = clip((box.x + box.width - left) * across, image.width) - x;
  const height = clip((box.y + box.height - top) * down, image.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}
