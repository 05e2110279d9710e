/* What masks of an annotation set say otherwise than what holds, as outlines that people drew: the part of adoption.ts that is about masks. */
import type { AnnotationSet } from "./annotation-set.ts";
import { type CorrectedView, drawnMasks, maskKeyframes, ringsOf } from "./corrected-view.ts";
import { type Change, type DrawnMask, type MaskKeyframe, mostMaskKeyframes } from "./corrections.ts";
import { markOutline, maskRuns, mostHoles, mostParts, type Outlined, outlined, type Rings } from "./outlines.ts";
import { type Grid, mark, regrid, runsOf } from "./run-lengths.ts";

/** A mask that a network found and that holds. */
export interface HeldMask {
  readonly label: string;
  readonly producer: string;
  readonly gridWidth: number;
  readonly gridHeight: number;
  readonly runs: readonly number[];
}

/** A frame in which networks looked for masks, or people drew; what networks found there and nobody replaced. */
export interface HeldFrame {
  readonly frame: number;
  readonly masks: readonly HeldMask[];
}

type Found = Pick<AnnotationSet, "labels" | "lookedAt" | "masks">;
type FoundMask = Found["masks"][number];

/** Frames that a set's masks speak of: those that it says were looked at, else those from its first mask to its last. None of a set without masks. */
export function maskFrames({ lookedAt, masks }: Found): { readonly first: number; readonly last: number; has(frame: number): boolean } | null {
  const [first, last] = [masks[0]?.frame, masks.at(-1)?.frame];
  if (first === undefined || last === undefined) return null;
  if (lookedAt === null) return { first, last, has: (frame) => frame >= first && frame <= last };
  const listed = new Set([...lookedAt, ...masks.map(({ frame }) => frame)]);
  const frames = [...listed].sort((a, b) => a - b);
  return { first: frames[0] as number, last: frames.at(-1) as number, has: (frame) => listed.has(frame) };
}

/** What has to be drawn in a frame: masks of a label, in the place of what. */
interface Redrawn {
  readonly frame: number;
  readonly label: string;
  readonly masks: readonly FoundMask[];
  /** Whose masks of the label the outlines stand for. */
  readonly producers: readonly string[];
  /** Drawings that show something else there. */
  readonly drawings: readonly string[];
}

/** What the masks of a set change, in order, and what of them can't be told, in sentences. */
export interface MaskAdoption {
  readonly changes: readonly Change[];
  readonly notes: readonly string[];
}

/**
 * The difference of a set's masks from what holds: of the labels that it has masks of, in the frames that it speaks of. `held` are the frames that
 * what is drawn there is seen in, rising. What was found and what people drew stays where the set covers the same cells of a label; elsewhere the set's
 * masks become outlines. Null if that would be more than `most` bytes of JSON.
 */
export async function maskAdoption(
  { view, raster }: { readonly view: CorrectedView; readonly raster: Grid },
  held: AsyncIterable<HeldFrame>,
  found: Found,
  newId: () => string,
  most: number,
): Promise<MaskAdoption | null> {
  const speaksOf = maskFrames(found);
  const labels = new Set(found.masks.map(({ label }) => found.labels[label] as string));
  const foundAt = Map.groupBy(found.masks, ({ frame }) => frame);
  const made = new Map<FoundMask, Outlined>();
  const outlinesOf = (mask: FoundMask): Outlined => {
    const one = made.get(mask) ?? outlined(mask.runs, gridOf(mask), raster, mask.polygons);
    made.set(mask, one);
    return one;
  };
  const lost = new Loss();
  const drawn: Change[] = [];
  const seen: number[] = [];
  const touched = new Map<string, Set<number>>();
  let bytes = 0;
  const redraw = (redrawn: readonly Redrawn[]): boolean => {
    for (const one of redrawn) {
      for (const id of one.drawings) touched.set(id, (touched.get(id) ?? new Set()).add(one.frame));
      const outlines = one.masks.map(outlinesOf);
      for (const each of outlines) lost.add(each);
      const changes = drawnAnew(
        one,
        outlines.flatMap((each) => each.outlines),
        newId,
      );
      bytes += JSON.stringify(changes).length;
      drawn.push(...changes);
    }
    return bytes <= most;
  };
  const differ = (frame: number, masks: readonly HeldMask[], wanted: readonly FoundMask[]) =>
    [...labels].flatMap((label) => {
      const ofLabel = wanted.filter((mask) => found.labels[mask.label] === label);
      return differenceOf({ view, raster, outlinesOf }, { frame, label }, ofLabel, masks);
    });
  for await (const { frame, masks } of held) {
    seen.push(frame);
    if (!speaksOf?.has(frame)) continue;
    // What a tool drew between two keyframes says something where a network looked, or a person drew.
    if (!redraw(differ(frame, masks, foundAt.get(frame) ?? []))) return null;
    foundAt.delete(frame);
  }
  for (const [frame, masks] of foundAt) {
    const own = masks.filter(({ interpolated }) => !interpolated);
    if (!redraw(differ(frame, [], own))) return null;
  }
  const left = [...touched].flatMap(([id, frames]) => [
    { kind: "draw-mask" as const, target: { kind: "mask" as const, id }, after: null },
    ...remains(view.masks.get(id) as DrawnMask, seen, frames).map((after) => draw(newId(), after)),
  ]);
  if (bytes + JSON.stringify(left).length > most) return null;
  return { changes: [...left, ...drawn], notes: lost.notes() };
}

