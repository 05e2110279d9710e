import { access, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { z } from "zod";
import { type Gate, gate } from "../../contracts/gate.ts";
import { type SegmentManifest, segmentManifest } from "../../contracts/media.ts";
import { analyser } from "../../contracts/model.ts";
import { type ModelFolder, parseJson, readModelFolder } from "./model-folder.ts";
import { reasons } from "./reasons.ts";

/** What a Processing job tells its container through the environment and its mounted folders. */
export interface ProcessingJob {
  readonly analyser: string;
  /** Playlist of the analysis rendition. */
  readonly video: string;
  readonly manifest: SegmentManifest;
  readonly gate: Gate | undefined;
  readonly models: readonly ModelFolder[];
  readonly sampleRate: number;
  readonly signals: boolean;
  readonly stills: boolean;
  readonly outputFolder: string;
}

/** The variables, as `--help` shows them. */
export const processingVariables = {
  ANALYSER: "id of the analyser; names the results",
  MODELS: "ids of the networks, separated by commas; may be empty",
  SAMPLE_RATE: "sampled frames a second for the networks, above 0 and at most 60",
  SIGNALS: "true: also measure the technical cues and draw thumbnails; false: don't",
  INPUT_DIR: "folder that holds the analysis rendition (HLS)",
  METADATA_DIR: "folder that holds segments.json and, once the privacy gate has decided, gate/gate.json",
  MODELS_DIR: "folder that holds <id>/model.json and <id>/model.onnx; needed if MODELS names any",
  OUTPUT_DIR: "existing folder for the results",
} as const;

/** Those that may be left out. */
export const optionalProcessingVariables = {
  STILLS: "true: also draw thumbnails in a larger size, for language models that are shown pictures; false, or left out: don't",
} as const;

/** Raised with every fault of an environment at once. */
export class EnvironmentError extends Error {
  readonly reasons: readonly string[];
  constructor(reasons: readonly string[]) {
    super(reasons.join(" "));
    this.name = "EnvironmentError";
    this.reasons = reasons;
  }
}

/** Reads and checks all that the environment names. Throws an {@link EnvironmentError}. */
export async function readProcessingJob(environment: NodeJS.ProcessEnv): Promise<ProcessingJob> {
  const faults: string[] = [];
  const attempt = async <T>(work: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      faults.push((error as Error).message.replace(/\.?$/, "."));
      return undefined;
    }
  };
  const text = (name: keyof typeof processingVariables): string | undefined => {
    const value = environment[name];
    if (value === undefined) faults.push(`${name} is not set: ${processingVariables[name]}.`);
    return value;
  };
  const parse = <S extends z.ZodType>(name: keyof typeof processingVariables, schema: S, value: unknown): z.infer<S> | undefined => {
    if (value === undefined) return undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    faults.push(`${name} is "${environment[name]}": ${reasons(parsed.error)}.`);
    return undefined;
  };
  const folder = async (name: keyof typeof processingVariables): Promise<string | undefined> => {
    const path = text(name);
    if (path === undefined) return undefined;
    return attempt(() =>
      access(path).then(
        () => path,
        () => Promise.reject(new Error(`${name} is "${path}", which does not exist.`)),
      ),
    );
  };

  const flag = (name: string, value: string | undefined): string | undefined => {
    if (value !== undefined && value !== "true" && value !== "false") faults.push(`${name} is "${value}"; it must be true or false.`);
    return value;
  };

  const id = parse("ANALYSER", analyser.shape.id, text("ANALYSER"));
  const models = parse("MODELS", analyser.shape.models, text("MODELS")?.split(",").filter(Boolean));
  const rate = text("SAMPLE_RATE");
  const sampleRate = parse("SAMPLE_RATE", analyser.shape.sampleRate, rate === undefined ? undefined : Number(rate.trim() || "NaN"));
  const signals = flag("SIGNALS", text("SIGNALS"));
  const stills = flag("STILLS", environment["STILLS"]);
  if (stills === "true" && signals === "false") faults.push("STILLS is true and SIGNALS is false: there are no thumbnails to draw larger.");
  if (models?.length === 0 && signals === "false") faults.push("MODELS is empty and SIGNALS is false: there is nothing to do.");
  if (models && new Set(models).size < models.length) faults.push(`MODELS is "${models.join(",")}"; it names a network twice.`);

  const input = await folder("INPUT_DIR");
  const metadata = await folder("METADATA_DIR");
  const outputFolder = await folder("OUTPUT_DIR");
  const modelsFolder = models?.length === 0 ? undefined : await folder("MODELS_DIR");
  const folders: ModelFolder[] = [];
  for (const model of modelsFolder === undefined ? [] : (models ?? [])) {
    const found = await attempt(() => readModelFolder(modelsFolder as string, model));
    if (found) folders.push(found);
  }
  const manifest = metadata === undefined ? undefined : await attempt(() => readJson(segmentManifest, join(metadata, "segments.json")));
  const gateFile = metadata === undefined ? undefined : join(metadata, "gate", "gate.json");
  const decided = gateFile === undefined || !(await exists(gateFile)) ? undefined : await attempt(() => readJson(gate, gateFile));
  if (manifest && decided && manifest.frameCount !== decided.frameCount) {
    faults.push(`gate.json speaks of ${decided.frameCount} frames, segments.json of ${manifest.frameCount}.`);
  }
  const video = input === undefined || !manifest ? undefined : join(input, basename(manifest.playlist));
  if (video !== undefined && !(await exists(video))) faults.push(`INPUT_DIR holds no ${basename(video)}, which segments.json names.`);

  if (faults.length > 0) throw new EnvironmentError(faults);
  return {
    analyser: id as string,
    video: video as string,
    manifest: manifest as SegmentManifest,
    gate: decided,
    models: folders,
    sampleRate: sampleRate as number,
    signals: signals === "true",
    stills: stills === "true",
    outputFolder: outputFolder as string,
  };
}

async function readJson<S extends z.ZodType>(schema: S, file: string): Promise<z.infer<S>> {
  const content = await readFile(file, "utf8").catch(() => Promise.reject(new Error(`${file} can't be read.`)));
  const parsed = schema.safeParse(parseJson(content, file));
  if (!parsed.success) throw new Error(`${file} breaks its contract: ${reasons(parsed.error)}.`);
  return parsed.data;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
