import { inferenceThreads, openInferencePool } from "../../models/serving/inference-pool.ts";
import { readModelFolder } from "../../models/serving/model-folder.ts";
import { modelsFolder, shippedIds } from "../shipped/folders.ts";
import { noise } from "../shipped/inference.ts";

/**
 * Runs every shipped network over as many noise pictures as it is told, in batches of four as a job does, and prints the seconds that
 * took. Usage: node shipped-alone.ts PICTURES
 */
const [count] = process.argv.slice(2) as [string];
const batch = 4;
const folders = await Promise.all(shippedIds.map((id) => readModelFolder(modelsFolder, id)));
const pool = await openInferencePool(folders, inferenceThreads());
const buffers = new Map(folders.map(({ model }) => [model.id, noise(batch * model.input.width * model.input.height * 3)]));
const run = async (pictures: number): Promise<void> => {
  for (const { model } of folders) {
    let pixels = buffers.get(model.id) as ArrayBuffer;
    for (let left = pictures; left > 0; left -= batch) {
      const done = await pool.run({ models: [model.id], pixels, frames: Math.min(batch, left) });
      const answer = done.answers[model.id];
      if (!answer || "error" in answer) throw new Error(answer?.error ?? `"${model.id}" gave no answer.`);
      pixels = done.pixels;
    }
    buffers.set(model.id, pixels);
  }
};
await run(batch);
const cpuBefore = process.cpuUsage();
const started = performance.now();
await run(Number(count));
const cpu = process.cpuUsage(cpuBefore);
process.stdout.write(JSON.stringify({ cpuSeconds: (cpu.user + cpu.system) / 1e6, wallSeconds: (performance.now() - started) / 1000 }));
await pool.close();
