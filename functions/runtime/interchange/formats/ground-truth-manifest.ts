import { personProducer } from "../../../../contracts/corrected-view.ts";
import { type Format, textFile } from "../format.ts";
import { provenanceOf, type Scene, ticksAt } from "../scene.ts";

/**
 * The augmented manifest that SageMaker Ground Truth writes for object detection, and that its training jobs and adjustment
 * jobs read (SageMaker Developer Guide, "Bounding box job output"): a JSON line a frame. `human-annotated` speaks of a whole line, so it
 * says "yes" where a person drew one of its boxes; who made each lies beside its confidence, which a person's box has not.
 */
export const groundTruthManifest: Format = {
  title: "SageMaker Ground Truth augmented manifest (object detection)",
  use: "Labelling and training jobs on AWS",
  keeps: ["boxes", "scores", "lookedAt", "provenance"],
  loses: "Tracks, masks, segments, events and measures are left out. Pictures are named, not included: put the frames where the lines say.",
  files: (scene) => [textFile("output.manifest", "application/jsonl", () => lines(scene))],
};

async function* lines(scene: Scene): AsyncGenerator<string> {
  const common = {
    "class-map": Object.fromEntries(scene.labels.map((label, i) => [String(i), label])),
    type: "groundtruth/object-detection",
    "creation-date": scene.createdAt.replace(/Z$/, "000").slice(0, 26),
    "job-name": "surgical-video-platform",
  };
  // The manifest has no head: what every line comes from is told once, by the first.
  let provenance: object = { provenance: provenanceOf(scene) };
  for await (const { frame, items } of scene.boxes()) {
    const line = {
      "source-ref": `frames/frame-${String(frame).padStart(8, "0")}.png`,
      "frame-index": frame,
      pts: ticksAt(scene, frame),
      boxes: {
        image_size: [{ ...scene.raster, depth: 3 }],
        annotations: items.map(({ label, x, y, width, height }) => ({ class_id: label, left: x, top: y, width, height })),
      },
      "boxes-metadata": {
        objects: items.map(({ score, producer }) => ({ ...(score !== null && { confidence: score }), producer: scene.sources[producer] })),
        ...common,
        "human-annotated": items.some(({ producer }) => scene.sources[producer] === personProducer) ? "yes" : "no",
        ...provenance,
      },
    };
    provenance = {};
    yield `${JSON.stringify(line)}\n`;
  }
}
