import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Model, model } from "../contracts/model.ts";
import { type BenchNetwork, mobileNetV3Small, type PictureInput, yoloNano } from "./onnx/networks.ts";
import { writeModel } from "./onnx/writer.ts";

/** Side of the networks' pictures in pixels. */
export const pictureSize = 256;
export const classifierId = "mobilenet-v3-small";
export const detectorId = "yolo-nano";

/** Writes the two networks as model folders; `float32-nchw` writes graphs alone, for callers that prepare pictures themselves. */
export async function writeBenchModels(folder: string, input: PictureInput): Promise<void> {
  const labels = ["Grasper", "Bipolar", "Hook", "Scissors", "Clipper", "Irrigator", "SpecimenBag"];
  await write(folder, classifierId, mobileNetV3Small(pictureSize, input), { task: "frame-classification", labels, outputs: { scores: "scores" } });
  const outputs = { boxes: "boxes", scores: "scores", classes: "classes" };
  await write(folder, detectorId, yoloNano(pictureSize, input), { task: "object-detection", labels, outputs });
}

async function write(folder: string, id: string, { graph }: BenchNetwork, rest: Record<string, unknown>): Promise<Model> {
  const bytes = writeModel(graph);
  const description = model.parse({
    id,
    version: "1.0.0",
    name: `${id} with random weights`,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    dataset: "none",
    syntheticOnly: true,
    subject: "instrument",
    calibration: null,
    input: { name: "pixels", width: pictureSize, height: pictureSize, fit: "stretch" },
    threshold: 0.5,
    ...rest,
  });
  await mkdir(join(folder, id), { recursive: true });
  await writeFile(join(folder, id, "model.json"), JSON.stringify(description));
  await writeFile(join(folder, id, "model.onnx"), bytes);
  return description;
}
