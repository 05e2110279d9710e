import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { type AnalyserResult, modelProducer } from "../../contracts/analyser-result.ts";
import type { Model } from "../../contracts/model.ts";
import type { ModelAnswer } from "./inference-messages.ts";
import { type Raster, readFrames } from "./tensors.ts";

export type Output = AnalyserResult["outputs"][number];

/** Characters that are gathered before they are written: a write of each batch's few lines would cost more than making them. */
const fullBuffer = 1 << 16;

const kindOf = { "frame-classification": "classifications", "object-detection": "detections", segmentation: "masks" } as const;

/** The JSON Lines file of one network. After a failure it takes nothing more: what stands in it is true. */
export class ModelOutput {
  readonly model: Model;
  readonly kind: "classifications" | "detections" | "masks";
  readonly file: string;
  readonly #handle: FileHandle;
  readonly #raster: Raster;
  #error: string | null = null;
  #unwritten = "";
  #framesDone = 0;

  static async create(model: Model, raster: Raster, folder: string): Promise<ModelOutput> {
    const kind = kindOf[model.task];
    const file = `${model.id}.${kind}.jsonl`;
    return new ModelOutput(model, kind, file, await open(join(folder, file), "w"), raster);
  }

  private constructor(model: Model, kind: ModelOutput["kind"], file: string, handle: FileHandle, raster: Raster) {
    this.model = model;
    this.kind = kind;
    this.file = file;
    this.#handle = handle;
    this.#raster = raster;
  }

  get failed(): boolean {
    return this.#error !== null;
  }

  /** Why it failed; null if it didn't. */
  get error(): string | null {
    return this.#error;
  }

  fail(reason: string): void {
    this.#error ??= reason;
  }

  /** Fails it if it has not looked at all that it was to. */
  endEarly(reason: string, framesWanted: number): void {
    if (this.#framesDone < framesWanted) this.fail(reason);
  }

  /** Fails it with nothing done: which frames its lines are about is not known. */
  discard(reason: string): void {
    this.fail(reason);
    this.#framesDone = 0;
  }

  /** Takes what the network gave for the next frames. */
  async add(frames: readonly number[], pts: ArrayLike<number>, answer: ModelAnswer): Promise<void> {
    if (this.failed) return;
    if ("error" in answer) return this.fail(answer.error);
    let values: object[];
    try {
      values = readFrames(this.model, answer.tensors, frames.length, this.#raster);
    } catch (error) {
      return this.fail((error as Error).message);
    }
    const lines = frames.map((frame, i) => `${JSON.stringify({ frame, pts: pts[frame], ...values[i] })}\n`);
    this.#unwritten += lines.join("");
    this.#framesDone += frames.length;
    if (this.#unwritten.length < fullBuffer) return;
    try {
      await this.#flush();
    } catch (error) {
      // Its file may end anywhere.
      this.discard((error as Error).message);
    }
  }

  async #flush(): Promise<void> {
    const text = this.#unwritten;
    this.#unwritten = "";
    await this.#handle.writeFile(text);
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    try {
      await this.#flush();
    } finally {
      await this.#handle.close();
    }
  }

  /** `frameStep`: frames between two that it was to look at. */
  result(framesWanted: number, frameStep: number): Output {
    return {
      producer: modelProducer(this.model),
      status: this.failed ? "FAILED" : "SUCCEEDED",
      error: this.#error,
      kind: this.kind,
      subject: this.model.subject,
      ...(this.model.meanPhaseSeconds !== undefined && { meanPhaseSeconds: this.model.meanPhaseSeconds }),
      ...(this.model.procedures !== undefined && { procedures: this.model.procedures }),
      file: this.file,
      labels: this.model.labels,
      framesDone: this.#framesDone,
      framesWanted,
      frameStep,
    };
  }
}
