import { expect } from "chai";
import { interval } from "../../../models/metrics/bootstrap.ts";
import { eventMetrics } from "../../../models/metrics/events.ts";
import { framewise, marked, runsOf } from "../../../models/metrics/frames.ts";

const event = (label: string, startFrame: number) => ({ label, startFrame, endFrame: startFrame + 50 });

describe("metrics of events", () => {
  it("pair events of one type by their onsets, the nearest first", () => {
    const metrics = eventMetrics([event("smoke", 100), event("bleeding", 500)], [event("smoke", 200), event("smoke", 110), event("smoke", 480)], 0.04, 5);
    expect(metrics.precision).to.be.closeTo(1 / 3, 1e-12);
    expect(metrics.recall).to.equal(0.5);
    expect(metrics.onsetErrorSeconds).to.be.closeTo(0.4, 1e-12);
  });

  it("leave what has no meaning open", () => {
    expect(eventMetrics([], [], 0.04, 5)).to.deep.equal({ precision: null, recall: null, onsetErrorSeconds: null });
    expect(eventMetrics([event("smoke", 0)], [], 0.04, 5)).to.deep.equal({ precision: null, recall: 0, onsetErrorSeconds: null });
  });
});

describe("a mean over operations", () => {
  it("comes with an interval that is always the same", () => {
    const one = interval([1, 2, 3, 4, 5]);
    expect(one).to.deep.equal(interval([1, 2, 3, 4, 5]));
    expect([one.mean, one.operations]).to.deep.equal([3, 5]);
    expect(one.deviation).to.be.closeTo(Math.sqrt(2.5), 1e-12);
    expect(one.low as number).to.be.within(1.2, 2.2);
    expect(one.high as number).to.be.within(3.8, 4.8);
  });

  it("has none of a single operation, and needs one", () => {
    expect(interval([7])).to.deep.equal({ mean: 7, low: null, high: null, deviation: null, operations: 1 });
    expect(() => interval([])).to.throw("A mean needs a value.");
  });
});

describe("labels of frames", () => {
  it("go to spans and back, and are cut at the ends of the video", () => {
    const spans = [
      { label: "a", startFrame: 1, endFrame: 3 },
      { label: "b", startFrame: 3, endFrame: 9 },
    ];
    expect(framewise(spans, 5)).to.deep.equal([null, "a", "a", "b", "b"]);
    expect(runsOf(framewise(spans, 5))).to.deep.equal([spans[0], { label: "b", startFrame: 3, endFrame: 5 }]);
    expect([...marked(spans, 4)]).to.deep.equal([0, 1, 1, 1]);
  });
});
