/** What a chunk covers: source frames, half-open. */
interface Span {
  readonly startFrame: number;
  readonly endFrame: number;
}

/** Chunks kept in memory: four minutes of overlay around where one looks. */
const kept = 8;

/** Reads the chunks of one producer as the player comes to them, one ahead, and forgets those used longest ago: memory stays flat however long the operation. */
export class Chunks<C> {
  readonly #spans: readonly Span[];
  readonly #read: (index: number) => Promise<C>;
  readonly #onLoad: () => void;
  readonly #onError: (error: Error) => void;
  /** In the order of their last use. */
  readonly #chunks = new Map<number, C | "loading">();

  constructor(args: {
    spans: readonly Span[];
    /** Reads the chunk of the span with this index. */
    read: (index: number) => Promise<C>;
    onLoad: () => void;
    onError: (error: Error) => void;
  }) {
    this.#spans = args.spans;
    this.#read = args.read;
    this.#onLoad = args.onLoad;
    this.#onError = args.onError;
  }

  /** The chunk that a frame lies in; undefined where none covers it. */
  at(frame: number): C | "loading" | undefined {
    const index = this.#indexOf(frame);
    if (index < 0) return undefined;
    const found = this.#use(index);
    if (found !== "loading" && index + 1 < this.#spans.length) this.#use(index + 1);
    return found;
  }

  #indexOf(frame: number): number {
    let low = 0;
    let high = this.#spans.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#spans[middle] as Span).startFrame <= frame) low = middle + 1;
      else high = middle;
    }
    const span = this.#spans[low - 1];
    return span !== undefined && frame < span.endFrame ? low - 1 : -1;
  }

  #use(index: number): C | "loading" {
    const found = this.#chunks.get(index);
    if (found !== undefined) {
      this.#chunks.delete(index);
      this.#chunks.set(index, found);
      return found;
    }
    this.#chunks.set(index, "loading");
    for (const oldest of this.#chunks.keys()) {
      if (this.#chunks.size <= kept) break;
      this.#chunks.delete(oldest);
    }
    this.#read(index).then(
      (chunk) => {
        if (!this.#chunks.has(index)) return;
        this.#chunks.set(index, chunk);
        this.#onLoad();
      },
      (error: Error) => {
        this.#chunks.delete(index);
        this.#onError(error);
      },
    );
    return "loading";
  }
}
