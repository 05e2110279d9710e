import type { z } from "zod";
import { type Analysis, detectionChunk, maskChunk } from "../../contracts/analysis.ts";
import { type DoubtItem, doubtsInFrames, type UnsureFrame } from "../../contracts/review-queue.ts";
import { NotFound } from "../runtime/errors.ts";
import { type Lake, readZipped } from "../runtime/lake.ts";

type Found = Pick<Analysis["detections"][number], "labels" | "chunks">;
interface Columns {
  readonly frames: readonly number[];
  readonly offsets: readonly number[];
  readonly label: readonly number[];
  readonly score: readonly number[];
}

/**
 * The frames whose boxes and outlines should be put before people, so that a network learns from them: where its lowest score is lowest ("least confidence",
 * Settles, "Active Learning Literature Survey", 2009), one of each chunk at most, since neighbours look alike. Where it found nothing it says nothing.
 */
export async function doubtsOfFrames(lake: Pick<Lake, "bytes">, analysis: Analysis, producer: string): Promise<DoubtItem[]> {
  const doubts: DoubtItem[] = [];
  const kinds = [
    ["boxes", analysis.detections, detectionChunk],
    ["outlines", analysis.masks, maskChunk],
  ] as const;
  for (const [kind, all, schema] of kinds) {
    const frames: UnsureFrame[] = [];
    for (const found of all) if (found.producer === producer) frames.push(...(await leastSure(lake, found, schema)));
    doubts.push(...doubtsInFrames(analysis, producer, kind, frames));
  }
  return doubts;
}

async function leastSure(lake: Pick<Lake, "bytes">, { labels, chunks }: Found, schema: z.ZodType<Columns>): Promise<UnsureFrame[]> {
  const found: UnsureFrame[] = [];
  for (const { uri, endFrame } of chunks) {
    const columns = await columnsOf(lake, uri, schema);
    if (columns === undefined) continue;
    const { frames, offsets, label, score } = columns;
    let least = -1;
    for (let thing = 0; thing < score.length; thing++) if (least < 0 || (score[thing] as number) < (score[least] as number)) least = thing;
    if (least < 0) continue;
    // The frame whose things begin at it, or before it, and end after it.
    const at = offsets.findLastIndex((offset) => offset <= least);
    found.push({
      ...{ startFrame: frames[at] as number, endFrame: frames[at + 1] ?? endFrame },
      ...{ label: labels[label[least] as number] as string, score: score[least] as number },
    });
  }
  return found;
}

/** Undefined of a case that is being deleted. */
async function columnsOf(lake: Pick<Lake, "bytes">, uri: string, schema: z.ZodType<Columns>): Promise<Columns | undefined> {
  try {
    return await readZipped(lake, uri, schema);
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
