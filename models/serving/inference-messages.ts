import type { Model } from "../../contracts/model.ts";

/** What the threads of the inference pool tell one another. */

/** A tensor as it crosses threads. */
export interface TensorData {
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array | Uint8Array;
}

/** What one network gave for a batch: its outputs by name, or why it gave none. */
export type ModelAnswer = { readonly tensors: Readonly<Record<string, TensorData>> } | { readonly error: string };

/** Frames of one raster, packed RGB, one after another; `pixels` may be longer than they are. */
export interface Batch {
  readonly models: readonly string[];
  readonly pixels: ArrayBuffer;
  readonly frames: number;
}

export interface BatchAnswer {
  /** The batch's own buffer, given back. */
  readonly pixels: ArrayBuffer;
  readonly answers: Readonly<Record<string, ModelAnswer>>;
}

/** A network that a thread must open. */
export interface WorkerModel {
  readonly id: string;
  readonly graphFile: string;
  readonly input: Model["input"];
  readonly outputs: readonly string[];
}

export type ToWorker = ({ readonly type: "run" } & Batch) | { readonly type: "close" };

/** `ready` is the first message of a thread; `failures` says which networks did not open, and why. */
export type FromWorker = { readonly type: "ready"; readonly failures: Readonly<Record<string, string>> } | ({ readonly type: "answer" } & BatchAnswer);
