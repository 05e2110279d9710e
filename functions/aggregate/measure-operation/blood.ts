import { type Analysis, type MaskChunk, maskChunk } from "../../../contracts/analysis.ts";
import { eventType } from "../../../contracts/event-type.ts";
import type { FrameSpan } from "../../../contracts/primitives.ts";
import { type Lake, readZipped } from "../../runtime/lake.ts";
import { isInside } from "../merge-timeline/spans.ts";
import { touching } from "./intervals.ts";
import type { BloodSeries } from "./operation.ts";

const isBlood = (label: string): boolean => eventType(label) === "blood";

/**
 * Shares of the picture that masks of a label `Blood` cover, in the frames of the given spans: of the first network that knows the label. Reads no
 * chunk of masks without such a frame, and holds one at a time. Undefined where nobody outlines blood.
 */
export async function readBlood(lake: Pick<Lake, "bytes">, { masks, producers }: Analysis, spans: readonly FrameSpan[]): Promise<BloodSeries | undefined> {
  const found = masks.find(({ labels }) => labels.some(isBlood));
  if (!found) return undefined;
  const threshold = producers.find(({ id }) => id === found.producer)?.threshold ?? 0;
  const labels = new Set(found.labels.flatMap((label, i) => (isBlood(label) ? [i] : [])));
  const frames: number[] = [];
  const shares: number[] = [];
  for (const { uri, ...span } of found.chunks) {
    const here = touching(spans, span);
    if (here.length === 0) continue;
    const chunk = await readZipped(lake, uri, maskChunk);
    for (const [i, frame] of chunk.frames.entries()) {
      if (!isInside(frame, here)) continue;
      frames.push(frame);
      shares.push(shareOf(chunk, i, labels, threshold));
    }
  }
  return { producer: found.producer, frames, shares };
}

/** Masks of one frame tell each cell once: what is told of it semantically is one thing. */
function shareOf({ gridWidth, gridHeight, offsets, label, score, runs }: MaskChunk, i: number, labels: ReadonlySet<number>, threshold: number): number {
  let cells = 0;
  for (let mask = offsets[i] as number; mask < (offsets[i + 1] as number); mask++) {
    if (!labels.has(label[mask] as number) || (score[mask] as number) < threshold) continue;
    // Runs of zeros and of ones take turns, zeros first.
    for (const [turn, length] of (runs[mask] as number[]).entries()) if (turn % 2 === 1) cells += length;
  }
  return Math.min(1, cells / (gridWidth * gridHeight));
}
