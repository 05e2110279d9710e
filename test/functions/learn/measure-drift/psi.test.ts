import { expect } from "chai";
import { meanDistribution, populationStability, psiProbability } from "../../../../functions/learn/measure-drift/psi.ts";

describe("populationStability", () => {
  // SciPy 1.17.1: stats.entropy(actual, expected) + stats.entropy(expected, actual).
  const known: [number[], number[], number][] = [
    [[0.5, 0.3, 0.2], [0.3, 0.3, 0.4], 0.2407945608651872],
    [[0.25, 0.25, 0.5], [0.1, 0.2, 0.7], 0.2158952346710763],
  ];
  for (const [expected, actual, index] of known)
    it(`of ${expected.join(", ")} and ${actual.join(", ")} is what SciPy computes, whichever is first`, () => {
      expect(populationStability(expected, actual)).to.be.closeTo(index, 1e-12);
      expect(populationStability(actual, expected)).to.be.closeTo(index, 1e-12);
    });

  it("is 0 of equal distributions, empty bins among them", () => {
    expect(populationStability([0.5, 0, 0.5], [0.5, 0, 0.5])).to.equal(0);
  });

  it("counts an empty bin as a ten-thousandth", () => {
    expect(populationStability([1, 0], [0.5, 0.5])).to.be.closeTo(0.5 * Math.log(2) + 0.4999 * Math.log(5000), 1e-12);
  });
});

describe("meanDistribution", () => {
  it("gives each case the same weight", () => {
    expect(
      meanDistribution([
        [1, 0],
        [0.5, 0.5],
      ]),
    ).to.deep.equal([0.75, 0.25]);
  });
});

describe("psiProbability", () => {
  const cases = (count: number, share: (i: number) => number) => Array.from({ length: count }, (_, i) => [share(i), 1 - share(i)]);

  it("is small where no dealing of the cases could part them so, and never 0", () => {
    expect(
      psiProbability(
        cases(20, () => 0.9),
        cases(20, () => 0.2),
      ),
    ).to.equal(1 / 2000);
  });

  it("is large where cases differ among one another as much as the two sides do", () => {
    const [baseline, window] = [cases(10, (i) => (i % 2 === 0 ? 0.9 : 0.1)), cases(10, (i) => (i % 3 === 0 ? 0.9 : 0.1))];
    // The customary limit alone would call this moderate.
    expect(populationStability(meanDistribution(baseline), meanDistribution(window))).to.be.greaterThan(0.02);
    expect(psiProbability(baseline, window)).to.be.greaterThan(0.3);
  });

  it("is 1 of equal cases, and the same each time", () => {
    const same = cases(5, () => 0.5);
    expect([psiProbability(same, same), psiProbability(same, same)]).to.deep.equal([1, 1]);
  });
});