/** What is to be redrawn of a label in a frame; nothing if the set covers the same cells. */
function differenceOf(
  { view, raster, outlinesOf }: { readonly view: CorrectedView; readonly raster: Grid; outlinesOf(mask: FoundMask): Outlined },
  { frame, label }: { readonly frame: number; readonly label: string },
  wanted: readonly FoundMask[],
  held: readonly HeldMask[],
): Redrawn[] {
  const found = held.filter((mask) => mask.label === label);
  const drawings = drawnMasks(view, frame).filter(({ mask, rings }) => mask.label === label && rings.length > 0);
  const drawnAs = drawings.map(({ id, rings }) => ({ id, gridWidth: raster.width, gridHeight: raster.height, runs: maskRuns(rings, raster, raster) }));
  const left = [...wanted];
  const matched = new Map<object, FoundMask>();
  for (const mask of [...found, ...drawnAs]) {
    const at = left.findIndex((other) => isSame(mask, other, raster));
    if (at >= 0) matched.set(mask, left.splice(at, 1)[0] as FoundMask);
  }
  const [goneFound, goneDrawn] = [found.filter((mask) => !matched.has(mask)), drawnAs.filter((mask) => !matched.has(mask))];
  if (left.length + goneFound.length + goneDrawn.length === 0) return [];
  // One mask may have become several outlines, and may differ from them as far as outlines do.
  if (left.length > 0 && goneFound.length + goneDrawn.length > 0) {
    const holds = together([...goneFound, ...goneDrawn], raster);
    if (isEqual(holds, together(left, raster)) || isEqual(holds, drawnTogether(left.map(outlinesOf), raster))) return [];
  }
  const replaced = drawings.filter(({ id }) => goneDrawn.some((mask) => mask.id === id)).flatMap(({ mask }) => mask.replaces ?? []);
  const producers = [...new Set([...goneFound.map(({ producer }) => producer), ...replaced])];
  // An outline stands for all masks of the label that a network found: those that stay as they are become outlines, too.
  const siblings = found.flatMap((mask) => (producers.includes(mask.producer) ? (matched.get(mask) ?? []) : []));
  return [{ frame, label, masks: [...siblings, ...left], producers, drawings: goneDrawn.map(({ id }) => id) }];
}

type Cells = Pick<HeldMask, "gridWidth" | "gridHeight" | "runs">;

const gridOf = ({ gridWidth, gridHeight }: Cells): Grid => ({ width: gridWidth, height: gridHeight });
const isEqual = (one: readonly number[], other: readonly number[]): boolean => one.length === other.length && one.every((run, i) => run === other[i]);

/** Whether two masks have the same cells, or the same pixels where their grids are not one. */
function isSame(one: Cells, other: Cells, raster: Grid): boolean {
  if (one.gridWidth === other.gridWidth && one.gridHeight === other.gridHeight) return isEqual(one.runs, other.runs);
  return isEqual(regrid(one.runs, gridOf(one), raster), regrid(other.runs, gridOf(other), raster));
}

/** What several masks cover of the picture. */
function together(masks: readonly Cells[], raster: Grid): number[] {
  const cells = new Uint8Array(raster.width * raster.height);
  for (const mask of masks) mark(cells, regrid(mask.runs, gridOf(mask), raster));
  return runsOf(cells);
}

/** The same of the outlines that masks become. */
function drawnTogether(masks: readonly Outlined[], raster: Grid): number[] {
  const cells = new Uint8Array(raster.width * raster.height);
  for (const { outlines } of masks) for (const rings of outlines) markOutline(cells, rings, raster, raster);
  return runsOf(cells);
}

