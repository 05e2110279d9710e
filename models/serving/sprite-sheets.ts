import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Producer, Sprites } from "../../contracts/analyser-result.ts";
import type { TextRegion } from "../../contracts/gate.ts";
import { samplingStep } from "../../contracts/media.ts";
import type { FrameSpan, Rational } from "../../contracts/primitives.ts";
import type { SpriteCover, SpritePlan } from "./decode-plan.ts";
import { within } from "./spans.ts";
import type { Raster } from "./tensors.ts";

/** One thumbnail every 2 s: fine enough to scrub by, and a sheet lasts for more than three minutes. */
const thumbnailsPerSecond = 0.5;
/** A thumbnail fits into this box. */
const box = { width: 160, height: 90 };
const columns = 10;
const rows = 10;

export const spriteFile = "sprites.json";
export const spriteProducer: Producer = {
  id: "sprites",
  kind: "algorithm",
  name: "Thumbnail sheets",
  version: "1.1.0",
  digest: null,
  dataset: null,
  threshold: null,
  calibration: null,
  syntheticOnly: false,
};

export interface SpriteSheets {
  readonly plan: SpritePlan;
  readonly description: Omit<Sprites, "poster">;
  /** Thumbnails that show a picture: all but the blackened ones. */
  readonly shown: number;
}

/** What a thumbnail must not show. Frames are the video's own. */
export interface Hidden {
  /** Spans whose thumbnails are black. */
  readonly excluded: readonly FrameSpan[];
  /** Regions that are black while they last. */
  readonly covered: readonly TextRegion[];
}

/** Lays out the sheets of a video. A thumbnail of an excluded frame is black, and so is a covered region in any. */
export function planSprites(raster: Raster, frameRate: Rational, frameCount: number, { excluded, covered }: Hidden, folder: string): SpriteSheets {
  const frameStep = samplingStep(frameRate, thumbnailsPerSecond);
  const tileCount = Math.ceil(frameCount / frameStep);
  const size = fitted(raster, box);
  const tile = { tileWidth: size.width, tileHeight: size.height };
  const blank: FrameSpan[] = [];
  let shown = 0;
  for (let i = 0; i < tileCount; i++) {
    const last = blank.at(-1);
    if (!within(excluded, i * frameStep)) shown++;
    else if (last?.endFrame === i) blank[blank.length - 1] = { startFrame: last.startFrame, endFrame: i + 1 };
    else blank.push({ startFrame: i, endFrame: i + 1 });
  }
  const sheets = Array.from({ length: Math.ceil(tileCount / (columns * rows)) }, (_, i) => `sheet-${String(i).padStart(5, "0")}.webp`);
  return {
    plan: { frameStep, columns, rows, ...tile, blank, covers: coversOf(covered, frameStep, size), pattern: join(folder, "sheet-%05d.webp") },
    description: { schema: "sprites/1.0", columns, rows, ...tile, frameStep, tileCount, sheets },
    shown,
  };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A picture as large as fits into a box. Even, because its colour is subsampled by two. */
export function fitted(picture: Size, box: Size): Size {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  const even = (size: number): number => Math.max(2, 2 * Math.round((size * scale) / 2));
  return { width: even(picture.width), height: even(picture.height) };
}

/**
 * A region of a small picture, in its pixels. Every pixel that the region reaches into is in it, up to even ones: a small picture's
 * pixel is the average of what it covers, and its colour is stored for two by two.
 */
export function blackBox(region: Pick<TextRegion, "x" | "y" | "width" | "height">, size: Size): Size & { readonly x: number; readonly y: number } {
  const [x, right] = outwards(region.x, region.x + region.width, size.width);
  const [y, bottom] = outwards(region.y, region.y + region.height, size.height);
  return { x, y, width: right - x, height: bottom - y };
}

/** The regions as thumbnails show them. */
function coversOf(covered: readonly TextRegion[], frameStep: number, size: Size): SpriteCover[] {
  return covered.flatMap((region) => {
    const span = { startFrame: Math.ceil(region.startFrame / frameStep), endFrame: Math.ceil(region.endFrame / frameStep) };
    return span.endFrame > span.startFrame ? [{ ...span, ...blackBox(region, size) }] : [];
  });
}

function outwards(from: number, to: number, pixels: number): [number, number] {
  const first = Math.min(pixels - 2, 2 * Math.floor((from * pixels) / 2));
  return [first, Math.min(pixels, Math.max(first + 2, 2 * Math.ceil((to * pixels) / 2)))];
}

/** Writes the description beside the sheets. Throws if a sheet is missing. */
export async function writeSprites({ description }: SpriteSheets, poster: Sprites["poster"], folder: string): Promise<void> {
  for (const sheet of description.sheets) await access(join(folder, sheet));
  await writeFile(join(folder, spriteFile), JSON.stringify({ ...description, poster } satisfies Sprites));
}
