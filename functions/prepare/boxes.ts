import type { TextBox, TextRegion } from "../../contracts/gate.ts";

/** A box in shares of the picture. */
export type Box = Pick<TextBox, "x" | "y" | "width" | "height">;

/** Joins boxes that touch until none do. */
export function joined(boxes: readonly TextBox[]): TextBox[] {
  const apart: TextBox[] = [];
  for (const box of boxes) {
    let merged = box;
    for (let i = apart.findIndex((other) => touch(other, merged)); i >= 0; i = apart.findIndex((other) => touch(other, merged))) {
      merged = union(merged, ...apart.splice(i, 1));
    }
    apart.push(merged);
  }
  return apart.sort((a, b) => a.y - b.y || a.x - b.x);
}

export const touch = (a: Box, b: Box): boolean => a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;

/** The smallest box around all, as sure as the surest. */
export function union<T extends Box & { score: number }>(...boxes: readonly T[]): TextBox {
  // Differences of sums would not give back the very numbers.
  if (boxes.length === 1) {
    const { x, y, width, height, score } = boxes[0] as T;
    return { x, y, width, height, score };
  }
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const width = Math.min(1 - x, Math.max(...boxes.map((box) => box.x + box.width)) - x);
  const height = Math.min(1 - y, Math.max(...boxes.map((box) => box.y + box.height)) - y);
  return { x, y, width, height, score: Math.max(...boxes.map((box) => box.score)) };
}

/** One region around all, in the picture and in time. */
export const around = (...regions: readonly TextRegion[]): TextRegion => ({
  startFrame: Math.min(...regions.map(({ startFrame }) => startFrame)),
  endFrame: Math.max(...regions.map(({ endFrame }) => endFrame)),
  ...union(...regions),
});
