import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type ModelQuality, metricEstimate, modelQuality } from "../../contracts/model-quality.ts";
import { analysers, gate } from "../../models/catalogue.ts";
import { type ModelFolder, readModelFolder } from "../../models/serving/model-folder.ts";

export const modelsFolder = join(import.meta.dirname, "../../models");

/** Every network that the platform runs, in the order of its analysers. */
export const shippedIds: readonly string[] = [gate, ...analysers].flatMap(({ models }) => models);

const side = z.object({
  bytes: z.int().positive(),
  /** By batch: frames a second of processor time on one thread. */
  framesPerSecond: z.record(z.string(), z.number().positive()),
  metrics: z.record(z.string(), metricEstimate),
});

/** What is read of `models/<id>/quantisation.json` (`models/training/quantise.py`). */
export const quantisation = z.object({
  model: z.object({ id: z.string(), sha256: z.string() }),
  precision: z.enum(["fp16", "int8"]),
  provider: z.string(),
  headline: z.string(),
  before: side,
  after: side,
  wins: z.boolean(),
});

/** A network as it ships, and what was measured of it. */
export interface Shipped extends ModelFolder {
  readonly bytes: number;
  readonly quality: ModelQuality;
  readonly int8: z.infer<typeof quantisation>;
}

/** Reads a shipped network. Throws where figures beside it are of other weights. */
export async function readShipped(id: string): Promise<Shipped> {
  const folder = await readModelFolder(modelsFolder, id);
  const json = async (file: string): Promise<unknown> => JSON.parse(await readFile(join(modelsFolder, id, file), "utf8"));
  const quality = modelQuality.parse(await json("quality.json"));
  const int8 = quantisation.parse(await json("quantisation.json"));
  for (const [file, sha256] of Object.entries({ "quality.json": quality.model.sha256, "quantisation.json": int8.model.sha256 }))
    if (sha256 !== folder.model.sha256) throw new Error(`${file} of "${id}" tells of other weights than ship: make it again (models/training/README.md).`);
  return { ...folder, bytes: (await readFile(folder.graphFile)).length, quality, int8 };
}
