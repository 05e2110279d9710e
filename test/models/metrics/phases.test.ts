import { expect } from "chai";
import { runsOf } from "../../../models/metrics/frames.ts";
import { editScore, phaseMetrics, relaxedAccuracy, segmentalF1 } from "../../../models/metrics/phases.ts";

const labels = (...runs: [string | null, number][]): (string | null)[] => runs.flatMap(([label, count]) => new Array<string | null>(count).fill(label));
const truth = labels(["a", 10], ["b", 10], ["c", 10]);
const found = labels(["a", 8], ["b", 1], ["a", 1], ["b", 9], ["c", 11]);

describe("metrics of phases", () => {
  it("gives the values of a vector that was worked out by hand", () => {
    const metrics = phaseMetrics(truth, found, 0);
    expect(metrics.accuracy).to.be.closeTo(28 / 30, 1e-12);
    expect(metrics.perPhase.map(({ precision }) => precision)).to.deep.equal([1, 0.9, 10 / 11]);
    expect(metrics.perPhase.map(({ recall }) => recall)).to.deep.equal([0.9, 0.9, 1]);
    expect(metrics.jaccard).to.be.closeTo(0.875758, 1e-6);
    expect(metrics.edit).to.be.closeTo(60, 1e-12);
    expect(metrics.f1).to.deep.equal({ at10: 75, at25: 75, at50: 75 });
    expect(metrics.eventRatio).to.equal(3 / 5);
  });

  it("is perfect where nothing differs", () => {
    expect(phaseMetrics(truth, truth, 5)).to.deep.include({ accuracy: 1, relaxedAccuracy: 1, precision: 1, recall: 1, jaccard: 1, edit: 100, eventRatio: 1 });
  });

  it("leaves out frames without a true label, and counts frames without a found one as wrong", () => {
    const metrics = phaseMetrics(labels([null, 5], ["a", 10]), labels(["b", 5], ["a", 6], [null, 4]), 0);
    expect(metrics.accuracy).to.equal(0.6);
    expect(metrics.perPhase).to.deep.equal([{ label: "a", precision: 1, recall: 0.6, jaccard: 0.6, frames: 10 }]);
    expect(metrics.eventRatio).to.equal(1);
  });

  it("averages over the phases that occur in the truth, and gives one that is never found precision 0", () => {
    const metrics = phaseMetrics(labels(["a", 5], ["b", 5]), labels(["a", 5], ["z", 5]), 0);
    expect(metrics.precision).to.equal(0.5);
    expect(metrics.perPhase.map(({ label }) => label)).to.deep.equal(["a", "b"]);
  });

  it("has no event ratio where nothing was found", () => {
    expect(phaseMetrics(labels(["a", 3]), labels([null, 3]), 0)).to.deep.include({ eventRatio: null, edit: 0 });
  });

  it("refuses lists of unequal length, and a truth that says nothing", () => {
    expect(() => phaseMetrics(["a"], [], 0)).to.throw("1 true labels and 0 found ones can't be compared.");
    expect(() => phaseMetrics([null], ["a"], 0)).to.throw("No frame has a true phase.");
  });
});

describe("relaxed accuracy", () => {
  const runs = runsOf(truth);

  it("forgives the phase before at the start of a segment, and the phase after at its end", () => {
    // Late by two frames at the first boundary, early by three at the second.
    const late = labels(["a", 12], ["b", 5], ["c", 13]);
    expect(relaxedAccuracy(runs, late, 0)).to.be.closeTo(25 / 30, 1e-12);
    expect(relaxedAccuracy(runs, late, 2)).to.be.closeTo(29 / 30, 1e-12);
    expect(relaxedAccuracy(runs, late, 3)).to.equal(1);
  });

  it("forgives no other phase, wherever it stands", () => {
    expect(relaxedAccuracy(runs, labels(["a", 10], ["z", 2], ["b", 8], ["c", 10]), 10)).to.be.closeTo(28 / 30, 1e-12);
    expect(relaxedAccuracy(runs, labels(["c", 10], ["b", 10], ["c", 10]), 10)).to.be.closeTo(20 / 30, 1e-12);
  });
});

describe("segmental measures", () => {
  it("take a segment as found once", () => {
    const [one, two] = [runsOf(labels(["a", 10])), runsOf(labels(["a", 5], ["b", 1], ["a", 4]))];
    expect(segmentalF1(one, two, 0.4)).to.be.closeTo((100 * 2) / 4, 1e-12);
    expect(segmentalF1(one, two, 0.6)).to.equal(0);
  });

  it("are full marks where nothing is and nothing was found", () => {
    expect([editScore([], []), segmentalF1([], [], 0.5)]).to.deep.equal([100, 100]);
  });
});
