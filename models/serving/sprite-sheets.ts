import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Producer, Sprites } from "../../contracts/analyser-result.ts";
import type { TextRegion } from "../../contracts/gate.ts";
import { samplingStep } from "../../contracts/media.ts";
import type { FrameSpan, Rational } from "../../contracts/primitives.ts";
import type { SheetPlan, SpriteCover, SpritePlan } from "./decode-plan.ts";
import { within } from "./spans.ts";
import type { Raster } from "./tensors.ts";

/** One thumbnail every 2 s: fine enough to scrub by, and a sheet lasts for more than three minutes. */
const thumbnailsPerSecond = 0.5;
/** A thumbnail fits into this box. */
const thumbnailBox = { width: 160, height: 90 };
/** What is shown larger than a thumbnail fits into this box, and is never larger than the video: four thumbnails a side. */
export const largeBox = { width: 640, height: 360 };

/** How thumbnails of a size lie on their sheets, and what these are called. */
interface SheetKind extends Pick<SheetPlan, "columns" | "rows" | "encoding"> {
  file(number: string): string;
}
const thumbnails: SheetKind = { columns: 10, rows: 10, encoding: "webp", file: (number) => `sheet-${number}.webp` };
const stills: SheetKind = { columns: 4, rows: 4, encoding: "jpeg", file: (number) => `stills-${number}.jpg` };

export const spriteFile = "sprites.json";
export const spriteProducer: Producer = {
  id: "sprites",
  kind: "algorithm",
  name: "Thumbnail sheets",
  version: "1.2.0",
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

export interface SpriteSource extends Raster, Hidden {
  readonly frameRate: Rational;
  readonly frameCount: number;
  /** Whether the thumbnails are drawn in a larger size as well. */
  readonly hasStills: boolean;
}

/** Lays out the sheets of a video. A thumbnail of an excluded frame is black, and so is a covered region in any. */
export function planSprites({ frameRate, frameCount, excluded, covered, hasStills, ...raster }: SpriteSource, folder: string): SpriteSheets {
  const frameStep = samplingStep(frameRate, thumbnailsPerSecond);
  const tileCount = Math.ceil(frameCount / frameStep);
  const blank: FrameSpan[] = [];
  let shown = 0;
  for (let i = 0; i < tileCount; i++) {
    const last = blank.at(-1);
    if (!within(excluded, i * frameStep)) shown++;
    else if (last?.endFrame === i) blank[blank.length - 1] = { startFrame: last.startFrame, endFrame: i + 1 };
    else blank.push({ startFrame: i, endFrame: i + 1 });
  }
  const laidOut = ({ columns, rows, encoding, file }: SheetKind, size: Size) => {
    const grid = { columns, rows, tileWidth: size.width, tileHeight: size.height };
    const sheets = Array.from({ length: Math.ceil(tileCount / (columns * rows)) }, (_, i) => file(String(i).padStart(5, "0")));
    const plan: SheetPlan = { ...grid, covers: coversOf(covered, frameStep, size), encoding, pattern: join(folder, file("%05d")) };
    return { plan, description: { ...grid, sheets } };
  };
  const small = laidOut(thumbnails, fitted(raster, thumbnailBox));
  const large = hasStills ? laidOut(stills, notLarger(raster, largeBox)) : undefined;
  return {
    plan: { frameStep, blank, sheets: [small.plan, ...(large ? [large.plan] : [])] },
    description: { schema: "sprites/1.0", ...small.description, frameStep, tileCount, ...(large && { stills: large.description }) },
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

/** The same, as large as the picture at most. */
export const notLarger = (picture: Size, box: Size): Size =>
  fitted(picture, { width: Math.min(box.width, picture.width), height: Math.min(box.height, picture.height) });

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
  for (const sheet of [...description.sheets, ...(description.stills?.sheets ?? [])]) await access(join(folder, sheet));
  await writeFile(join(folder, spriteFile), JSON.stringify({ ...description, poster } satisfies Sprites));
}
