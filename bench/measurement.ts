/** What every file in `measurements/` gives. To add a measurement, write such a file and list it in `registry.ts`. */

/** One figure of one run. */
export interface Sample {
  /** Line of the table that the figure belongs to; the same in every round. */
  readonly row: string;
  /** Processor seconds, user and system, of everything that ran; null where they are not what is measured. */
  readonly cpuSeconds: number | null;
  readonly wallSeconds: number;
  /** Largest sum of resident memory of everything that ran; null where it is not known. */
  readonly peakMemoryBytes: number | null;
}

/** Something that runs once a round, between the other ones, and gives the figures of one or more rows. */
export type Run = () => Promise<readonly Sample[]>;

export interface Workplace {
  /** The benchmark's clip. */
  readonly clip: Clip;
  /** Empty folder of this benchmark, removed in the end. */
  readonly folder: string;
  /** Only to see that it works: little work, no figures to quote. */
  readonly quick: boolean;
  readonly log: (line: string) => void;
}

export interface Clip {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: { readonly num: number; readonly den: number };
  readonly frameCount: number;
}

export interface Measurement {
  /** Name for `--only`. */
  readonly id: string;
  readonly title: string;
  /** Row that the multiples refer to; of this measurement, or of one that always runs before it. */
  readonly baseline: string;
  /** Measurements that have to run too, by id. */
  readonly needs: readonly string[];
  /** What is measured and how, for the document: Markdown. */
  readonly explanation: string;
  /** Makes what the runs share; costs nothing that is measured. */
  prepare(workplace: Workplace): Promise<readonly Run[]>;
  /** Sentences drawn from the medians, for the document. */
  conclude?(medians: ReadonlyMap<string, Sample>): readonly string[];
}
