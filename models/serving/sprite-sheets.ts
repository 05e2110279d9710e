import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import type { Producer, sprites } from "../../contracts/analyser-result.ts";
import type { FrameSpan, Rational } from "../../contracts/primitives.ts";
import type { SpritePlan } from "./decode-plan.ts";
import { samplingStep } from "./sampling.ts";
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
  version: "1.0.0",
  digest: null,
  dataset: null,
  threshold: null,
  calibration: null,
  syntheticOnly: false,
};

export interface SpriteSheets {
  readonly plan: SpritePlan;
  readonly description: z.infer<typeof sprites>;
  /** Thumbnails that show a picture: all but the blackened ones. */
  readonly shown: number;
}

/** Lays out the sheets of a video. A thumbnail of an excluded frame is black. */
export function planSprites(raster: Raster, frameRate: Rational, frameCount: number, excluded: readonly FrameSpan[], folder: string): SpriteSheets {
  const frameStep = samplingStep(frameRate, thumbnailsPerSecond);
  const tileCount = Math.ceil(frameCount / frameStep);
  const scale = Math.min(box.width / raster.width, box.height / raster.height);
  // Even, because the sheets' colour is subsampled by two.
  const even = (size: number): number => Math.max(2, 2 * Math.round((size * scale) / 2));
  const tile = { tileWidth: even(raster.width), tileHeight: even(raster.height) };
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
    plan: { frameStep, columns, rows, ...tile, blank, pattern: join(folder, "sheet-%05d.webp") },
    description: { schema: "sprites/1.0", columns, rows, ...tile, frameStep, tileCount, sheets },
    shown,
  };
}

/** Writes the description beside the sheets. Throws if a sheet is missing. */
export async function writeSprites({ description }: SpriteSheets, folder: string): Promise<void> {
  for (const sheet of description.sheets) await access(join(folder, sheet));
  await writeFile(join(folder, spriteFile), JSON.stringify(description));
}
