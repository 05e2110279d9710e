/* Look-ups in frame tables, apart from their schemas: the page brings no validator along. */
import type { Rational } from "./primitives.ts";

/** What the schemas of `frame-table.ts` say, as far as look-ups read it. */
interface IntegerRuns {
  first: number;
  runs: [number, number][];
}
interface Track {
  timebase: Rational;
  frameCount?: number;
  variableFrameRate?: boolean;
  pts: IntegerRuns;
}
export type RenditionName = "analysis" | "review";
interface Table {
  schema?: string;
  source: Track;
  renditions: { [name in RenditionName]?: (Track & { sourceFrame: IntegerRuns }) | undefined };
}

/** Codes a rising list. Throws if it falls anywhere. */
export function encodeRuns(values: ArrayLike<number>): IntegerRuns {
  if (values.length === 0) throw new Error("A list of frames can't be empty.");
  const runs: [number, number][] = [];
  for (let i = 1; i < values.length; i++) {
    const difference = (values[i] as number) - (values[i - 1] as number);
    if (difference < 0) throw new Error(`Values must not fall: ${values[i - 1]} is followed by ${values[i]} at ${i}.`);
    const last = runs.at(-1);
    if (last && last[0] === difference) last[1]++;
    else runs.push([difference, 1]);
  }
  return { first: values[0] as number, runs };
}

/** The list that {@link encodeRuns} coded. */
export function decodeRuns({ first, runs }: IntegerRuns): Float64Array {
  const values = new Float64Array(1 + runs.reduce((sum, [, times]) => sum + times, 0));
  values[0] = first;
  let i = 1;
  for (const [difference, times] of runs) for (let k = 0; k < times; k++, i++) values[i] = (values[i - 1] as number) + difference;
  return values;
}

/** Index of the last value that is not greater than `wanted`; -1 if all are greater. The list rises. */
export function lastNotAfter(values: ArrayLike<number>, wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Look-ups in a frame table. All are exact; none divides by a frame rate. */
export class FrameIndex {
  readonly source: { timebase: Rational; pts: Float64Array };
  readonly #renditions = new Map<RenditionName, { timebase: Rational; pts: Float64Array; sourceFrame: Float64Array }>();

  constructor(table: Table) {
    this.source = { timebase: table.source.timebase, pts: decodeRuns(table.source.pts) };
    for (const [name, rendition] of Object.entries(table.renditions)) {
      if (rendition === undefined) continue;
      this.#renditions.set(name as RenditionName, {
        timebase: rendition.timebase,
        pts: decodeRuns(rendition.pts),
        sourceFrame: decodeRuns(rendition.sourceFrame),
      });
    }
  }

  /** The named rendition's times and source frames. Throws if the table lacks it. */
  rendition(name: RenditionName): { timebase: Rational; pts: Float64Array; sourceFrame: Float64Array } {
    const found = this.#renditions.get(name);
    if (!found) throw new Error(`The frame table has no rendition "${name}".`);
    return found;
  }

  /** Time of a source frame in seconds since the source's first frame. For display only. */
  secondsOf(frame: number): number {
    const { pts, timebase } = this.source;
    const at = pts[Math.min(frame, pts.length - 1)] as number;
    return ((at - (pts[0] as number)) * timebase.num) / timebase.den;
  }

  /** Time at which a half-open span of source frames ends, in seconds since the first frame: the next frame's, or the last frame's and its length. For display only. */
  endSecondsOf(endFrame: number): number {
    const { pts } = this.source;
    if (endFrame < pts.length || pts.length < 2) return this.secondsOf(endFrame);
    return 2 * this.secondsOf(pts.length - 1) - this.secondsOf(pts.length - 2);
  }

  /** The source frame that a rendition frame shows. */
  toSource(name: RenditionName, frame: number): number {
    const { sourceFrame } = this.rendition(name);
    const found = sourceFrame[frame];
    if (found === undefined) throw new RangeError(`Rendition "${name}" has no frame ${frame}.`);
    return found;
  }

  /** The first rendition frame that shows this source frame or, where the rendition dropped it, the frame shown in its place. */
  toRendition(name: RenditionName, frame: number): number {
    const { sourceFrame } = this.rendition(name);
    const last = lastNotAfter(sourceFrame, frame);
    if (last < 0) return 0;
    const shown = sourceFrame[last] as number;
    let first = last;
    while (first > 0 && sourceFrame[first - 1] === shown) first--;
    return first;
  }

  /** Whether any frame of the rendition shows this source frame. */
  isShown(name: RenditionName, frame: number): boolean {
    return this.toSource(name, this.toRendition(name, frame)) === frame;
  }
}
