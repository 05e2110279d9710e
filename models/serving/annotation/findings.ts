import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { z } from "zod";
import { type Analysis, detectionChunk, maskChunk } from "../../../contracts/analysis.ts";
import { metadataPrefix, parseUri } from "../../../contracts/keys.ts";
import { parseJson } from "../model-folder.ts";
import { reasons } from "../reasons.ts";

export interface DrawnBox {
  readonly label: string;
  readonly producer: string;
  /** -1 if it belongs to none. */
  readonly track: number;
  /** Null if a person drew it. */
  readonly score: number | null;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface DrawnMask {
  readonly label: string;
  readonly producer: string;
  readonly width: number;
  readonly height: number;
  readonly runs: readonly number[];
}

/** A source frame that was looked at, and what was found in it. */
export interface Look<Item> {
  readonly frame: number;
  readonly items: readonly Item[];
}

/** What is still in sight of the last look, whether it was at this very frame, and which one it was at: -1 for none. */
export interface Seen<Item> extends Look<Item> {
  readonly isExact: boolean;
}

/** What one producer found from a frame on, in the order of frames. Chunks are read as they are needed, from the folder that stands for the run's metadata. */
export async function* boxesFrom(
  folder: string,
  analysis: Analysis,
  producer: Analysis["detections"][number],
  startFrame: number,
): AsyncGenerator<Look<DrawnBox>> {
  for (const { uri } of producer.chunks.filter(({ endFrame }) => endFrame > startFrame)) {
    const { frames, offsets, label, score, box, track } = await readChunk(folder, analysis, uri, detectionChunk);
    for (const [i, frame] of frames.entries()) {
      const items = range(offsets[i], offsets[i + 1]).map((b): DrawnBox => {
        const [x, y, width, height] = box.slice(4 * b, 4 * b + 4) as [number, number, number, number];
        const made = { label: producer.labels[label[b] as number] ?? "?", producer: producer.producer, track: track[b] as number };
        return { ...made, score: score[b] as number, x, y, width, height };
      });
      yield { frame, items };
    }
  }
}

/** The same of masks. */
export async function* masksFrom(folder: string, analysis: Analysis, producer: Analysis["masks"][number], startFrame: number): AsyncGenerator<Look<DrawnMask>> {
  for (const { uri } of producer.chunks.filter(({ endFrame }) => endFrame > startFrame)) {
    const { frames, offsets, label, runs, gridWidth: width, gridHeight: height } = await readChunk(folder, analysis, uri, maskChunk);
    for (const [i, frame] of frames.entries()) {
      const items = range(offsets[i], offsets[i + 1]).map((m) => ({
        label: producer.labels[label[m] as number] ?? "?",
        producer: producer.producer,
        width,
        height,
        runs: runs[m] as number[],
      }));
      yield { frame, items };
    }
  }
}

const range = (from = 0, to = 0): number[] => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

async function readChunk<S extends z.ZodType>(folder: string, { caseId, runId }: Analysis, uri: string, schema: S): Promise<z.infer<S>> {
  const prefix = metadataPrefix(caseId, runId);
  const { key } = parseUri(uri);
  if (!key.startsWith(prefix)) throw new Error(`${uri} does not lie among the run's metadata.`);
  const file = join(folder, key.slice(prefix.length));
  const content = await readFile(file).catch(() => Promise.reject(new Error(`${file} can't be read.`)));
  const parsed = schema.safeParse(parseJson(gunzipSync(content).toString(), file));
  if (!parsed.success) throw new Error(`${file} breaks its contract: ${reasons(parsed.error)}.`);
  return parsed.data;
}

/**
 * Follows looks in step with rising frames: what was found in the last frame that was looked at, and whether that is the very
 * frame. What is older than `longest` frames is no longer shown.
 */
export class Follower<Item> {
  readonly #looks: AsyncIterator<Look<Item>>;
  readonly #longest: number;
  #current: Look<Item> | undefined;
  #next: IteratorResult<Look<Item>> | undefined;

  constructor(looks: AsyncIterable<Look<Item>>, longest: number) {
    this.#looks = looks[Symbol.asyncIterator]();
    this.#longest = longest;
  }

  async at(frame: number): Promise<Seen<Item>> {
    this.#next ??= await this.#looks.next();
    while (!this.#next.done && this.#next.value.frame <= frame) {
      this.#current = this.#next.value;
      this.#next = await this.#looks.next();
    }
    const isShown = this.#current !== undefined && frame - this.#current.frame < this.#longest;
    const lookedAt = this.#current?.frame ?? -1;
    return { items: isShown ? (this.#current as Look<Item>).items : [], isExact: lookedAt === frame, frame: lookedAt };
  }
}
