import type { Model } from "../../contracts/model.ts";
import { Busy } from "./admission.ts";
import type { Tensors } from "./halving.ts";
import type { InferencePool } from "./inference-pool.ts";

export interface PictureBatches {
  /** What a network gives for one picture of its own size, outputs with one frame. Rejects with {@link Busy} where too many wait, with the network's own words if it fails. */
  run(model: Model, pixels: Uint8Array): Promise<Tensors>;
}

interface Waiting {
  readonly pixels: Uint8Array;
  resolve(tensors: Tensors): void;
  reject(error: Error): void;
}

/**
 * Pictures of requests that come at the same time, together in a batch. Nobody waits for company: a picture that finds a thread free
 * goes alone, and those that come while all threads are busy go together afterwards, `most` at a time and `waiting` in all.
 */
export function pictureBatches(pool: Pick<InferencePool, "run" | "threads">, most = 8, waiting = 64): PictureBatches {
  const lines = new Map<Model, Waiting[]>();
  let length = 0;
  let running = 0;

  const send = async (model: Model, together: readonly Waiting[]): Promise<void> => {
    const bytes = model.input.width * model.input.height * 3;
    const pixels = new Uint8Array(bytes * together.length);
    for (const [i, one] of together.entries()) pixels.set(one.pixels, i * bytes);
    try {
      const found = (await pool.run({ models: [model.id], pixels: pixels.buffer, frames: together.length })).answers[model.id];
      if (!found || "error" in found) throw new Error(found?.error ?? `Model "${model.id}" gave no answer.`);
      for (const [i, one] of together.entries()) one.resolve(frameOf(model, found.tensors, i, together.length));
    } catch (error) {
      for (const one of together) one.reject(error as Error);
    }
  };
  const dispatch = (): void => {
    for (const [model, line] of lines) {
      if (running >= pool.threads) return;
      const together = line.splice(0, most);
      length -= together.length;
      // To the end of the map with what is left, so that no network starves another.
      lines.delete(model);
      if (line.length > 0) lines.set(model, line);
      running++;
      void send(model, together).finally(() => {
        running--;
        dispatch();
      });
    }
  };
  return {
    run: (model, pixels) =>
      new Promise((resolve, reject) => {
        if (length >= waiting) return reject(new Busy(`${length} pictures wait.`));
        length++;
        const line = lines.get(model);
        if (line) line.push({ pixels, resolve, reject });
        else lines.set(model, [{ pixels, resolve, reject }]);
        dispatch();
      }),
  };
}

/** The outputs of one frame of a batch. Throws where the network did not answer for each. */
function frameOf(model: Model, tensors: Tensors, frame: number, frames: number): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dims, data }]) => {
      if (dims[0] !== frames) throw new Error(`Model "${model.id}" gave the output "${name}" as [${dims.join(", ")}] for ${frames} frames.`);
      const size = data.length / frames;
      return [name, { dims: [1, ...dims.slice(1)], data: data.slice(frame * size, (frame + 1) * size) }];
    }),
  );
}
