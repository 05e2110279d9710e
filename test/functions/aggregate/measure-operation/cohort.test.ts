import { expect } from "chai";
import { placeAmong, valuesOf } from "../../../../functions/aggregate/measure-operation/cohort.ts";

const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

describe("the place among other operations", () => {
  it("is not told under ten of them", () => {
    expect(placeAmong(5, ten.slice(1), false)).to.equal(null);
    expect(placeAmong(5, ten, false)).to.deep.include({ n: 10 });
  });

  it("counts ties half", () => {
    expect(placeAmong(5, ten, false)?.percentile).to.equal(0.45);
    expect(placeAmong(5.5, ten, false)?.percentile).to.equal(0.5);
    expect(placeAmong(0, ten, false)?.percentile).to.equal(0);
    expect(placeAmong(11, ten, false)?.percentile).to.equal(1);
  });

  it("has a standard score, of logarithms for durations", () => {
    // Mean 5.5, deviation of the sample 3.0277.
    expect(placeAmong(8.5277, ten, false)?.z).to.equal(1);
    // Powers of two: logarithms are equally spaced, so 2^5.5 is the mean.
    const powers = ten.map((exponent) => 2 ** exponent);
    expect(placeAmong(2 ** 5.5, powers, true)?.z).to.equal(0);
    expect(placeAmong(2 ** 8.5277, powers, true)?.z).to.equal(1);
  });

  it("has no standard score where nothing differs, or a duration is no time at all", () => {
    expect(
      placeAmong(
        5,
        ten.map(() => 3),
        false,
      )?.z,
    ).to.equal(null);
    expect(placeAmong(0, ten, true)?.z).to.equal(null);
    expect(placeAmong(3, [0, ...ten], true)?.z).to.equal(null);
  });

  it("keeps values that could be told", () => {
    expect(
      valuesOf([
        { id: "a", value: 1 },
        { id: "b", value: null },
        { id: "c", value: 0 },
      ]),
    ).to.deep.equal({ a: 1, c: 0 });
  });
});
