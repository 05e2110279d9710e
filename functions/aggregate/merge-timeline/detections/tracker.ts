import { assign } from "../../../../contracts/assignment.ts";
import { JerkMeter } from "./jerk.ts";
import { type Candidate, distanceIou, iou, type Rectangle } from "./suppression.ts";

/*
 * Tracking by detection in the manner of ByteTrack (Zhang et al., ECCV 2022): sure boxes are joined to tracks first, then the
 * unsure ones to the tracks that are left, so that an instrument that smoke half hides is not lost; tracks begin with
 * sure boxes only. Where a track will be is predicted from a constant velocity. Boxes and tracks are paired by
 * optimal assignment, each class for itself, in each frame: a track never waits for a later one, so memory is that of the tracks
 * in sight.
 *
 * Instead of a Kalman filter the velocity is smoothed by half (an alpha-beta filter, alpha 1, beta 0.5): frames are sampled a few times
 * a second, boxes are far more exact than that motion is steady, and a filter's covariances would have to be tuned on data that
 * nobody has for this. Instead of the overlap alone its extension by the distance of the middles (DIoU) says how well a box
 * fits: at 5 frames per second the tip of an instrument easily moves further than its box is wide.
 */

/** A sure box fits from this DIoU on: about one width of a box between the middles of boxes that don't touch. */
const leastFit = -0.2;
/** An unsure box fits from this overlap on (ByteTrack's second association). */
const leastOverlap = 0.5;
/** Boxes below this score are no sign of anything (ByteTrack). */
const leastScore = 0.1;
/** Boxes from which a track counts; those that don't get there are false alarms (SORT, Bewley et al., ICIP 2016: `min_hits`). */
const leastBoxes = 3;
/** Boxes of a class in a frame that are followed, the surest. Bounds the time of an assignment; no operation shows more instruments. */
const mostBoxes = 64;
/** Shortest track, and share of the frames looked at in which it must be seen, for measures of motion. */
const stableSeconds = 2;
const stableShare = 0.8;

export class Track {
  readonly category: number;
  readonly startFrame: number;
  /** Index in the list of tracks; -1 until it counts. */
  number = -1;
  lastFrame: number;
  boxCount = 0;
  scores = 0;
  /** In diagonals. */
  pathLength = 0;
  /** In diagonals. */
  readonly jerk = new JerkMeter();
  /** Boxes by index of their producer. */
  readonly boxesBy: number[] = [];
  readonly #startSeconds: number;
  readonly #firstLook: number;
  #looks = 0;
  #seconds: number;
  #renditionFrame: number;
  #box: Rectangle;
  #velocity: { x: number; y: number } | undefined;

  constructor(box: Candidate, { frame, renditionFrame, seconds }: Moment, look: number, diagonal: number) {
    this.category = box.category;
    this.startFrame = frame;
    this.lastFrame = frame;
    this.#startSeconds = seconds;
    this.#seconds = seconds;
    this.#renditionFrame = renditionFrame;
    this.#firstLook = look;
    this.#box = box;
    this.#count(box, frame, look);
    this.jerk.add(middle(box, seconds, diagonal), box.producer);
  }

