import { join } from "node:path";
import * as ort from "onnxruntime-node";
import type { Measurement, Run } from "../measurement.ts";
import { classifierId, detectorId, pictureSize, writeBenchModels } from "../models.ts";
import type { PictureInput } from "../onnx/networks.ts";
import { noise, pictureCount, timed } from "./inference.ts";

const inputs = { "in the graph": "uint8-nhwc", "before it": "float32-nchw" } as const satisfies Record<string, PictureInput>;
export type Place = keyof typeof inputs;
export const preprocessed: Readonly<Record<string, string>> = { [classifierId]: "MobileNetV3-Small", [detectorId]: "YOLOv8-nano" };
export const preprocessingRow = (id: string, place: Place): string => `${id}, scaled ${place}`;

/** The same layers with scaling and turning as part of the graph, and as a loop of the caller: one thread, a picture at a time. */
export const preprocessing: Measurement = {
  id: "preprocessing",
  title: "Pre-processing",
  baseline: "",
  needs: [],
  explanation: "",
  prepare: async ({ folder, quick }) => {
    const runs: Run[] = [];
    for (const [place, input] of Object.entries(inputs) as [Place, PictureInput][]) {
      const models = join(folder, input);
      await writeBenchModels(models, input);
      for (const id of Object.keys(preprocessed)) runs.push(() => ask(join(models, id, "model.onnx"), id, place, pictureCount(quick)));
    }
    return runs;
  },
};

async function ask(graphFile: string, id: string, place: Place, count: number) {
  const session = await ort.InferenceSession.create(graphFile, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  try {
    const pixels = new Uint8Array(noise(pictureSize * pictureSize * 3));
    const one = async (): Promise<void> => {
      const tensor =
        place === "in the graph"
          ? new ort.Tensor("uint8", pixels, [1, pictureSize, pictureSize, 3])
          : new ort.Tensor("float32", planes(pixels), [1, 3, pictureSize, pictureSize]);
      await session.run({ [session.inputNames[0] as string]: tensor });
    };
    await one();
    const sample = await timed(preprocessingRow(id, place), async () => {
      for (let i = 0; i < count; i++) await one();
    });
    return [sample];
  } finally {
    await session.release();
  }
}

/** Floats of 0 to 1, plane after plane: the fastest of the loops that were tried. */
export function planes(pixels: Uint8Array): Float32Array {
  const size = pixels.length / 3;
  const floats = new Float32Array(pixels.length);
  for (let i = 0, at = 0; i < size; i++) {
    floats[i] = (pixels[at++] as number) / 255;
    floats[i + size] = (pixels[at++] as number) / 255;
    floats[i + 2 * size] = (pixels[at++] as number) / 255;
  }
  return floats;
}
