import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { AnnotationSet } from "../../../contracts/annotation-set.ts";
import type { Evaluation } from "../../../contracts/evaluation.ts";
import { evaluationTable } from "../../../local/cli/evaluation-table.ts";
import { readTruth } from "../../../local/cli/truth.ts";
import { root } from "../../../local/root.ts";

const set: AnnotationSet = {
  schema: "annotation-set/1.0",
  id: "0b7c5f0e-3f0a-4d0e-9a53-0f5f5a1f7d11",
  caseId: "4f6a0c3e-8a52-4a8e-9f53-1c5f5a1f7d22",
  runId: "a".repeat(40),
  contentSha256: "b".repeat(64),
  createdAt: "2026-01-02T03:04:05Z",
  createdBy: "somebody",
  producer: { kind: "human", format: "cvat", files: [{ name: "annotations.xml", sha256: "c".repeat(64) }] },
  media: { frameCount: 10, width: 100, height: 50 },
  labels: ["Hook", "Liver"],
  lookedAt: [0, 5],
  boxes: [{ frame: 5, label: 0, x: 10, y: 10, width: 20, height: 10, score: null, track: 3, interpolated: false }],
  masks: [
    { frame: 5, label: 1, gridWidth: 2, gridHeight: 2, runs: [0, 1, 3], score: null },
    { frame: 5, label: 1, gridWidth: 2, gridHeight: 2, runs: [3, 1], score: null },
  ],
  segments: [],
  events: [{ id: "e", type: "smoke", label: "smoke", startFrame: 2, endFrame: 4 }],
  notes: [],
};

describe("what is true of an operation", () => {
  it("is read from the ground truth of a drawing, where every frame is known", () => {
    const truth = readTruth(readFileSync(join(root, "samples/laparoscopy.truth.json"), "utf8"));
    expect(truth.frameCount).to.equal(600);
    const observed = truth.observed({ width: 640, height: 360 });
    expect(observed.boxes?.frames.size).to.equal(600);
    expect(observed.phases).to.have.length(7);
    expect(observed.events?.map(({ label }) => label)).to.not.include.members(["shake", "cut"]);
    expect(observed.masks).to.equal(null);
  });

  it("is read from annotations of people, boxes scaled to the raster and masks of a label united", () => {
    const observed = readTruth(JSON.stringify(set)).observed({ width: 200, height: 100 });
    expect(observed.outOfBody).to.equal(null);
    expect(observed.phases).to.equal(null);
    expect(observed.events).to.deep.equal([{ label: "smoke", startFrame: 2, endFrame: 4 }]);
    expect(observed.boxes?.labels).to.deep.equal(["Hook"]);
    expect(observed.boxes?.frames.get(0)).to.deep.equal([]);
    expect(observed.boxes?.frames.get(5)).to.deep.equal([{ label: "Hook", score: 1, track: 3, x: 20, y: 20, width: 40, height: 20 }]);
    const liver = observed.masks?.frames.get(5)?.get("Liver");
    expect(liver?.cells.filter(Boolean)).to.have.length(320 * 180 * 0.5);
    expect(observed.masks?.frames.get(0)?.size).to.equal(0);
  });

  it("says nothing of frames without boxes where nobody tells which were looked at", () => {
    const observed = readTruth(JSON.stringify({ ...set, lookedAt: null })).observed({ width: 100, height: 50 });
    expect([...(observed.boxes?.frames.keys() ?? [])]).to.deep.equal([5]);
  });

  it("is refused with every reason", () => {
    expect(() => readTruth("{}")).to.throw('its schema must be "surgical-ground-truth/1.0" or "annotation-set/1.0", not undefined.');
    expect(() => readTruth(JSON.stringify({ ...set, caseId: "x", runId: "y" }))).to.throw(/caseId: .*; runId: must be 40 lower-case hex digits/);
    expect(() => readTruth("not JSON")).to.throw(/JSON/);
  });
});

describe("the table of an evaluation", () => {
  const evaluation: Evaluation = {
    schema: "evaluation/1.0",
    createdAt: "2026-01-02T03:04:05Z",
    producers: [{ id: "phases", version: "1.0.0", digest: null, threshold: null, dataset: null, syntheticOnly: true }],
    operations: [
      {
        caseId: set.caseId,
        runId: set.runId,
        contentSha256: set.contentSha256,
        truthSha256: set.contentSha256,
        values: { "gate/missed": 120, "event/precision/smoke": null },
      },
    ],
    summary: { "gate/missed": { mean: 120, low: 10.5, high: 130, deviation: 3, operations: 4 } },
  };

  it("has a line a metric with its interval, and says what has no value and what the figures are worth", () => {
    expect(evaluationTable(evaluation).split("\n")).to.deep.equal([
      "metric       mean  95 % interval  unit              better  operations",
      "gate/missed  120   10.5 to 130    seconds per hour  lower   4",
      "",
      "Without a value in any operation: event/precision/smoke.",
      "Networks that were trained on drawings had a part: these figures say nothing about real operations.",
      "",
    ]);
  });
});
