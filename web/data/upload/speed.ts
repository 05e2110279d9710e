/** Milliseconds that a speed is told over, and that it takes before one is told. */
const window = 10_000;
const least = 1000;

/** How fast something comes on: over the last ten seconds, so that a stall shows and a hiccup doesn't. */
export class Speed {
  readonly #samples: { at: number; bytes: number }[] = [];

  /** Bytes a second after another look at the clock (milliseconds) and the count; null before a second has passed. */
  after(at: number, bytes: number): number | null {
    this.#samples.push({ at, bytes });
    while (this.#samples.length > 2 && (this.#samples[1] as { at: number }).at <= at - window) this.#samples.shift();
    const [first] = this.#samples as [{ at: number; bytes: number }];
    if (at - first.at < least) return null;
    // A failed part takes its bytes back.
    return Math.max(0, ((bytes - first.bytes) / (at - first.at)) * 1000);
  }
}
