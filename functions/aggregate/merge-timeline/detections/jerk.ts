/*
 * Jerk, the third derivative of where something is: how smoothly an instrument is led (Cotin et al., MICCAI 2002, "Metrics for laparoscopic skills
 * trainers": the mean square root of the jerk; Hogan and Sternad, J Mot Behav 41, 2009). Told as the integral of its square and the time
 * it is integrated over, so that a mean over any tracks doesn't grow with their length.
 */

/**
 * Boxes are this far apart at least, about a fifth of a second; those between are left out. A third difference divides the trembling of boxes by the cube
 * of their distance: at twice the rate it would be eight times as much, and the same hand would seem to shake.
 */
const leastStepSeconds = 0.18;
/** And this far at most: over longer times a movement of the hand (some 2 Hz) is gone again before it is seen. */
const mostStepSeconds = 0.5;

interface Point {
  seconds: number;
  x: number;
  y: number;
}

/** Gathers the jerk of one track from where its boxes' middles are. */
export class JerkMeter {
  /** Integral of the squared jerk over time, in (unit of length)^2 / s^5. */
  squared = 0;
  /** Seconds that it is integrated over. */
  seconds = 0;
  readonly #points: Point[] = [];
  #producer: number | undefined;

  /** Takes the next place, whoever's box it is the middle of. Where another producer's box is taken, or after a long gap, it begins anew: two networks' boxes of one thing differ. */
  add(point: Point, producer: number): void {
    const last = this.#points.at(-1);
    const elapsed = last ? point.seconds - last.seconds : 0;
    if (producer !== this.#producer || elapsed > mostStepSeconds) this.#points.length = 0;
    else if (elapsed < leastStepSeconds) return;
    this.#producer = producer;
    this.#points.push(point);
    if (this.#points.length < 4) return;
    const [first, , , newest] = this.#points as [Point, Point, Point, Point];
    // Four boxes stand for a third of their time: each third has three such fours, but for the ends of the track.
    const weight = (newest.seconds - first.seconds) / 3;
    const jerk = { x: thirdDerivative(this.#points, "x"), y: thirdDerivative(this.#points, "y") };
    this.squared += (jerk.x * jerk.x + jerk.y * jerk.y) * weight;
    this.seconds += weight;
    this.#points.shift();
  }
}

/** Of the cubic through four points, whatever their distances: six times Newton's divided difference. */
function thirdDerivative(points: readonly Point[], axis: "x" | "y"): number {
  let values = points.map((point) => point[axis]);
  for (let order = 1; order <= 3; order++)
    values = values.slice(1).map((value, i) => (value - (values[i] as number)) / ((points[i + order] as Point).seconds - (points[i] as Point).seconds));
  return 6 * (values[0] as number);
}
