import type { Model } from "../../contracts/model.ts";
import type { ExecutionProvider } from "./execution-providers.ts";

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

/** What a thread is started with. */
export interface WorkerData {
  readonly models: readonly WorkerModel[];
  /** What networks may run on, the fastest first; the last is the processor. */
  readonly providers: readonly ExecutionProvider[];
}

/** How a thread opened its networks. */
export interface Opened {
  /** Which networks did not open, by id, and why. */
  readonly failures: Readonly<Record<string, string>>;
  /** Which networks run on the processor though a faster provider is there, by id, and why. */
  readonly slow: Readonly<Record<string, string>>;
}

export type ToWorker = ({ readonly type: "run" } & Batch) | { readonly type: "close" };

/** `ready` is the first message of a thread. */
export type FromWorker = ({ readonly type: "ready" } & Opened) | ({ readonly type: "answer" } & BatchAnswer);
