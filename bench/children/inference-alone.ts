import { openInferencePool } from "../../models/serving/inference-pool.ts";
import { readModelFolder } from "../../models/serving/model-folder.ts";
import { classifierId, detectorId, pictureSize } from "../models.ts";

/**
 * Runs both networks over as many noise pictures as it is told, in batches of four, and prints the seconds that took.
 * Usage: node inference-alone.ts MODELS_FOLDER PICTURES
 */
const [folder, count] = process.argv.slice(2) as [string, string];
const batch = 4;
const ids = [classifierId, detectorId];
const pool = await openInferencePool(await Promise.all(ids.map((id) => readModelFolder(folder, id))), 1);
let pixels = Uint8Array.from({ length: batch * pictureSize * pictureSize * 3 }, (_, i) => (i * 7919) % 251).buffer;
const run = async (frames: number): Promise<void> => {
  const done = await pool.run({ models: ids, pixels, frames });
  const failure = Object.values(done.answers).find((answer) => "error" in answer);
  if (failure && "error" in failure) throw new Error(failure.error);
  pixels = done.pixels;
};
await run(batch);
const cpuBefore = process.cpuUsage();
const started = performance.now();
for (let left = Number(count); left > 0; left -= batch) await run(Math.min(batch, left));
const cpu = process.cpuUsage(cpuBefore);
process.stdout.write(JSON.stringify({ cpuSeconds: (cpu.user + cpu.system) / 1e6, wallSeconds: (performance.now() - started) / 1000 }));
await pool.close();
