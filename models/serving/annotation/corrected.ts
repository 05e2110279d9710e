import { boxOf, type CorrectedView, ringsOf, stands } from "../../../contracts/corrected-view.ts";
import type { DrawnObject, DrawnMask as DrawnOutline } from "../../../contracts/corrections.ts";
import { maskRuns, type Rings } from "../../../contracts/outlines.ts";
import type { Grid } from "../../../contracts/run-lengths.ts";
import type { DrawnBox, DrawnMask, Seen } from "./findings.ts";

/** What is shown of boxes: whole ones where somebody looked, corners of others. */
export type ShownBox = DrawnBox & { readonly isExact: boolean };

/**
 * What is to be seen of boxes and masks in rising frames, as people corrected them: what people drew stands in the place of what it replaces, from
 * keyframe to keyframe; outside its keyframes it stays as long as findings of its frame do.
 */
export class Corrections {
  readonly #view: CorrectedView;
  readonly #raster: Grid;
  readonly #longest: number;
  readonly #objects: Spanned<DrawnObject>[];
  readonly #outlines: Spanned<DrawnOutline>[];
  readonly #runs = new Map<string, { readonly shape: string; readonly runs: number[] }>();

  /** `longest`: frames that findings stay in sight until the next look. */
  constructor(view: CorrectedView, raster: Grid, longest: number) {
    this.#view = view;
    this.#raster = raster;
    this.#longest = longest;
    this.#objects = spansOf(view.objects, ({ keyframes }) => keyframes.map(({ frame }) => frame));
    this.#outlines = spansOf(view.masks, ({ frame, later = [] }) => [frame, ...later.map((key) => key.frame)]);
  }

  boxesAt(frame: number, seen: readonly Seen<DrawnBox>[]): ShownBox[] {
    const near = this.#near(this.#objects, frame);
    const newest = newestOf(frame, seen, near);
    const view = { tracks: this.#view.tracks, objects: new Map(near.map(({ id, drawn }) => [id, drawn])) };
    const left = seen.flatMap(({ items, isExact, frame: lookedAt }) =>
      items.flatMap((item): ShownBox[] => {
        const { producer, track, x, y, width, height } = item;
        const found = { producer, track, box: [x, y, width, height] as const };
        const isStanding = [lookedAt, newest, frame].every((at) => at < lookedAt || stands(view, at, found));
        return isStanding ? [{ ...item, label: view.tracks.get(track)?.label ?? item.label, isExact }] : [];
      }),
    );
    const drawn = near.flatMap(({ drawn: object, keyframes }): ShownBox[] => {
      const { at, what: box } = lastOf((one) => boxOf(object, one), frame, this.#isRecent(newest, frame) ? newest : frame);
      if (!box) return [];
      const [x, y, width, height] = box;
      const isExact = at === frame && (keyframes.includes(frame) || newest === frame);
      return [{ label: object.label, producer: "", track: -1, score: null, x, y, width, height, isExact }];
    });
    return [...left, ...drawn];
  }

  masksAt(frame: number, seen: readonly Seen<DrawnMask>[]): DrawnMask[] {
    const near = this.#near(this.#outlines, frame);
    const newest = newestOf(frame, seen, near);
    const isReplaced = ({ producer, label }: DrawnMask, lookedAt: number): boolean =>
      near.some(
        ({ drawn }) =>
          drawn.replaces === producer && drawn.label === label && [lookedAt, newest, frame].some((at) => at >= lookedAt && ringsOf(drawn, at) !== undefined),
      );
    const left = seen.flatMap(({ items, frame: lookedAt }) => items.filter((item) => !isReplaced(item, lookedAt)));
    const drawn = near.flatMap(({ id, drawn: outline }): DrawnMask[] => {
      const { what: rings } = lastOf((one) => ringsOf(outline, one), frame, this.#isRecent(newest, frame) ? newest : frame);
      return rings?.length ? [{ label: outline.label, producer: "", ...this.#raster, runs: this.#runsOf(id, rings) }] : [];
    });
    return [...left, ...drawn];
  }

  #isRecent = (lookedAt: number, frame: number): boolean => lookedAt >= 0 && frame - lookedAt < this.#longest;

  /** What may have to do with a frame, or with the look before it. */
  #near<T>(all: readonly Spanned<T>[], frame: number): Spanned<T>[] {
    return all.filter(({ first, last }) => first <= frame && last > frame - this.#longest);
  }

  /** Outlines mostly stay as they are from one frame to the next. */
  #runsOf(id: string, rings: Rings): number[] {
    const shape = JSON.stringify(rings);
    const known = this.#runs.get(id);
    if (known?.shape === shape) return known.runs;
    const runs = maskRuns(rings, this.#raster, this.#raster);
    this.#runs.set(id, { shape, runs });
    return runs;
  }
}

interface Spanned<T> {
  readonly id: string;
  readonly drawn: T;
  readonly keyframes: readonly number[];
  readonly first: number;
  readonly last: number;
}

const spansOf = <T>(all: ReadonlyMap<string, T>, framesOf: (drawn: T) => number[]): Spanned<T>[] =>
  [...all].map(([id, drawn]) => {
    const keyframes = framesOf(drawn);
    return { id, drawn, keyframes, first: Math.min(...keyframes), last: Math.max(...keyframes) };
  });

/** The last frame that somebody looked at or drew in, up to this one; -1 if there is none. */
const newestOf = (frame: number, seen: readonly { readonly frame: number }[], near: readonly { readonly keyframes: readonly number[] }[]): number =>
  Math.max(-1, ...seen.map((one) => one.frame), ...near.flatMap(({ keyframes }) => keyframes.filter((key) => key <= frame)));

/** What is in a frame; where nothing is said of it, what was in the one that was looked at. */
function lastOf<T>(what: (frame: number) => T | undefined, frame: number, lookedAt: number): { readonly at: number; readonly what: T | undefined } {
  const now = what(frame);
  return now === undefined ? { at: lookedAt, what: what(lookedAt) } : { at: frame, what: now };
}
