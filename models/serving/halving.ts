import type { TensorData } from "./inference-messages.ts";

export type Tensors = Readonly<Record<string, TensorData>>;

/** Words of ONNX Runtime's arenas, of CUDA and of the C++ runtime where there is no more memory. */
const outOfMemory = /failed to allocate memory|out of memory|bad_alloc|bad allocation/i;

/**
 * Runs a batch, and in halves where memory does not suffice for all of it at once, down to single frames. `run` takes the frames
 * `[from, from + count)`. Rejects with what `run` rejects with otherwise, or if one frame alone is too much.
 */
export async function runHalving(run: (from: number, count: number) => Promise<Tensors>, from: number, count: number): Promise<Tensors> {
  try {
    return await run(from, count);
  } catch (error) {
    if (count === 1 || !outOfMemory.test((error as Error).message)) throw error;
  }
  const half = Math.ceil(count / 2);
  // One after the other: both at once would need what there is not.
  const first = await runHalving(run, from, half);
  const second = await runHalving(run, from + half, count - half);
  return Object.fromEntries(Object.entries(first).map(([name, tensor]) => [name, joined(tensor, second[name])]));
}

/** Two tensors one after another along the frames. */
function joined(a: TensorData, b: TensorData | undefined): TensorData {
  if (b === undefined || a.data.constructor !== b.data.constructor) throw new Error("Two halves of a batch have different outputs.");
  const data = new (a.data.constructor as new (length: number) => typeof a.data)(a.data.length + b.data.length);
  data.set(a.data as never, 0);
  data.set(b.data as never, a.data.length);
  return { dims: [(a.dims[0] ?? 0) + (b.dims[0] ?? 0), ...a.dims.slice(1)], data };
}
