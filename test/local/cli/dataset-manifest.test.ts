import { expect } from "chai";
import { noCounts } from "../../../contracts/dataset-statistics.ts";
import type { DatasetFrame, DatasetManifest } from "../../../contracts/dataset-version.ts";
import { FrameIndex } from "../../../contracts/frame-table.ts";
import { datasetAnnotationsFile, datasetFrameFile } from "../../../contracts/keys.ts";
import { readGroundTruthManifest } from "../../../functions/runtime/interchange/readers/ground-truth-manifest.ts";
import { answersByCase, augmentedManifest } from "../../../local/cli/dataset-manifest.ts";
import { drawnFrames } from "../../functions/support/operation.ts";

const [a, b] = ["a".repeat(16), "b".repeat(16)];
const classes = ["hook", "clip"];
const person = { by: "person" as const, person: "c".repeat(16), corrections: 2 };
const model = { by: "model" as const, model: "detector", digest: null, score: 0.8, isConfirmed: false };
const frame = (of: string, number: number, boxes: DatasetFrame["boxes"]): DatasetFrame => ({
  ...{ file: datasetFrameFile(of, number), sha256: "0".repeat(64), md5: "0".repeat(32), bytes: 10, case: of, frame: number, pts: 512 * number },
  ...{ width: 640, height: 360, boxes, masks: null, phase: null },
});
const cases = ([a, b] as const).map((of, i) => ({
  ...{ case: of, split: i === 0 ? ("train" as const) : ("test" as const), contentSha256: "0".repeat(64), corrections: 0, isSignedOff: false },
  annotations: { file: datasetAnnotationsFile(of), sha256: "0".repeat(64), md5: "0".repeat(32), bytes: 1 },
  counts: noCounts(classes),
}));
const manifest: DatasetManifest = {
  ...{ schema: "dataset-version/1.0", name: "tools", version: "1.2.0", parent: null, createdAt: "2026-11-26T10:00:00.000Z", task: "object-detection" },
  ...{ classes, extraction: { rendition: "review", framesPerSecond: 5 }, shares: { train: 70, validation: 15, test: 15 }, cases, models: [], notes: [] },
  statistics: { train: noCounts(classes), validation: noCounts(classes), test: noCounts(classes) },
  ...{ recipeSha256: "0".repeat(64), contentSha256: "0".repeat(64) },
};
const frames = [
  frame(a, 5, [
    { label: "clip", box: [10, 20, 30, 40], origin: person },
    { label: "hook", box: [1, 2, 3, 4], origin: model },
  ]),
  frame(a, 10, [{ label: "clip", box: [11, 20, 30, 40], origin: { ...model, isConfirmed: true } }]),
  frame(b, 0, []),
];

describe("a dataset version as an augmented manifest", () => {
  it("names each picture where it lies, and who annotated it", () => {
    const lines = augmentedManifest({ manifest, frames }, "datasets")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line["source-ref"])).to.deep.equal(frames.map(({ file }) => `s3://datasets/datasets/tools/v1.2.0/${file}`));
    expect(lines.map((line) => line["boxes-metadata"]["human-annotated"])).to.deep.equal(["no", "yes", "no"]);
    expect(lines[0].boxes).to.deep.equal({
      image_size: [{ width: 640, height: 360, depth: 3 }],
      annotations: [
        { class_id: 1, left: 10, top: 20, width: 30, height: 40 },
        { class_id: 0, left: 1, top: 2, width: 3, height: 4 },
      ],
    });
    expect(lines[0]["boxes-metadata"].objects).to.deep.equal([{ confidence: 1 }, { confidence: 0.8 }]);
    expect(augmentedManifest({ manifest, frames }, "datasets", "test").trim().split("\n")).to.have.length(1);
  });

  it("comes back by the same reader as a labelling job's", () => {
    const raster = { width: 640, height: 360 };
    const operation = { frameCount: 600, durationTicks: 600 * 512, raster, frames: new FrameIndex(drawnFrames) };
    const { labels, boxes, lookedAt } = readGroundTruthManifest([{ name: "m", text: augmentedManifest({ manifest, frames }, "datasets", "train") }], operation);
    expect(lookedAt).to.deep.equal([5, 10]);
    expect(boxes.map(({ frame: at, label, x, y, width, height, score }) => [at, labels[label], x, y, width, height, score])).to.deep.equal([
      [5, "clip", 10, 20, 30, 40, 1],
      [5, "hook", 1, 2, 3, 4, 0.8],
      [10, "clip", 11, 20, 30, 40, null],
    ]);
  });

  it("comes back from a labelling job by case, without what the job began with", () => {
    const lines = augmentedManifest({ manifest, frames }, "datasets").trim().split("\n");
    const answered = lines.map((text) => {
      const line = JSON.parse(text);
      const { image_size } = line.boxes;
      const about = { ...line["boxes-metadata"], objects: [], "human-annotated": "yes" };
      return JSON.stringify({ ...line, "adjusted-boxes": { image_size, annotations: [] }, "adjusted-boxes-metadata": about });
    });
    const found = answersByCase(answered.join("\n"));
    expect([...found.keys()]).to.deep.equal([a, b]);
    const operation = { frameCount: 600, durationTicks: 600 * 512, raster: { width: 640, height: 360 }, frames: new FrameIndex(drawnFrames) };
    const { lookedAt, boxes } = readGroundTruthManifest([{ name: "m", text: found.get(a) as string }], operation);
    expect([lookedAt, boxes]).to.deep.equal([[5, 10], []]);
    expect(() => answersByCase(`${lines[0]}\n{}\nx\n${answered[1]}`)).to.throw(/Line 1 was answered by nobody\.\nLine 2 is none.*\nLine 3 is none/);
    expect(() => answersByCase("\n")).to.throw("There is no line.");
  });

  it("is made of boxes only", () => {
    expect(() => augmentedManifest({ manifest: { ...manifest, task: "segmentation" }, frames }, "datasets")).to.throw("tools@1.2.0 has no boxes");
  });
});
