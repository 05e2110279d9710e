import { availableParallelism } from "node:os";
import * as ort from "onnxruntime-node";
import { type InferencePool, openInferencePool } from "../../models/serving/inference-pool.ts";
import { type ModelFolder, readModelFolder } from "../../models/serving/model-folder.ts";
import type { Measurement, Run, Sample } from "../measurement.ts";
import { modelsFolder, shippedIds } from "./folders.ts";

/** How a network is asked. `plain` is the peer: what a first program does. */
export const manners = ["plain", "batch 1", "batch 8", "all threads"] as const;
export type Manner = (typeof manners)[number];

/** Row of a network asked in a manner. */
export const inferenceRow = (id: string, manner: Manner): string => `${id}, ${manner}`;
/** Pictures of each run, a multiple of eight. */
export const pictureCount = (quick: boolean): number => (quick ? 16 : 128);

/** The networks alone, asked as a first program does and as the container does. Answers are not read. */
export const inference: Measurement = {
  id: "inference",
  title: "The networks alone",
  baseline: "",
  needs: [],
  explanation: "",
  prepare: async ({ quick }) => {
    const folders = await Promise.all(shippedIds.map((id) => readModelFolder(modelsFolder, id)));
    return folders.flatMap((folder) => runsOf(folder, pictureCount(quick)));
  },
};

function runsOf(folder: ModelFolder, count: number): Run[] {
  const { id } = folder.model;
  const pooled = (manner: Manner, threads: number, batch: number): Run => {
    return async () => {
      const pool = await openInferencePool([folder], threads);
      try {
        // Made beforehand, once for each thread: they go to it and come back.
        const buffers = Array.from({ length: threads }, () => noise(batch * folder.model.input.width * folder.model.input.height * 3));
        await ask(pool, folder, threads * batch, batch, buffers);
        return [await timed(inferenceRow(id, manner), () => ask(pool, folder, count, batch, buffers))];
      } finally {
        await pool.close();
      }
    };
  };
  return [() => plain(folder, count), pooled("batch 1", 1, 1), pooled("batch 8", 1, 8), pooled("all threads", availableParallelism(), 4)];
}

/** One session with ONNX Runtime's own settings, a picture after another. */
async function plain({ model, graphFile }: ModelFolder, count: number): Promise<Sample[]> {
  const session = await ort.InferenceSession.create(graphFile);
  try {
    const { name, width, height } = model.input;
    const tensor = new ort.Tensor("uint8", new Uint8Array(noise(width * height * 3)), [1, height, width, 3]);
    await session.run({ [name]: tensor });
    const sample = await timed(inferenceRow(model.id, "plain"), async () => {
      for (let i = 0; i < count; i++) await session.run({ [name]: tensor });
    });
    return [sample];
  } finally {
    await session.release();
  }
}

/** Asks for `count` pictures, as many batches at once as there are buffers, which are others afterwards. */
async function ask(pool: InferencePool, { model }: ModelFolder, count: number, batch: number, buffers: ArrayBuffer[]): Promise<void> {
  let left = count;
  const one = async (_: ArrayBuffer, i: number): Promise<void> => {
    while (left > 0) {
      const frames = Math.min(batch, left);
      left -= frames;
      const done = await pool.run({ models: [model.id], pixels: buffers[i] as ArrayBuffer, frames });
      const answer = done.answers[model.id];
      if (!answer || "error" in answer) throw new Error(answer?.error ?? `"${model.id}" gave no answer.`);
      buffers[i] = done.pixels;
    }
  };
  await Promise.all(buffers.map(one));
}

/** Bytes that look like no picture and compress badly; networks take as long over them as over any. */
export const noise = (bytes: number): ArrayBuffer => Uint8Array.from({ length: bytes }, (_, i) => (i * 7919) % 251).buffer;

/** Processor and wall seconds of something in this process, its threads included. */
export async function timed(row: string, work: () => Promise<void>): Promise<Sample> {
  const before = process.cpuUsage();
  const started = performance.now();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { row, cpuSeconds: (user + system) / 1e6, wallSeconds: (performance.now() - started) / 1000, peakMemoryBytes: null };
}