  /** Its box at that time, if it goes on as it went. */
  predicted(seconds: number): Rectangle {
    if (!this.#velocity) return this.#box;
    const elapsed = seconds - this.#seconds;
    const { x, y, width, height } = this.#box;
    return { x: x + this.#velocity.x * elapsed, y: y + this.#velocity.y * elapsed, width, height };
  }

  /** A track that is not seen for longer than that many frames of the rendition is over: who comes back is not known. */
  isOver = (renditionFrame: number, longestGap: number): boolean => renditionFrame - this.#renditionFrame > longestGap;

  add(box: Candidate, { frame, renditionFrame, seconds }: Moment, look: number, diagonal: number): void {
    const elapsed = seconds - this.#seconds;
    const before = this.#box;
    const dx = box.x + box.width / 2 - (before.x + before.width / 2);
    const dy = box.y + box.height / 2 - (before.y + before.height / 2);
    const measured = { x: dx / elapsed, y: dy / elapsed };
    this.#velocity = this.#velocity ? { x: (this.#velocity.x + measured.x) / 2, y: (this.#velocity.y + measured.y) / 2 } : measured;
    this.pathLength += Math.hypot(dx, dy) / diagonal;
    this.jerk.add(middle(box, seconds, diagonal), box.producer);
    this.#box = box;
    this.#seconds = seconds;
    this.#renditionFrame = renditionFrame;
    this.lastFrame = frame;
    this.#count(box, frame, look);
  }

  #count({ producer, score }: Candidate, frame: number, look: number): void {
    this.lastFrame = frame;
    this.boxCount++;
    this.scores += score;
    this.boxesBy[producer] = (this.boxesBy[producer] ?? 0) + 1;
    this.#looks = look - this.#firstLook + 1;
  }

  /** Long and dense enough for measures of motion. */
  get stable(): boolean {
    // Two seconds of frames are not always two seconds of floats.
    return this.#seconds - this.#startSeconds >= stableSeconds - 1e-6 && this.boxCount / this.#looks >= stableShare;
  }

  /** The producer that most of its boxes come from; of several, the first. */
  get producer(): number {
    let best = 0;
    for (let i = 1; i < this.boxesBy.length; i++) if ((this.boxesBy[i] ?? 0) > (this.boxesBy[best] ?? 0)) best = i;
    return best;
  }
}

const middle = ({ x, y, width, height }: Rectangle, seconds: number, diagonal: number) => ({
  seconds,
  x: (x + width / 2) / diagonal,
  y: (y + height / 2) / diagonal,
});

interface Moment {
  /** Source frame, its time, and the frame of the analysis rendition that shows it. */
  frame: number;
  seconds: number;
  renditionFrame: number;
}

export interface Look extends Moment {
  boxes: readonly Candidate[];
  /** For each box whether its score reaches its producer's threshold. */
  isSure: (box: Candidate) => boolean;
  /** Classes that somebody looked for in this frame. */
  categories: readonly number[];
}

/**
 * Follows boxes from frame to frame. `longestGaps`: for each class how long a track may be out of sight, in frames of the rendition;
 * `diagonal` is the raster's, in pixels.
 */
export function tracker(longestGaps: readonly number[], diagonal: number) {
  const going = longestGaps.map((): Track[] => []);
  const looks = new Float64Array(longestGaps.length);
  const counted: Track[] = [];

  /** Pairs boxes with tracks by falling fit. Gives the tracks that are left, and the boxes. */
  const join = (tracks: Track[], boxes: Candidate[], look: Look, likeness: typeof iou, least: number, joined: Map<Candidate, Track>) => {
    if (tracks.length === 0 || boxes.length === 0) return { tracks, boxes };
    const boxesAre = tracks.map((track) => track.predicted(look.seconds));
    const costs = boxes.map((box) => Float64Array.from(boxesAre, (predicted) => 1 - likeness(predicted, box)));
    const columns = assign(costs, tracks.length, 1 - least);
    const taken = new Set<number>();
    const left = boxes.filter((box, i) => {
      const column = columns[i] as number;
      if (column < 0) return true;
      taken.add(column);
      const track = tracks[column] as Track;
      track.add(box, look, looks[track.category] as number, diagonal);
      joined.set(box, track);
      return false;
    });
    return { tracks: tracks.filter((_, i) => !taken.has(i)), boxes: left };
  };

  return {
    /** Takes the boxes of one frame, in rising frames. Gives the track of each box that has one; some never come to count. */
    add(look: Look): Map<Candidate, Track> {
      const joined = new Map<Candidate, Track>();
      for (const category of look.categories) {
        looks[category] = (looks[category] as number) + 1;
        const boxes = look.boxes.filter((box) => box.category === category && box.score >= leastScore);
        const tracks = (going[category] as Track[]).filter((track) => !track.isOver(look.renditionFrame, longestGaps[category] as number));
        if (boxes.length === 0 && tracks.length === 0) {
          going[category] = [];
          continue;
        }
        if (boxes.length > 1) boxes.sort((a, b) => b.score - a.score);
        const sure = boxes.filter(look.isSure).slice(0, mostBoxes);
        const unsure = boxes.filter((box) => !look.isSure(box)).slice(0, mostBoxes);
        const first = join(tracks, sure, look, distanceIou, leastFit, joined);
        const firm = first.tracks.filter(({ number }) => number >= 0);
        join(firm, unsure, look, iou, leastOverlap, joined);
        const born = first.boxes.map((box) => {
          const track = new Track(box, look, looks[category] as number, diagonal);
          joined.set(box, track);
          return track;
        });
        // One that doesn't count yet and was missed once never will.
        const missed = new Set(first.tracks.filter(({ number }) => number < 0));
        going[category] = [...tracks.filter((track) => !missed.has(track)), ...born];
        for (const track of joined.values()) {
          if (track.category !== category || track.number >= 0 || track.boxCount < leastBoxes) continue;
          track.number = counted.length;
          counted.push(track);
        }
      }
      return joined;
    },
    /** Every track that counts, in the order of its number. */
    tracks: counted as readonly Track[],
  };
}
