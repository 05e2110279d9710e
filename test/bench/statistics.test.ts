import { expect } from "chai";
import { interleaved, median, mediansByRow } from "../../bench/statistics.ts";

const sample = (row: string, cpuSeconds: number | null, wallSeconds: number, peakMemoryBytes: number | null = null) => ({
  row,
  cpuSeconds,
  wallSeconds,
  peakMemoryBytes,
});

describe("the benchmark's statistics", () => {
  it("takes medians without sorting by text", () => {
    expect(median([10, 9, 100])).to.equal(10);
    expect(median([4, 1, 3, 2])).to.equal(2.5);
    expect(() => median([])).to.throw("An empty list has no median.");
  });

  it("takes each figure of a row on its own, and knows unknown ones", () => {
    const medians = mediansByRow([sample("b", 3, 1, 5), sample("a", null, 7), sample("b", 1, 9, null), sample("b", 2, 8, 7)]);
    expect([...medians.values()]).to.deep.equal([sample("b", 2, 8, 6), sample("a", null, 7)]);
  });

  it("turns the order of the runs from round to round", () => {
    expect([0, 1, 2].map((round) => interleaved([1, 2, 3], round))).to.deep.equal([
      [1, 2, 3],
      [3, 2, 1],
      [1, 2, 3],
    ]);
  });
});
