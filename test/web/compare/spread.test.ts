import { expect } from "chai";
import type { Spread } from "../../../contracts/cohort.ts";
import { placed, scaleOf } from "../../../web/compare/spread.ts";

const spread = (id: string, unit: Spread["unit"], at: Spread["at"] = [1, 2, 3, 4, 5]): Spread => ({
  ...{ id, unit, at, n: 40, withAny: null },
  name: id.split("/", 1)[0] as string,
  of: id.split("/", 2)[1] ?? null,
});

describe("a case in its cohort", () => {
  it("has its own value beside each spread, or none, in groups", () => {
    const spreads = [
      spread("procedure-time", "seconds"),
      spread("phase-duration/Cut", "seconds"),
      spread("instrument-share/Hook", "share"),
      spread("bleeding-count", "count"),
      spread("smoke-share", "share"),
    ];
    const own = [
      { id: "phase-duration/Cut", value: 2 },
      { id: "bleeding-count", value: 0 },
      { id: "smoke-share", value: null },
    ];
    expect(placed({ spreads }, own).map(({ value, group }) => [value, group])).to.deep.equal([
      [null, "time"],
      [2, "phase"],
      [null, "instrument"],
      [0, "event"],
      [null, "other"],
    ]);
  });

  it("leaves out instruments and phases that neither it nor the others had", () => {
    const none: Spread["at"] = [null, 0, 0, 0, null];
    const spreads = [
      spread("smoke-share", "share", none),
      spread("instrument-share/Hook", "share", none),
      spread("instrument-share/Clipper", "share", none),
      spread("instrument-share/Scissors", "share", [null, 0, 0, 0.1, null]),
      { ...spread("excursion-count/Cut", "count", none), withAny: 0.05 },
      { ...spread("excursion-count/Prepare", "count", none), withAny: 0 },
    ];
    const own = [
      { id: "instrument-share/Hook", value: 0.2 },
      { id: "instrument-share/Clipper", value: 0 },
    ];
    expect(placed({ spreads }, own).map(({ spread: { id } }) => id)).to.deep.equal([
      ...["smoke-share", "instrument-share/Hook", "instrument-share/Scissors", "excursion-count/Cut"],
    ]);
  });

  it("is drawn to a scale that holds both, whatever is not told", () => {
    const places = (of: Spread, value: number | null) => [...of.at, value].map((one) => (one === null ? null : Math.round(100 * scaleOf(of, value)(one))));
    expect(places(spread("a", "count"), 9)).to.deep.equal([10, 20, 30, 40, 50, 90]);
    expect(places(spread("a", "count", [null, null, 3, null, null]), null)).to.deep.equal([null, null, 50, null, null, null]);
    expect(places(spread("a", "count", [null, 2, 3, 4, null]), 1)).to.deep.equal([null, 37, 63, 90, null, 10]);
  });
});
