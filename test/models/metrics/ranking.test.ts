import { expect } from "chai";
import { areaUnderRoc, averagePrecision, type Claim, interpolatedPrecision } from "../../../models/metrics/ranking.ts";

const claims = (...list: [number, boolean][]): Claim[] => list.map(([score, right]) => ({ score, right }));

describe("measures of a ranking", () => {
  it("sum the precision-recall curve in steps, as in scikit-learn's own example", () => {
    // y_true = [0, 0, 1, 1], y_scores = [0.1, 0.4, 0.35, 0.8]: average_precision_score 0.8333, roc_auc_score 0.75.
    const example = claims([0.1, false], [0.4, false], [0.35, true], [0.8, true]);
    expect(averagePrecision(example, 2)).to.be.closeTo(0.8333333, 1e-6);
    expect(areaUnderRoc(example)).to.equal(0.75);
  });

  it("do not depend on the order of equal scores", () => {
    const [one, other] = [claims([0.5, true], [0.5, false], [0.2, false]), claims([0.5, false], [0.5, true], [0.2, false])];
    expect(averagePrecision(one, 1)).to.equal(0.5);
    expect(averagePrecision(other, 1)).to.equal(0.5);
    expect([areaUnderRoc(one), areaUnderRoc(other)]).to.deep.equal([0.75, 0.75]);
  });

  it("count what was never claimed as missed", () => {
    expect(averagePrecision(claims([0.9, true]), 4)).to.equal(0.25);
    expect(interpolatedPrecision(claims([0.9, true]), 4)).to.be.closeTo(26 / 101, 1e-12);
  });

  it("are null where they have no meaning", () => {
    expect([averagePrecision([], 0), interpolatedPrecision([], 0), areaUnderRoc(claims([0.5, true]))]).to.deep.equal([null, null, null]);
  });
});
