import { assign } from "../../contracts/assignment.ts";
import { boxOverlap, type Rectangle } from "./detection.ts";

export interface TrackedBox extends Rectangle {
  readonly track: number;
}

export interface TrackedFrame {
  readonly truth: readonly TrackedBox[];
  readonly found: readonly TrackedBox[];
}

export interface TrackingMetrics {
  /** Higher order tracking accuracy (Luiten et al., IJCV 2021): mean over overlaps of 0.05 to 0.95 of the root of detection times association. */
  readonly hota: number;
  readonly detectionAccuracy: number;
  readonly associationAccuracy: number;
  /** CLEAR MOT (Bernardin and Stiefelhagen, 2008) at an overlap of 0.5. */
  readonly mota: number;
  /** Mean overlap of matched boxes; null if none match. */
  readonly motp: number | null;
  readonly identitySwitches: number;
  readonly fragmentations: number;
  /** Identity F1 (Ristani et al., ECCVW 2016) at an overlap of 0.5. */
  readonly idf1: number;
}

const hotaOverlaps = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);
const clearOverlap = 0.5;
/** Guards comparisons of overlaps against rounding, as TrackEval does. */
const epsilon = Number.EPSILON;

/**
 * Tracks of one operation and one class against the truth, as TrackEval (the evaluation of MOTChallenge) computes them. Only what
 * stays in sight has an identity here: the "visibility" perspective of CholecTrack20.
 * @throws if nothing is to be followed
 */
export function trackingMetrics(frames: readonly TrackedFrame[]): TrackingMetrics {
  const { sequence, truthSizes, foundSizes } = numbered(frames);
  if (truthSizes.length === 0) throw new Error("No object is to be followed.");
  return { ...higherOrder(sequence, truthSizes, foundSizes), ...clear(sequence, truthSizes), ...identity(sequence, truthSizes, foundSizes) };
}

/** A frame with its tracks as indexes, and the overlap of each true box with each found one. */
interface Numbered {
  readonly truth: readonly number[];
  readonly found: readonly number[];
  readonly overlaps: readonly Float64Array[];
}

function numbered(frames: readonly TrackedFrame[]) {
  const [truthIndex, foundIndex] = [new Map<number, number>(), new Map<number, number>()];
  const [truthSizes, foundSizes]: [number[], number[]] = [[], []];
  const number = (index: Map<number, number>, sizes: number[], { track }: TrackedBox): number => {
    const known = index.get(track) ?? index.size;
    index.set(track, known);
    sizes[known] = (sizes[known] ?? 0) + 1;
    return known;
  };
  const sequence = frames.map(
    ({ truth, found }): Numbered => ({
      truth: truth.map((box) => number(truthIndex, truthSizes, box)),
      found: found.map((box) => number(foundIndex, foundSizes, box)),
      overlaps: truth.map((box) => Float64Array.from(found, (other) => boxOverlap(box, other))),
    }),
  );
  return { sequence, truthSizes, foundSizes };
}

/** The pairing with the highest sum of values; what has no value stays alone. */
function best(values: readonly Float64Array[], columns: number): Int32Array {
  return assign(
    values.map((row) => row.map((value) => -value)),
    columns,
    -Number.MIN_VALUE,
  );
}

const table = (rows: number, columns: number): Float64Array[] => Array.from({ length: rows }, () => new Float64Array(columns));
const at = (matrix: readonly Float64Array[], row: number, column: number): number => (matrix[row] as Float64Array)[column] as number;
const add = (matrix: readonly Float64Array[], row: number, column: number, value: number): void => {
  const cells = matrix[row] as Float64Array;
  cells[column] = (cells[column] as number) + value;
};
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function higherOrder(sequence: readonly Numbered[], truthSizes: readonly number[], foundSizes: readonly number[]) {
  const alignment = globalAlignment(sequence, truthSizes, foundSizes);
  const perOverlap = hotaOverlaps.map(() => ({ matches: table(truthSizes.length, foundSizes.length), right: 0 }));
  for (const { truth, found, overlaps } of sequence) {
    const pairs = best(
      overlaps.map((row, i) => row.map((overlap, j) => overlap * at(alignment, truth[i] as number, found[j] as number))),
      found.length,
    );
    pairs.forEach((column, i) => {
      if (column < 0) return;
      hotaOverlaps.forEach((overlap, k) => {
        const tally = perOverlap[k] as (typeof perOverlap)[number];
        if (at(overlaps, i, column) < overlap - epsilon) return;
        tally.right++;
        add(tally.matches, truth[i] as number, found[column] as number, 1);
      });
    });
  }
  const [wanted, claimed] = [sum(truthSizes), sum(foundSizes)];
  const values = perOverlap.map(({ matches, right }) => {
    const detection = right / (wanted + claimed - right);
    let association = 0;
    matches.forEach((row, i) => {
      row.forEach((count, j) => {
        association += (count * count) / ((truthSizes[i] as number) + (foundSizes[j] as number) - count);
      });
    });
    association /= Math.max(1, right);
    return { detection, association, hota: Math.sqrt(detection * association) };
  });
  const mean = (pick: (value: (typeof values)[number]) => number): number => sum(values.map(pick)) / values.length;
  return { hota: mean((v) => v.hota), detectionAccuracy: mean((v) => v.detection), associationAccuracy: mean((v) => v.association) };
}

