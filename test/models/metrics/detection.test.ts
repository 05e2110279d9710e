import { expect } from "chai";
import { boxOverlap, detectionMetrics, type FoundBox } from "../../../models/metrics/detection.ts";

const box = (x: number, label = "Hook") => ({ x, y: 0, width: 10, height: 10, label });
const found = (x: number, score: number, label = "Hook"): FoundBox => ({ ...box(x, label), score });

describe("COCO's average precision", () => {
  it("is what its definition gives for three claims", () => {
    // Right, wrong, right: precision 1 up to recall 0.5 (51 of the 101 recalls), then 2/3.
    const { map50, perLabel } = detectionMetrics([{ truth: [box(0), box(100)], found: [found(0, 0.9), found(50, 0.8), found(100, 0.7)] }]);
    expect(map50).to.be.closeTo((51 + 50 * (2 / 3)) / 101, 1e-12);
    expect(perLabel).to.have.length(1);
    expect(perLabel[0]?.boxes).to.equal(2);
  });

  it("counts a box by how well it fits", () => {
    // Shifted by two of ten: 8/12 = 0.667 of overlap, right at 0.5, 0.55, 0.6 and 0.65.
    const metrics = detectionMetrics([{ truth: [box(0)], found: [found(2, 0.9)] }]);
    expect(metrics.map).to.be.closeTo(0.4, 1e-12);
    expect([metrics.map50, metrics.map75]).to.deep.equal([1, 0]);
  });

  it("takes each true box once: a second box on it is wrong", () => {
    const metrics = detectionMetrics([{ truth: [box(0), box(50)], found: [found(0, 0.9), found(0, 0.8), found(50, 0.7)] }]);
    expect(metrics.map50).to.be.closeTo((51 + 50 * (2 / 3)) / 101, 1e-12);
  });

  it("keeps labels and pictures apart, and averages over labels that occur", () => {
    const metrics = detectionMetrics([
      { truth: [box(0)], found: [found(0, 0.9, "Grasper")] },
      { truth: [box(0, "Grasper")], found: [found(0, 0.9, "Grasper"), found(0, 0.4, "Clipper")] },
    ]);
    expect(metrics.perLabel.map(({ label, ap50 }) => [label, ap50])).to.deep.equal([
      ["Grasper", 0.5],
      ["Hook", 0],
    ]);
  });

  it("is null where nothing is to be found", () => {
    expect(detectionMetrics([{ truth: [], found: [found(0, 0.9)] }])).to.deep.equal({ map: null, map50: null, map75: null, perLabel: [] });
  });

  it("knows boxes that touch, and boxes in boxes", () => {
    expect(boxOverlap(box(0), box(10))).to.equal(0);
    expect(boxOverlap(box(0), { x: 0, y: 0, width: 5, height: 10 })).to.equal(0.5);
  });
});