/** Each producer is replaced by one of the outlines; by nothing, where there are not as many. */
function drawnAnew({ frame, label, producers }: Redrawn, outlines: readonly Rings[], newId: () => string): Change[] {
  const count = Math.max(outlines.length, producers.length);
  return Array.from({ length: count }, (_, i) => draw(newId(), { label, ...keyframeOf(frame, outlines[i] ?? []), replaces: producers[i] ?? null }));
}

const draw = (id: string, after: DrawnMask): Change => ({ kind: "draw-mask", target: { kind: "mask", id }, after });

function keyframeOf(frame: number, rings: Rings): MaskKeyframe {
  const [polygon, ...holes] = rings.map((ring) => ring.map(([x, y]): [number, number] => [x, y]));
  return { frame, polygon: polygon ?? null, ...(holes.length > 0 && { holes }) };
}

/**
 * A drawing without some of the frames that it was seen in, as drawings that show the same in all others. Where one goes on between two keyframes
 * and one of the frames between is gone, all that are left become keyframes.
 */
function remains(mask: DrawnMask, seen: readonly number[], without: ReadonlySet<number>): DrawnMask[] {
  const { label, replaces } = mask;
  const keys = maskKeyframes(mask).map(({ frame }) => frame);
  const intervalOf = (frame: number): number => keys.findLastIndex((key) => key <= frame);
  const broken = new Set([...without].flatMap((frame) => (keys.includes(frame) ? [intervalOf(frame) - 1, intervalOf(frame)] : [intervalOf(frame)])));
  const frames = [...new Set([...seen, ...keys, ...without])].filter((frame) => frame >= (keys[0] as number) && frame <= (keys.at(-1) as number));
  const made: MaskKeyframe[][] = [];
  let run: MaskKeyframe[] | null = null;
  for (const frame of frames.sort((a, b) => a - b)) {
    if (without.has(frame)) {
      run = null;
      continue;
    }
    const isBroken = broken.has(intervalOf(frame));
    if (run && !isBroken && !keys.includes(frame)) continue;
    // A drawing can be cut where no frame lies between two keyframes.
    const canEnd = run !== null && broken.has(intervalOf((run.at(-1) as MaskKeyframe).frame));
    if (!run || (canEnd && (run.length >= mostMaskKeyframes || !isBroken))) {
      run = [];
      made.push(run);
    }
    run.push(keyframeOf(frame, ringsOf(mask, frame) as Rings));
  }
  return made
    .map(withoutRepeats)
    .filter((keyframes) => replaces !== null || keyframes.some(({ polygon }) => polygon !== null))
    .map(([first, ...later]) => ({ label, ...(first as MaskKeyframe), ...(later.length > 0 && { later }), replaces }));
}

/** Keyframes without those that are as the one before and the one after. */
function withoutRepeats(keyframes: readonly MaskKeyframe[]): MaskKeyframe[] {
  const shape = ({ polygon, holes }: MaskKeyframe): string => JSON.stringify([polygon, holes]);
  const shapes = keyframes.map(shape);
  return keyframes.filter((_, i) => i === 0 || i === keyframes.length - 1 || shapes[i] !== shapes[i - 1] || shapes[i] !== shapes[i + 1]);
}

/** What outlines can't tell of the masks that they are made of. */
class Loss {
  #inexact = 0;
  #least = 1;
  #parts = 0;
  #holes = 0;
  #vanished = 0;

  add({ outlines, agreement, lostParts, lostHoles }: Outlined): void {
    this.#parts += lostParts;
    this.#holes += lostHoles;
    if (outlines.length === 0) this.#vanished++;
    else if (agreement < 1) {
      this.#inexact++;
      this.#least = Math.min(this.#least, agreement);
    }
  }

  notes(): string[] {
    // Rounded down: never more than is true.
    const percent = Math.floor(1000 * this.#least) / 10;
    return [
      ...(this.#inexact > 0 ? [`${this.#inexact} masks became outlines that share ${percent} % of their cells at least (intersection over union).`] : []),
      ...(this.#parts > 0 ? [`${this.#parts} parts of masks were left out: a mask may have ${mostParts}, the largest.`] : []),
      ...(this.#holes > 0 ? [`${this.#holes} holes were filled: an outline may have ${mostHoles}, the largest.`] : []),
      ...(this.#vanished > 0 ? [`${this.#vanished} masks cover no whole pixel of the analysis's picture and were left out.`] : []),
    ];
  }
}