/** How much two tracks belong together over the whole operation: which pairing of a frame's boxes is preferred where several are possible. */
function globalAlignment(sequence: readonly Numbered[], truthSizes: readonly number[], foundSizes: readonly number[]): Float64Array[] {
  const shared = table(truthSizes.length, foundSizes.length);
  for (const { truth, found, overlaps } of sequence) {
    const [rows, columns] = [overlaps.map((row) => sum([...row])), found.map((_, j) => sum(overlaps.map((row) => row[j] as number)))];
    overlaps.forEach((row, i) => {
      row.forEach((overlap, j) => {
        const together = (rows[i] as number) + (columns[j] as number) - overlap;
        if (together > epsilon) add(shared, truth[i] as number, found[j] as number, overlap / together);
      });
    });
  }
  return shared.map((row, i) => row.map((value, j) => value / ((truthSizes[i] as number) + (foundSizes[j] as number) - value)));
}

function clear(sequence: readonly Numbered[], truthSizes: readonly number[]) {
  let [right, missed, invented, switches, overlapSum] = [0, 0, 0, 0, 0];
  const lastEver = new Int32Array(truthSizes.length).fill(-1);
  let lastFrame = new Int32Array(truthSizes.length).fill(-1);
  const stretches = new Int32Array(truthSizes.length);
  for (const { truth, found, overlaps } of sequence) {
    // A pair of the frame before is kept if it still overlaps enough: its bonus outweighs all overlaps together.
    const pairs = best(
      overlaps.map((row, i) =>
        row.map((overlap, j) => (overlap < clearOverlap - epsilon ? 0 : overlap + (lastFrame[truth[i] as number] === found[j] ? 1000 : 0))),
      ),
      found.length,
    );
    const now = new Int32Array(truthSizes.length).fill(-1);
    let matched = 0;
    pairs.forEach((column, i) => {
      if (column < 0) return;
      const [object, track] = [truth[i] as number, found[column] as number];
      matched++;
      overlapSum += at(overlaps, i, column);
      if (lastEver[object] !== -1 && lastEver[object] !== track) switches++;
      if (lastFrame[object] === -1) stretches[object] = (stretches[object] as number) + 1;
      lastEver[object] = track;
      now[object] = track;
    });
    // A frame where one side has nothing interrupts nothing, as in TrackEval.
    if (truth.length > 0 && found.length > 0) lastFrame = now;
    right += matched;
    missed += truth.length - matched;
    invented += found.length - matched;
  }
  return {
    mota: (right - invented - switches) / (right + missed),
    motp: right === 0 ? null : overlapSum / right,
    identitySwitches: switches,
    fragmentations: sum([...stretches].map((count) => Math.max(0, count - 1))),
  };
}

function identity(sequence: readonly Numbered[], truthSizes: readonly number[], foundSizes: readonly number[]) {
  const together = table(truthSizes.length, foundSizes.length);
  for (const { truth, found, overlaps } of sequence)
    overlaps.forEach((row, i) => {
      row.forEach((overlap, j) => {
        if (overlap >= clearOverlap) add(together, truth[i] as number, found[j] as number, 1);
      });
    });
  let right = 0;
  best(together, foundSizes.length).forEach((column, row) => {
    if (column >= 0) right += at(together, row, column);
  });
  return { idf1: (2 * right) / (sum(truthSizes) + sum(foundSizes)) };
}
