import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Analyser, analyser as analyserSchema, type Model, model as modelSchema } from "../contracts/model.ts";

/** The privacy gate's analyser: runs alone, before any other looks at a video. */
export const gate: Analyser = {
  id: "gate",
  mode: "processing",
  models: ["out-of-body"],
  required: true,
  sampleRate: 2,
  signals: false,
  instanceType: "ml.c5.xlarge",
  timeoutSeconds: 4 * 3600,
};

/** What is run over every video, one job each: networks in one analyser share one decode pass. A new network is a line here. */
export const analysers: readonly Analyser[] = [
  {
    id: "frame-analysis",
    mode: "processing",
    models: ["instrument-detector", "phase-classifier", "view-quality"],
    required: true,
    sampleRate: 5,
    signals: true,
    // The decoder is what a job waits for, and the networks take a few milliseconds a frame without a GPU.
    instanceType: "ml.c5.xlarge",
    timeoutSeconds: 4 * 3600,
  },
  {
    id: "scene-segmentation",
    mode: "processing",
    models: ["instrument-segmenter", "organ-segmenter"],
    required: true,
    // A frame a second is a key frame of the analysis rendition, so that nothing else is decoded: a tenth of the work.
    sampleRate: 1,
    signals: false,
    instanceType: "ml.c5.xlarge",
    timeoutSeconds: 4 * 3600,
  },
];

/** The network that answers for single images. */
export const imageModel = "instrument-detector";

export interface CatalogueEntry {
  readonly model: Model;
  /** Path of `model.json`, and of `model.onnx` beside it. */
  readonly description: string;
  readonly weights: string;
}

export interface Catalogue {
  readonly gate: Analyser;
  readonly analysers: readonly Analyser[];
  /** Every network that one of them runs, by rising id. */
  readonly models: readonly CatalogueEntry[];
  /** The one of them that answers for single images. */
  readonly imageModel: Model;
}

/** What the catalogue is read for; the platform's own, unless a test says otherwise. */
export interface CatalogueChoice {
  readonly gate: Analyser;
  readonly analysers: readonly Analyser[];
  readonly imageModel: string;
}

/**
 * Reads the networks that the analysers name, from `root/<id>/`.
 * Throws one Error that lists everything that is missing or breaks its contract.
 */
export function readCatalogue(root = "models", choice: CatalogueChoice = { gate, analysers, imageModel }): Catalogue {
  const mistakes: string[] = [];
  const named = [choice.gate, ...choice.analysers];
  for (const id of repeated(named.map((analyser) => analyser.id))) mistakes.push(`Two analysers have the id "${id}".`);
  for (const line of named) {
    const { error } = analyserSchema.safeParse(line);
    for (const issue of error?.issues ?? []) mistakes.push(`Analyser "${line.id}": ${issue.path.join(".") || "the line"}: ${issue.message}.`);
  }
  // The gate judges all frames before anything else may see one; segments know nothing of their neighbours.
  if (choice.gate.mode !== "processing")
    mistakes.push(`Analyser "${choice.gate.id}": the privacy gate must have the mode processing, not ${choice.gate.mode}.`);
  const ids = [...new Set(named.flatMap((analyser) => analyser.models))].sort();
  if (!ids.includes(choice.imageModel))
    mistakes.push(`The model for single images, "${choice.imageModel}", must be one that an analyser runs: ${ids.join(", ")}.`);
  const models = ids.flatMap((id) => readEntry(root, id, mistakes) ?? []);
  const answering = models.find(({ model }) => model.id === choice.imageModel);
  if (mistakes.length > 0 || answering === undefined) throw new Error(`The catalogue of models is not complete:\n- ${mistakes.join("\n- ")}`);
  return { gate: choice.gate, analysers: choice.analysers, models, imageModel: answering.model };
}

const repeated = (ids: readonly string[]): Set<string> => new Set(ids.filter((id, i) => ids.indexOf(id) !== i));

function readEntry(root: string, id: string, mistakes: string[]): CatalogueEntry | undefined {
  const description = join(root, id, "model.json");
  const weights = join(root, id, "model.onnx");
  const missing = [description, weights].filter((file) => !existsSync(file));
  for (const file of missing) mistakes.push(`${file} is missing.`);
  if (missing.includes(description)) return undefined;

  let json: unknown;
  try {
    json = JSON.parse(readFileSync(description, "utf8"));
  } catch (error) {
    mistakes.push(`${description} is not JSON: ${(error as Error).message}.`);
    return undefined;
  }
  const { data: model, error } = modelSchema.safeParse(json);
  if (!model) {
    for (const issue of error.issues) mistakes.push(`${description}: ${issue.path.join(".") || "the document"}: ${issue.message}.`);
    return undefined;
  }
  if (model.id !== id) mistakes.push(`${description}: id is "${model.id}"; it must be the folder's name, "${id}".`);
  return { model, description, weights };
}
