import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Graph, type GraphNode, writeModel } from "../../../../bench/onnx/writer.ts";
import { type Model, model } from "../../../../contracts/model.ts";

/** Mean red, green and blue of each picture in 0..1, as `[N, 3]`. */
const means: readonly GraphNode[] = [
  { type: "Cast", inputs: ["pixels"], outputs: ["floats"], attributes: { to: 1 } },
  { type: "ReduceMean", inputs: ["floats"], outputs: ["sums"], attributes: { axes: [1, 2], keepdims: 0 } },
  { type: "Div", inputs: ["sums", "full"], outputs: ["means"] },
];
const full = { name: "full", dims: [], data: Float32Array.of(255) };
const pixels = (width: number, height: number) => ({ name: "pixels", type: "uint8" as const, dims: ["N", height, width, 3] });

/** A classifier whose scores are the mean red, green and blue of the picture. */
export const meanColours = (width: number, height: number): Graph => ({
  name: "mean-colours",
  nodes: [...means, { type: "Identity", inputs: ["means"], outputs: ["scores"] }],
  constants: [full],
  inputs: [pixels(width, height)],
  outputs: [{ name: "scores", type: "float32", dims: ["N", 3] }],
});

/**
 * A detector that finds two boxes in every picture: one of class 1 in the given place with the score of the mean red,
 * one of class 0 over the whole picture with the score of the mean blue.
 */
export const redBox = (width: number, height: number, place: readonly [number, number, number, number]): Graph => ({
  name: "red-box",
  nodes: [
    ...means,
    { type: "Gather", inputs: ["means", "picked"], outputs: ["scores"], attributes: { axis: 1 } },
    { type: "Sub", inputs: ["scores", "scores"], outputs: ["zeros"] },
    { type: "Unsqueeze", inputs: ["zeros", "last"], outputs: ["columns"] },
    { type: "Add", inputs: ["columns", "places"], outputs: ["boxes"] },
    { type: "Cast", inputs: ["zeros"], outputs: ["noClass"], attributes: { to: 7 } },
    { type: "Add", inputs: ["noClass", "labels"], outputs: ["classes"] },
  ],
  constants: [
    full,
    { name: "picked", dims: [2], data: BigInt64Array.of(0n, 2n) },
    { name: "last", dims: [1], data: BigInt64Array.of(2n) },
    { name: "places", dims: [1, 2, 4], data: Float32Array.of(...place, 0, 0, 1, 1) },
    { name: "labels", dims: [1, 2], data: BigInt64Array.of(1n, 0n) },
  ],
  inputs: [pixels(width, height)],
  outputs: [
    { name: "boxes", type: "float32", dims: ["N", 2, 4] },
    { name: "scores", type: "float32", dims: ["N", 2] },
    { name: "classes", type: "int64", dims: ["N", 2] },
  ],
});

/**
 * A segmenter that sees class 1 in the left half of a grid of 4 x 2 cells and nothing in the right, in every picture; it
 * is as sure as the picture is red.
 */
export const redHalf = (width: number, height: number): Graph => ({
  name: "red-half",
  nodes: [
    ...means,
    { type: "Gather", inputs: ["means", "picked"], outputs: ["red"], attributes: { axis: 1 } },
    { type: "Unsqueeze", inputs: ["red", "last"], outputs: ["cell"] },
    { type: "Add", inputs: ["cell", "none"], outputs: ["confidence"] },
    { type: "Sub", inputs: ["confidence", "confidence"], outputs: ["zeros"] },
    { type: "Add", inputs: ["zeros", "left"], outputs: ["half"] },
    { type: "Cast", inputs: ["half"], outputs: ["classes"], attributes: { to: 2 } },
  ],
  constants: [
    full,
    { name: "picked", dims: [1], data: BigInt64Array.of(0n) },
    { name: "last", dims: [1], data: BigInt64Array.of(2n) },
    { name: "none", dims: [1, 2, 4], data: new Float32Array(8) },
    { name: "left", dims: [1, 2, 4], data: Float32Array.of(1, 1, 0, 0, 1, 1, 0, 0) },
  ],
  inputs: [pixels(width, height)],
  outputs: [
    { name: "classes", type: "uint8", dims: ["N", 2, 4] },
    { name: "confidence", type: "float32", dims: ["N", 2, 4] },
  ],
});

const description = (graph: Graph, id: string, bytes: Buffer, size: Pick<Model["input"], "width" | "height"> & Partial<Pick<Model["input"], "fit">>) => ({
  id,
  version: "1.2.3",
  name: `Test ${id}`,
  sha256: createHash("sha256").update(bytes).digest("hex"),
  dataset: "none",
  syntheticOnly: true,
  subject: "instrument",
  calibration: null,
  input: { name: graph.inputs[0]?.name, fit: "stretch", ...size },
  threshold: 0.5,
});

/** Writes `<folder>/<id>/model.json` and `model.onnx`. */
export async function writeClassifier(
  folder: string,
  id: string,
  graph: Graph,
  size: Pick<Model["input"], "width" | "height"> & Partial<Pick<Model["input"], "fit">>,
): Promise<Model> {
  const bytes = writeModel(graph);
  return writeFolder(folder, bytes, {
    ...description(graph, id, bytes, size),
    task: "frame-classification",
    labels: ["red", "green", "blue"],
    outputs: { scores: "scores" },
  });
}

export async function writeDetector(
  folder: string,
  id: string,
  graph: Graph,
  size: Pick<Model["input"], "width" | "height"> & Partial<Pick<Model["input"], "fit">>,
): Promise<Model> {
  const bytes = writeModel(graph);
  return writeFolder(folder, bytes, {
    ...description(graph, id, bytes, size),
    task: "object-detection",
    labels: ["all", "red"],
    outputs: { boxes: "boxes", scores: "scores", classes: "classes" },
  });
}

export async function writeSegmenter(folder: string, id: string, graph: Graph, size: Pick<Model["input"], "width" | "height">): Promise<Model> {
  const bytes = writeModel(graph);
  return writeFolder(folder, bytes, {
    ...description(graph, id, bytes, size),
    ...{ subject: "structure", task: "segmentation", labels: ["left"], outputs: { classes: "classes", confidence: "confidence" } },
    ...{ regions: "whole", leastCells: 1 },
  });
}

async function writeFolder(folder: string, bytes: Buffer, content: object): Promise<Model> {
  const parsed = model.parse(content);
  await mkdir(join(folder, parsed.id), { recursive: true });
  await writeFile(join(folder, parsed.id, "model.json"), JSON.stringify(parsed));
  await writeFile(join(folder, parsed.id, "model.onnx"), bytes);
  return parsed;
}
