import type { z } from "zod";
import { type detectionLine, type MaskLine, mostNumbers } from "../../contracts/analyser-result.ts";
import type { Model } from "../../contracts/model.ts";
import type { TensorData } from "./inference-messages.ts";
import { regionsOf, runLengthsOf } from "./regions.ts";

export type Box = z.infer<typeof detectionLine>["boxes"][number];
type Tensors = Readonly<Record<string, TensorData>>;
type Classifier = Extract<Model, { task: "frame-classification" }>;
type Detector = Extract<Model, { task: "object-detection" }>;
type Segmenter = Extract<Model, { task: "segmentation" }>;
export type Masks = Pick<MaskLine, "gridWidth" | "gridHeight" | "masks">;

/** Picture size that boxes are given in, in pixels. */
export interface Raster {
  readonly width: number;
  readonly height: number;
}

/** What the lines of an analyser's file have of every frame of a batch, besides the frame's number and time. Throws if the graph did not keep to `contracts/model.ts`. */
export function readFrames(model: Model, tensors: Tensors, frames: number, raster: Raster): object[] {
  const embeddings = readEmbeddings(model, tensors, frames);
  const found = readFindings(model, tensors, frames, raster);
  return embeddings ? found.map((values, i) => ({ ...values, embedding: embeddings[i] })) : found;
}

function readFindings(model: Model, tensors: Tensors, frames: number, raster: Raster): object[] {
  switch (model.task) {
    case "frame-classification":
      return readScores(model, tensors, frames).map((scores) => ({ scores }));
    case "object-detection":
      return readBoxes(model, tensors, frames, raster).map((boxes) => ({ boxes }));
    case "segmentation":
      return readMasks(model, tensors, frames);
  }
}

/** Scores of every frame of a batch, in label order. Throws if the graph did not keep to `contracts/model.ts`. */
export function readScores(model: Classifier, tensors: Tensors, frames: number): number[][] {
  const { scores: name } = model.outputs;
  const scores = take(model, tensors, name, [frames, model.labels.length]);
  return Array.from({ length: frames }, (_, frame) => model.labels.map((_, label) => share(model, name, Number(scores[frame * model.labels.length + label]))));
}

/**
 * Boxes of every frame of a batch that reach the model's threshold, best first as the graph gives them, in whole
 * pixels of the raster and clipped to it. Throws if the graph did not keep to `contracts/model.ts`.
 */
export function readBoxes(model: Detector, tensors: Tensors, frames: number, raster: Raster): Box[][] {
  const names = model.outputs;
  const slots = tensors[names.scores]?.dims[1] ?? 0;
  const scores = take(model, tensors, names.scores, [frames, slots]);
  const boxes = take(model, tensors, names.boxes, [frames, slots, 4]);
  const classes = take(model, tensors, names.classes, [frames, slots]);
  return Array.from({ length: frames }, (_, frame) => {
    const found: Box[] = [];
    for (let slot = frame * slots; slot < (frame + 1) * slots; slot++) {
      const score = share(model, names.scores, Number(scores[slot]));
      if (score < model.threshold) continue;
      const label = Number(classes[slot]);
      if (!(label >= 0 && label < model.labels.length)) {
        throw new Error(`Model "${model.id}" found class ${label}; it has the classes 0 to ${model.labels.length - 1}.`);
      }
      const [x, y, width, height] = [0, 1, 2, 3].map((i) => Number(boxes[slot * 4 + i])) as [number, number, number, number];
      const columns = pixels(x, width, raster.width);
      const rows = pixels(y, height, raster.height);
      if (columns && rows) found.push([label, score, columns.start, rows.start, columns.length, rows.length]);
    }
    return found;
  });
}

/**
 * Masks of every frame of a batch that reach the model's threshold and least size, by label and then from left to right.
 * Throws if the graph did not keep to `contracts/model.ts`.
 */
