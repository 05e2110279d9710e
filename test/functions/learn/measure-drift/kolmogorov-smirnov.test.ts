import { expect } from "chai";
import { kolmogorovSmirnov } from "../../../../functions/learn/measure-drift/kolmogorov-smirnov.ts";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe("kolmogorovSmirnov", () => {
  // SciPy 1.17.1: stats.ks_2samp(first, second, method="exact").
  const known: [string, number[], number[], number, number][] = [
    [
      "shifted samples of different sizes",
      [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
      [0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95, 1.05, 1.15, 1.25, 1.35, 1.45],
      0.4166666666666667,
      0.23373839782508513,
    ],
    ["samples that interleave", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], [0.11, 0.21, 0.31, 0.41, 0.51, 0.61, 0.71, 0.81, 0.91, 1.01], 0.1, 1],
    ["samples apart", [1, 2, 3], [4, 5, 6], 1, 0.1],
    ["samples with ties", [1, 2, 2, 3, 5], [2, 2, 4, 6, 7, 8, 9], 0.5714285714285714, 0.23737373737373738],
    ["larger samples", range(0, 20), range(13, 40), 0.7407407407407407, 9.060298500728855e-7],
  ];
  for (const [what, first, second, statistic, p] of known)
    it(`of ${what} is what SciPy computes, whichever is first`, () => {
      for (const found of [kolmogorovSmirnov(first, second), kolmogorovSmirnov([...second].reverse(), first)]) {
        expect(found.statistic).to.be.closeTo(statistic, 1e-12);
        expect(found.p / p).to.be.closeTo(1, 1e-6);
      }
    });

  it("tells equal samples apart from nothing", () => {
    expect(kolmogorovSmirnov([0, 0, 0], [0, 0])).to.deep.equal({ statistic: 0, p: 1 });
  });

  it("refuses an empty sample", () => {
    expect(() => kolmogorovSmirnov([], [1])).to.throw("A comparison of samples needs a value of each.");
  });
});
