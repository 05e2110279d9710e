import type { Readable } from "node:stream";
import { startDecoder } from "../../models/serving/decoder.ts";
import { frameReader } from "../../models/serving/frame-reader.ts";
import type { Batch } from "../../models/serving/inference-messages.ts";
import { inferenceThreads, openInferencePool } from "../../models/serving/inference-pool.ts";
import { type ModelFolder, readModelFolder } from "../../models/serving/model-folder.ts";
import { ffmpegPath } from "../../models/serving/programs.ts";
import { framesPerBatch } from "../../models/serving/raster-inference.ts";
import { measureCommand } from "../resources.ts";
import { modelsFolder, shippedIds } from "../shipped/folders.ts";
import { timed } from "../shipped/inference.ts";
import { byRaster, decodeArguments, type NetworksAlone } from "../shipped/job.ts";

/**
 * Runs every shipped network over every STEP-th picture of a video, REPEATS times, as a job does: the same batches in the same order on
 * as many threads. The pictures are decoded before, and answers are not read. Where a further video is named, it is decoded meanwhile.
 * Prints what that took. Usage: node shipped-alone.ts VIDEO STEP REPEATS [BESIDE]
 */
const [video, step, repeats, beside] = process.argv.slice(2) as [string, string, string, string | undefined];
const folders = await Promise.all(shippedIds.map((id) => readModelFolder(modelsFolder, id)));
const batches = await batchesOf(byRaster(folders));
const pool = await openInferencePool(folders, inferenceThreads());
await run(Math.min(batches.length, 4));
const decoder = beside === undefined ? undefined : measureCommand("", ffmpegPath(), decodeArguments(beside));
const networks = await timed("", () => run(Number(repeats) * batches.length));
process.stdout.write(JSON.stringify({ networks, decoder: (await decoder)?.sample } satisfies NetworksAlone));
await pool.close();

/** The batches of all sizes, those of the same pictures one after another. */
async function batchesOf(groups: readonly (Pick<ModelFolder["model"]["input"], "width" | "height"> & { readonly ids: readonly string[] })[]): Promise<Batch[]> {
  const plan = { video, step: Number(step), rasters: groups, signals: false, sprites: undefined, keyFramesOnly: false };
  const { rasters, finished } = startDecoder(plan, new AbortController().signal);
  const sized = await Promise.all(
    groups.map(async ({ width, height, ids }, i) => {
      const bytes = width * height * 3;
      const most = framesPerBatch({ width, height });
      const reader = frameReader(rasters[i] as Readable);
      const found: { place: number; batch: Batch }[] = [];
      for (let place = 0, frames = most; frames === most; place += frames) {
        const pixels = new ArrayBuffer(most * bytes);
        frames = 0;
        while (frames < most && (await reader.read(new Uint8Array(pixels, frames * bytes, bytes)))) frames++;
        if (frames > 0) found.push({ place, batch: { models: ids, pixels, frames } });
      }
      return found;
    }),
  );
  await finished;
  return sized
    .flat()
    .sort((a, b) => a.place - b.place)
    .map(({ batch }) => batch);
}

/** The next `count` batches, over and over, as many at once as there are threads. */
async function run(count: number): Promise<void> {
  let next = 0;
  const thread = async (): Promise<void> => {
    while (next < count) {
      const i = next++ % batches.length;
      const batch = batches[i] as Batch;
      const { pixels, answers } = await pool.run(batch);
      const failure = Object.values(answers).find((answer) => "error" in answer);
      if (failure && "error" in failure) throw new Error(failure.error);
      batches[i] = { ...batch, pixels };
    }
  };
  await Promise.all(Array.from({ length: pool.threads }, thread));
}
