import sharp from "sharp";
import { sprites as spritesSchema } from "../../../contracts/analyser-result.ts";
import type { Analysis } from "../../../contracts/analysis.ts";
import { FrameIndex, frameTable } from "../../../contracts/frame-table.ts";
import { parseUri } from "../../../contracts/keys.ts";
import { thumbnailAt } from "../../../contracts/thumbnails.ts";
import type { Lake } from "../../runtime/lake.ts";

/** A thumbnail on its own. */
export interface Picture {
  /** Frame of the source that it shows. */
  readonly frame: number;
  readonly seconds: number;
  readonly jpeg: Uint8Array;
}

/**
 * The thumbnails of these frames of the source, each cut out of its sheet: the last one that is not after the frame. They are what
 * everybody is shown, at most 160 by 90: text is covered in them. One from outside the body is black, and left out.
 */
export async function picturesOf(lake: Pick<Lake, "json" | "bytes">, { media, gate }: Analysis, frames: readonly number[]): Promise<Picture[]> {
  if (media.sprites === null || frames.length === 0) return [];
  const index = parseUri(media.sprites).key;
  const sprites = await lake.json(index, spritesSchema);
  const { frameStep, tileCount, sheets } = sprites;
  const table = new FrameIndex(await lake.json(parseUri(media.frameTable).key, frameTable));
  const last = table.rendition("analysis").sourceFrame.length - 1;
  const tiles = [...new Set(frames.map((frame) => Math.min(tileCount - 1, Math.floor(table.toRendition("analysis", frame) / frameStep))))];
  const pictures: Picture[] = [];
  const read = new Map<string, Uint8Array>();
  for (const tile of tiles) {
    const frame = table.toSource("analysis", Math.min(last, tile * frameStep));
    const thumbnail = thumbnailAt(sprites, sheets, tile);
    if (thumbnail === undefined || gate.outOfBody.some(({ startFrame, endFrame }) => frame >= startFrame && frame < endFrame)) continue;
    const { sheet, x: left, y: top, width, height } = thumbnail;
    const bytes = read.get(sheet) ?? (await lake.bytes(index.replace(/[^/]+$/, sheet)));
    read.set(sheet, bytes);
    const jpeg = await sharp(bytes).extract({ left, top, width, height }).jpeg().toBuffer();
    pictures.push({ frame, seconds: table.secondsOf(frame), jpeg });
  }
  return pictures;
}
