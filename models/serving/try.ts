import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Model } from "../../contracts/model.ts";
import { EnvironmentError } from "./environment.ts";
import type { ModelAnswer } from "./inference-messages.ts";
import { openInferencePool } from "./inference-pool.ts";
import { checkDigest, readModel } from "./model-folder.ts";
import { readFrames } from "./tensors.ts";

/** The variables of `try`, as `--help` shows them. */
export const trialVariables = {
  MODEL: "id that the network must have",
  CANDIDATE_DIR: "folder that holds its model.json and model.onnx",
  OUTPUT_DIR: "existing folder for trial.json",
} as const;

/** What a camera may show at its extremes, and something between: black, white, a ramp, and noise, which no training set holds. */
const pictures = ["black", "white", "ramp", "noise"] as const;

/**
 * Asks a candidate about pictures that are drawn here, the same each time, and writes what came of it. Says that it can be run and
 * keeps `contracts/model.ts`, not that it is right: that is measured before. Throws an EnvironmentError for bad variables, another error if it fails.
 */
export async function tryModel(environment: NodeJS.ProcessEnv, print: (line: string) => void): Promise<void> {
  const faults = Object.entries(trialVariables).flatMap(([name, meaning]) => (environment[name] ? [] : [`${name} is not set: ${meaning}.`]));
  const { MODEL: id = "", CANDIDATE_DIR: folder = "", OUTPUT_DIR: output = "" } = environment;
  for (const path of [folder, output]) if (path !== "") await access(path).catch(() => faults.push(`${path} does not exist.`));
  if (faults.length > 0) throw new EnvironmentError(faults);
  const candidate = await readModel(folder, id);
  await checkDigest(candidate);
  const { model } = candidate;
  const pool = await openInferencePool([candidate], 1);
  try {
    const failure = pool.failures[id];
    if (failure !== undefined) throw new Error(failure);
    const { pixels, bytes } = draw(model.input);
    const begun = performance.now();
    const one = await answerOf(pool.run({ models: [id], pixels: pixels.slice(0, bytes), frames: 1 }), id);
    readFrames(model, one, 1, model.input);
    const all = await answerOf(pool.run({ models: [id], pixels, frames: pictures.length }), id);
    readFrames(model, all, pictures.length, model.input);
    const milliseconds = Math.round(performance.now() - begun);
    await writeFile(join(output, "trial.json"), JSON.stringify({ model: id, version: model.version, sha256: model.sha256, pictures, milliseconds }));
    print(JSON.stringify({ message: "tried", model: id, pictureCount: pictures.length, milliseconds }));
  } finally {
    await pool.close();
  }
}

async function answerOf(run: Promise<{ answers: Readonly<Record<string, ModelAnswer>> }>, id: string) {
  const answer = (await run).answers[id];
  if (answer === undefined || "error" in answer) throw new Error(answer?.error ?? `Model "${id}" gave no answer.`);
  return answer.tensors;
}

/** The pictures one after another, packed RGB. */
function draw({ width, height }: Model["input"]): { pixels: ArrayBuffer; bytes: number } {
  const bytes = width * height * 3;
  const pixels = new Uint8Array(bytes * pictures.length);
  // A linear congruential generator (Numerical Recipes, 3rd edition, section 7.1.1); its upper bits are good enough to look at.
  let state = 1;
  for (const [picture, kind] of pictures.entries()) {
    for (let i = 0; i < bytes; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const ramp = Math.floor((255 * (Math.floor(i / 3) % width)) / width);
      pixels[picture * bytes + i] = { black: 0, white: 255, ramp, noise: state >>> 24 }[kind];
    }
  }
  return { pixels: pixels.buffer, bytes };
}
