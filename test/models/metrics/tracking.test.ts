import { expect } from "chai";
import { type TrackedFrame, trackingMetrics } from "../../../models/metrics/tracking.ts";

const box = (track: number, x = 0) => ({ track, x, y: 0, width: 10, height: 10 });
const frames = (count: number, frame: (i: number) => TrackedFrame): TrackedFrame[] => Array.from({ length: count }, (_, i) => frame(i));

describe("metrics of tracking", () => {
  it("are full marks where nothing differs but the tracks' numbers", () => {
    const metrics = trackingMetrics(frames(5, () => ({ truth: [box(1), box(2, 50)], found: [box(8), box(9, 50)] })));
    expect(metrics).to.deep.equal({
      hota: 1,
      detectionAccuracy: 1,
      associationAccuracy: 1,
      mota: 1,
      motp: 1,
      identitySwitches: 0,
      fragmentations: 0,
      idf1: 1,
    });
  });

  it("tell a change of identity from a miss", () => {
    // One object, followed as two: each claim shares 5 of 10 frames with it.
    const metrics = trackingMetrics(frames(10, (i) => ({ truth: [box(1)], found: [box(i < 5 ? 8 : 9)] })));
    expect(metrics).to.deep.include({ detectionAccuracy: 1, identitySwitches: 1, fragmentations: 0, mota: 0.9, idf1: 0.5 });
    expect(metrics.associationAccuracy).to.be.closeTo(0.5, 1e-12);
    expect(metrics.hota).to.be.closeTo(Math.SQRT1_2, 1e-12);
  });

  it("count misses and inventions", () => {
    const metrics = trackingMetrics(frames(4, (i) => ({ truth: [box(1)], found: i === 0 ? [box(8), box(9, 50)] : i === 1 ? [box(9, 50)] : [box(8)] })));
    // Right in 3 of 4 frames, 2 inventions.
    expect(metrics.mota).to.be.closeTo((3 - 2) / 4, 1e-12);
    expect(metrics.detectionAccuracy).to.be.closeTo(3 / 6, 1e-12);
    expect(metrics.fragmentations).to.equal(1);
    expect(metrics.idf1).to.be.closeTo(6 / (4 + 5), 1e-12);
  });

  it("keep a pair of the frame before although another overlaps more", () => {
    const metrics = trackingMetrics([
      { truth: [box(1)], found: [box(8)] },
      { truth: [box(1)], found: [box(8, 2), box(9)] },
    ]);
    expect(metrics).to.deep.include({ identitySwitches: 0 });
    expect(metrics.motp).to.be.closeTo((1 + 8 / 12) / 2, 1e-12);
  });

  it("weigh how well boxes fit: overlaps of 2/3 are right at 13 of 19 thresholds", () => {
    const metrics = trackingMetrics(frames(3, () => ({ truth: [box(1)], found: [box(8, 2)] })));
    expect(metrics.hota).to.be.closeTo(13 / 19, 1e-12);
  });

  it("are zero where nothing was followed, and need something to follow", () => {
    expect(trackingMetrics([{ truth: [box(1)], found: [] }])).to.deep.include({ hota: 0, mota: 0, motp: null, idf1: 0 });
    expect(() => trackingMetrics([{ truth: [], found: [box(1)] }])).to.throw("No object is to be followed.");
  });
});
