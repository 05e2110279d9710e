import { expect } from "chai";
import { calibrationMetrics, riskAtCoverage } from "../../../models/metrics/calibration.ts";

const claims = (...list: [number, boolean][]) => list.map(([score, right]) => ({ score, right }));

describe("metrics of calibration", () => {
  it("are zero for certainty that holds", () => {
    expect(calibrationMetrics(claims([1, true], [0, false]))).to.deep.include({ expectedError: 0, brier: 0 });
  });

  it("weigh the gap of each bin by its size", () => {
    // Three at 0.9, of which two hold: a gap of 0.7/3 a claim; one at 0.1 that doesn't: 0.1.
    const metrics = calibrationMetrics(claims([0.9, true], [0.9, true], [0.9, false], [0.1, false]));
    expect(metrics.expectedError).to.be.closeTo((0.7 + 0.1) / 4, 1e-12);
    expect(metrics.brier).to.be.closeTo((0.01 + 0.01 + 0.81 + 0.01) / 4, 1e-12);
  });

  it("hold the risk of the surest claims apart from that of all", () => {
    expect(riskAtCoverage(claims([0.9, true], [0.8, true], [0.2, false], [0.1, false]))).to.deep.equal([0, 0, 1 / 3, 0.5]);
    expect(riskAtCoverage(claims([0.5, true], [0.5, false]))).to.deep.equal([0.5, 0.5]);
  });

  it("need a claim", () => {
    expect(() => calibrationMetrics([])).to.throw("Calibration can't be measured without a claim.");
  });
});
