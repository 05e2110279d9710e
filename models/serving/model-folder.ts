import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Model, model } from "../../contracts/model.ts";
import { reasons } from "./reasons.ts";

/** A network on disk: its description and where its graph lies. The graph is not read yet. */
export interface ModelFolder {
  readonly model: Model;
  readonly graphFile: string;
}

/** Reads `<folder>/<id>/model.json`. Throws one error that names every fault of it. */
export const readModelFolder = (modelsFolder: string, id: string): Promise<ModelFolder> => readModel(join(modelsFolder, id), id);

/** Reads `model.json` of a folder that is the network's own. Throws as {@link readModelFolder} does. */
export async function readModel(folder: string, id: string): Promise<ModelFolder> {
  const file = join(folder, "model.json");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new Error(`Model "${id}" has no readable model.json: ${(error as Error).message}.`);
  }
  const parsed = model.safeParse(parseJson(text, file));
  if (!parsed.success) throw new Error(`${file} is not a model description: ${reasons(parsed.error)}.`);
  if (parsed.data.input.fit !== "stretch")
    throw new Error(`${file} wants pictures fitted as "${parsed.data.input.fit}"; frames of a video are only ever stretched.`);
  if (parsed.data.id !== id) throw new Error(`${file} describes the model "${parsed.data.id}", not "${id}".`);
  return { model: parsed.data, graphFile: join(folder, "model.onnx") };
}

/** Throws unless `model.onnx` is the very file that `model.json` describes. */
export async function checkDigest({ model, graphFile }: ModelFolder): Promise<void> {
  const found = createHash("sha256")
    .update(await readFile(graphFile))
    .digest("hex");
  if (found !== model.sha256) throw new Error(`Model "${model.id}": model.onnx has the SHA-256 ${found}; model.json says ${model.sha256}.`);
}

export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}.`);
  }
}
