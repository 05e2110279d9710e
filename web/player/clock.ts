import { type FrameIndex, lastNotAfter } from "../../contracts/frame-index.ts";

/** Which frame a moment of the review video shows, and which moment shows a frame: through the frame table only. */
export class FrameClock {
  readonly frames: FrameIndex;
  readonly #review: ReturnType<FrameIndex["rendition"]>;
  /** Media time of the first picture, seconds. */
  #origin = 0;

  constructor(frames: FrameIndex) {
    this.frames = frames;
    this.#review = frames.rendition("review");
  }

  /** Tells at which media time the browser shows the first picture: what edit lists say of it, browsers have applied. */
  startsAt(mediaTime: number): void {
    this.#origin = mediaTime;
  }

  /** Frames of the review video. */
  get length(): number {
    return this.#review.pts.length;
  }

  /** The review frame on the screen at a media time in seconds, which browsers round to a microsecond. */
  at(mediaTime: number): number {
    const { pts, timebase } = this.#review;
    const ticks = (pts[0] as number) + Math.round(((mediaTime - this.#origin) * timebase.den) / timebase.num);
    return Math.max(0, lastNotAfter(pts, ticks + 1));
  }

  /** The middle of a review frame in seconds of media time, so that rounding can't show its neighbour. */
  middleOf(reviewFrame: number): number {
    const { pts, timebase } = this.#review;
    const start = pts[reviewFrame] as number;
    const end = pts[reviewFrame + 1] ?? start + (start - (pts[reviewFrame - 1] ?? start - 2));
    return this.#origin + (((start + end) / 2 - (pts[0] as number)) * timebase.num) / timebase.den;
  }

  /** Where a review frame begins, in seconds of media time. */
  startOf(reviewFrame: number): number {
    const { pts, timebase } = this.#review;
    return this.#origin + (((pts[reviewFrame] as number) - (pts[0] as number)) * timebase.num) / timebase.den;
  }

  toSource(reviewFrame: number): number {
    return this.frames.toSource("review", reviewFrame);
  }
  toReview(sourceFrame: number): number {
    return this.frames.toRendition("review", sourceFrame);
  }
  clamp(reviewFrame: number): number {
    return Math.max(0, Math.min(this.length - 1, Math.round(reviewFrame)));
  }
}
