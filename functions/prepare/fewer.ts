import type { FrameSpan } from "../../contracts/primitives.ts";

/**
 * Joins what is nearest in time until there are few enough, and no more than that. What is joined covers all that its parts did, and what
 * lies between.
 */
export function atMost<T extends FrameSpan>(most: number, spans: readonly T[], join: (one: T, other: T) => T): T[] {
  const inOrder = [...spans].sort((a, b) => a.startFrame - b.startFrame);
  let end = Number.NEGATIVE_INFINITY;
  const gaps = inOrder.map(({ startFrame, endFrame }, i) => {
    const gap = { i, frames: startFrame - end };
    end = Math.max(end, endFrame);
    return gap;
  });
  const [, ...between] = gaps;
  const closed = new Set(
    between
      .sort((a, b) => a.frames - b.frames)
      .slice(0, Math.max(0, inOrder.length - most))
      .map(({ i }) => i),
  );
  const joined: T[] = [];
  for (const [i, span] of inOrder.entries()) {
    if (closed.has(i)) joined.push(join(joined.pop() as T, span));
    else joined.push(span);
  }
  return joined;
}
