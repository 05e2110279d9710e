import { mean } from "./mean.ts";
import { type Claim, interpolatedPrecision } from "./ranking.ts";

/** Pixels; from the left and the top. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface TrueBox extends Rectangle {
  readonly label: string;
}

export interface FoundBox extends TrueBox {
  readonly score: number;
}

/** What is, and what was found, in one picture. */
export interface BoxedFrame {
  readonly truth: readonly TrueBox[];
  readonly found: readonly FoundBox[];
}

/** COCO's overlaps: 0.50, 0.55, ... 0.95. */
export const cocoOverlaps = Array.from({ length: 10 }, (_, i) => (50 + 5 * i) / 100);

/** COCO takes the surest hundred boxes of a picture, of each label. */
const mostBoxes = 100;

export interface DetectionMetrics {
  /** Mean over labels and over overlaps of 0.5 to 0.95. Null if nothing was to be found. */
  readonly map: number | null;
  readonly map50: number | null;
  readonly map75: number | null;
  readonly perLabel: readonly { readonly label: string; readonly ap: number; readonly ap50: number; readonly boxes: number }[];
}

/** Average precision as COCO defines it, of boxes of all sizes; a mean over the labels that occur in the truth. */
export function detectionMetrics(frames: readonly BoxedFrame[]): DetectionMetrics {
  const labels = [...new Set(frames.flatMap(({ truth }) => truth.map(({ label }) => label)))].sort();
  const perLabel = labels.map((label) => {
    const byOverlap = cocoOverlaps.map((overlap) => labelPrecision(frames, label, overlap));
    const boxes = frames.reduce((sum, { truth }) => sum + truth.filter((box) => box.label === label).length, 0);
    return { label, ap: mean(byOverlap), ap50: byOverlap[0] as number, ap75: byOverlap[5] as number, boxes };
  });
  const over = (pick: (label: (typeof perLabel)[number]) => number): number | null => (perLabel.length === 0 ? null : mean(perLabel.map(pick)));
  return {
    map: over(({ ap }) => ap),
    map50: over(({ ap50 }) => ap50),
    map75: over(({ ap75 }) => ap75),
    perLabel: perLabel.map(({ ap75: _, ...rest }) => rest),
  };
}

/** Average precision of one label at one overlap; 0 if nothing of it was found. */
function labelPrecision(frames: readonly BoxedFrame[], label: string, overlap: number): number {
  const claims: Claim[] = [];
  let total = 0;
  for (const { truth, found } of frames) {
    const wanted = truth.filter((box) => box.label === label);
    const said = found
      .filter((box) => box.label === label)
      .sort((a, b) => b.score - a.score)
      .slice(0, mostBoxes);
    total += wanted.length;
    const taken = new Set<number>();
    for (const box of said) {
      let [best, at] = [overlap - 1e-10, -1];
      wanted.forEach((target, i) => {
        if (taken.has(i)) return;
        const iou = boxOverlap(box, target);
        if (iou >= best) [best, at] = [iou, i];
      });
      if (at >= 0) taken.add(at);
      claims.push({ score: box.score, right: at >= 0 });
    }
  }
  return interpolatedPrecision(claims, total) ?? 0;
}

/** Intersection over union. */
export function boxOverlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}