export function readMasks(model: Segmenter, tensors: Tensors, frames: number): Masks[] {
  const names = model.outputs;
  const [, gridHeight = 0, gridWidth = 0] = tensors[names.classes]?.dims ?? [];
  const wanted = [frames, gridHeight, gridWidth];
  const classes = take(model, tensors, names.classes, wanted);
  const confidence = take(model, tensors, names.confidence, wanted);
  // Loops over every cell of every frame: with one type of array each they take a third of the time.
  if (!(classes instanceof Uint8Array)) throw new Error(`Model "${model.id}" gave the output "${names.classes}" in another type than uint8.`);
  if (!(confidence instanceof Float32Array)) throw new Error(`Model "${model.id}" gave the output "${names.confidence}" in another type than float32.`);
  const cells = gridWidth * gridHeight;
  return Array.from({ length: frames }, (_, frame) => {
    const grid = classes.subarray(frame * cells, (frame + 1) * cells);
    const sure = confidence.subarray(frame * cells, (frame + 1) * cells);
    for (const kind of grid)
      if (kind > model.labels.length) throw new Error(`Model "${model.id}" found class ${kind}; it has the classes 0 to ${model.labels.length}.`);
    const regions = regionsOf(grid, gridWidth, model.regions);
    // By region, of which 0 is what shows nothing.
    const counts = new Int32Array(regions.kinds.length + 1);
    const sums = new Float64Array(regions.kinds.length + 1);
    for (let cell = 0; cell < cells; cell++) {
      const region = regions.regionOf[cell] as number;
      const value = sure[cell] as number;
      if (!isShare(value)) share(model, names.confidence, value);
      (counts[region] as number)++;
      (sums[region] as number) += value;
    }
    const runs = runLengthsOf(regions, gridWidth);
    const masks: Masks["masks"] = [];
    for (const [i, kind] of regions.kinds.entries()) {
      const count = counts[i + 1] as number;
      if (count < model.leastCells) continue;
      const score = share(model, names.confidence, (sums[i + 1] as number) / count);
      if (score >= model.threshold) masks.push([kind - 1, score, runs[i] as number[]]);
    }
    return { gridWidth, gridHeight, masks: masks.sort((a, b) => a[0] - b[0]) };
  });
}

/** Where every frame of a batch lies, to four decimals; undefined of a network that gives no embedding. Throws if the graph did not keep to `contracts/model.ts`. */
function readEmbeddings(model: Model, tensors: Tensors, frames: number): number[][] | undefined {
  const { embedding: name } = model.outputs;
  if (name === undefined) return undefined;
  const [, length = 1] = tensors[name]?.dims ?? [];
  const values = take(model, tensors, name, [frames, length]);
  if (length < 1 || length > mostNumbers) throw new Error(`Model "${model.id}" gave ${length} numbers a frame in "${name}"; wanted 1 to ${mostNumbers}.`);
  return Array.from({ length: frames }, (_, frame) =>
    Array.from({ length }, (_, i) => {
      const value = Number(values[frame * length + i]);
      if (!Number.isFinite(value)) throw new Error(`Model "${model.id}" gave ${value} in "${name}"; wanted a number.`);
      return Math.round(value * 1e4) / 1e4;
    }),
  );
}

/** Pixels that `[start, start + length)`, in shares of `size`, covers within the picture; undefined if none or if it is no number. */
function pixels(start: number, length: number, size: number): { start: number; length: number } | undefined {
  const from = Math.max(0, Math.round(start * size));
  const to = Math.min(size, Math.round((start + length) * size));
  return to > from ? { start: from, length: to - from } : undefined;
}

function take(model: Model, tensors: Tensors, name: string, wanted: readonly number[]): TensorData["data"] {
  const tensor = tensors[name];
  if (!tensor) throw new Error(`Model "${model.id}" gave no output "${name}".`);
  if (tensor.dims.length !== wanted.length || tensor.dims.some((dim, i) => dim !== wanted[i])) {
    throw new Error(`Model "${model.id}" gave the output "${name}" as [${tensor.dims.join(", ")}]; wanted [${wanted.join(", ")}].`);
  }
  return tensor.data;
}

/** Whether a value is a probability but for the last digits of float32. */
const isShare = (value: number): boolean => value >= -1e-4 && value <= 1 + 1e-4;

/** A probability to six decimals, which is more than float32 arithmetic keeps from one machine to the next. */
function share(model: Model, name: string, value: number): number {
  if (!isShare(value)) throw new Error(`Model "${model.id}" gave ${value} in "${name}"; wanted a probability in 0..1.`);
  return Math.round(Math.min(1, Math.max(0, value)) * 1e6) / 1e6;
}
