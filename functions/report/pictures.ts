import sharp from "sharp";
import { sprites as spritesSchema } from "../../contracts/analyser-result.ts";
import { analysis } from "../../contracts/analysis.ts";
import { FrameIndex, frameTable } from "../../contracts/frame-table.ts";
import { analysisKey, parseUri } from "../../contracts/keys.ts";
import type { EvidenceItem, ReportEvidence } from "../../contracts/report.ts";
import { thumbnailAt } from "../../contracts/thumbnails.ts";
import type { Lake } from "../runtime/lake.ts";
import type { ModelPart } from "./language-model/language-model.ts";

/** A thumbnail on its own. */
export interface Picture {
  /** Frame of the source that it shows. */
  readonly frame: number;
  readonly seconds: number;
  readonly jpeg: Uint8Array;
}

/**
 * The thumbnails of these frames of the source, each cut out of its sheet: the last one that is not after the frame, in the larger size where there is
 * one. Text is covered in them as in the video that people watch. One from outside the body is black, and left out.
 */
export async function picturesOf(lake: Pick<Lake, "json" | "bytes">, caseId: string, runId: string, frames: readonly number[]): Promise<Picture[]> {
  if (frames.length === 0) return [];
  const { media, gate } = await lake.json(analysisKey(caseId, runId), analysis);
  if (media.sprites === null) return [];
  const index = parseUri(media.sprites).key;
  const sprites = await lake.json(index, spritesSchema);
  const { frameStep, tileCount } = sprites;
  // Cases that were analysed before a model was shown pictures have the small ones alone.
  const layout = { ...sprites, ...sprites.stills };
  const table = new FrameIndex(await lake.json(parseUri(media.frameTable).key, frameTable));
  const last = table.rendition("analysis").sourceFrame.length - 1;
  const tiles = [...new Set(frames.map((frame) => Math.min(tileCount - 1, Math.floor(table.toRendition("analysis", frame) / frameStep))))];
  const pictures: Picture[] = [];
  const read = new Map<string, Uint8Array>();
  for (const tile of tiles) {
    const frame = table.toSource("analysis", Math.min(last, tile * frameStep));
    const thumbnail = thumbnailAt(layout, layout.sheets, tile);
    if (thumbnail === undefined || gate.outOfBody.some(({ startFrame, endFrame }) => frame >= startFrame && frame < endFrame)) continue;
    const { sheet, x: left, y: top, width, height } = thumbnail;
    const bytes = read.get(sheet) ?? (await lake.bytes(index.replace(/[^/]+$/, sheet)));
    read.set(sheet, bytes);
    const jpeg = await sharp(bytes).extract({ left, top, width, height }).jpeg().toBuffer();
    pictures.push({ frame, seconds: table.secondsOf(frame), jpeg });
  }
  return pictures;
}

/** The pictures as a model is shown them, each with its time before it. */
export const partsOf = (pictures: readonly Picture[]): ModelPart[] =>
  pictures.flatMap(({ seconds, jpeg }) => [{ text: `The picture at ${seconds.toFixed(1)} seconds:` }, { jpeg }]);

/**
 * Key frames of an operation, by rising number: from the middle of what asks for review first, then of its phases and its events, the longest
 * first, `most` at most.
 */
export function keyFramesOf({ items }: ReportEvidence, most: number): number[] {
  const rank = ({ kind, type, needsReview }: EvidenceItem): number => (needsReview ? 0 : kind === "segment" && type === "phase" ? 1 : kind === "event" ? 2 : 3);
  const placed = items.flatMap((item) => (item.span !== null && rank(item) < 3 ? [{ rank: rank(item), ...item.span }] : []));
  placed.sort((a, b) => a.rank - b.rank || b.endFrame - b.startFrame - (a.endFrame - a.startFrame));
  const middles = placed.map(({ startFrame, endFrame }) => Math.floor((startFrame + endFrame) / 2));
  return [...new Set(middles)].slice(0, most).sort((a, b) => a - b);
}
