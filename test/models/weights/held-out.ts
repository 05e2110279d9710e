import { join } from "node:path";
import * as ort from "onnxruntime-node";
import sharp from "sharp";
import type { Model } from "../../../contracts/model.ts";
import { type Box, painter } from "../../../models/synthetic/painter.ts";
import { planScenario, type Scenario } from "../../../models/synthetic/scenario.ts";

export const MODELS = join(import.meta.dirname, "../../../models");

/** A drawn frame as a network takes it, and what it shows. */
export interface Shown {
  readonly frame: number;
  readonly pixels: Uint8Array;
  readonly boxes: readonly Box[];
  /** What each drawn pixel shows, as `models/synthetic/classes.ts` counts. */
  readonly kinds: Uint8Array;
}

/** Draws every frame of a scenario and shrinks it to the network's input, stretched as the platform's decoder does. */
export async function drawFor(model: Model, scenario: Scenario, width: number, height: number): Promise<Shown[]> {
  const { paint, pixels, kinds } = painter(scenario, width, height);
  const shown: Shown[] = [];
  for (let frame = 0; frame < scenario.frameCount; frame++) {
    const boxes = paint(frame);
    const raw = sharp(Buffer.from(pixels), { raw: { width, height, channels: 3 } });
    const same = width === model.input.width && height === model.input.height;
    const small = same ? raw : raw.resize(model.input.width, model.input.height, { fit: "fill", kernel: "linear" });
    shown.push({ frame, pixels: new Uint8Array(await small.raw().toBuffer()), boxes, kinds: kinds.slice() });
  }
  return shown;
}

export const scenarioOf = (seed: number, seconds: number, framesPerSecond: number): Scenario =>
  planScenario({ seed, seconds, frameRate: { num: framesPerSecond, den: 1 } });

/** Runs a network over frames in batches of at most `batch` and returns its outputs, flattened over all frames. */
export async function run(model: Model, frames: readonly Uint8Array[], batch: number): Promise<Record<string, number[]>> {
  const session = await ort.InferenceSession.create(join(MODELS, model.id, "model.onnx"), { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const { name, width, height } = model.input;
  const outputs: Record<string, number[]> = {};
  for (let i = 0; i < frames.length; i += batch) {
    const part = frames.slice(i, i + batch);
    const data = new Uint8Array(part.length * width * height * 3);
    part.forEach((pixels, k) => {
      data.set(pixels, k * width * height * 3);
    });
    const results = await session.run({ [name]: new ort.Tensor("uint8", data, [part.length, height, width, 3]) });
    for (const [key, tensor] of Object.entries(results)) {
      outputs[key] ??= [];
      for (const value of tensor.data as Float32Array | BigInt64Array) outputs[key].push(Number(value));
    }
  }
  await session.release();
  return outputs;
}
