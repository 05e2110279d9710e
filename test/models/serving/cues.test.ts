import { expect } from "chai";
import { findCues, type SignalSeries } from "../../../models/serving/cues.ts";

const rate = { num: 10, den: 1 };
/** Ten frames a second: half a second is 5 frames, a second 10. */
function series(
  length: number,
  values: Partial<Record<Exclude<keyof SignalSeries, "startFrame">, (frame: number) => number>> = {},
  startFrame = 0,
): SignalSeries {
  const filled = (value: ((frame: number) => number) | undefined): number[] => Array.from({ length }, (_, frame) => value?.(frame) ?? 0);
  const { change, still, black, dark, clipped, blur } = values;
  return {
    startFrame,
    change: filled(change),
    still: filled(still),
    black: filled(black),
    dark: filled(dark),
    clipped: filled(clipped),
    blur: filled(blur),
  };
}
const from =
  (start: number, end: number, value: number, otherwise = 0) =>
  (frame: number): number =>
    frame >= start && frame < end ? value : otherwise;
const others = (found: ReturnType<typeof findCues>) => found.filter(({ type }) => type !== "shot");

describe("findCues", () => {
  it("makes one shot of a span without cuts", () => {
    expect(findCues(series(7, {}, 100), rate)).to.deep.equal([{ type: "shot", startFrame: 100, endFrame: 107, score: 1 }]);
  });

  it("cuts where the change jumps, and not where it stays high", () => {
    const panning = findCues(series(20, { change: from(8, 12, 0.3) }), rate);
    expect(panning).to.deep.equal([
      { type: "shot", startFrame: 0, endFrame: 8, score: 1 },
      { type: "shot", startFrame: 8, endFrame: 20, score: 0.3 },
    ]);
    expect(findCues(series(20, { change: from(8, 9, 0.0999) }), rate)).to.have.length(1);
  });

  it("needs black for half a second", () => {
    expect(others(findCues(series(20, { black: from(3, 7, 1) }), rate))).to.deep.equal([]);
    expect(others(findCues(series(20, { black: from(3, 8, 0.98) }), rate))).to.deep.equal([{ type: "black", startFrame: 3, endFrame: 8, score: 0.98 }]);
  });

  it("counts the frame that a freeze repeats, and needs a second", () => {
    expect(others(findCues(series(30, { still: from(5, 13, 1) }), rate))).to.deep.equal([]);
    expect(others(findCues(series(30, { still: from(5, 14, 1) }), rate))).to.deep.equal([{ type: "freeze", startFrame: 4, endFrame: 14, score: 1 }]);
    expect(others(findCues(series(30, { still: from(5, 30, 1) }), rate))).to.deep.equal([{ type: "freeze", startFrame: 4, endFrame: 30, score: 1 }]);
  });

  it("says of black frames only that they are black", () => {
    const found = findCues(series(30, { black: from(5, 20, 1), still: from(6, 20, 1), dark: from(5, 20, 1), blur: from(5, 20, 1) }), rate);
    expect(others(found)).to.deep.equal([{ type: "black", startFrame: 5, endFrame: 20, score: 1 }]);
  });

  it("reports blur and exposure with their mean strength", () => {
    const found = findCues(
      series(40, { blur: (frame) => (frame < 6 ? 0.45 + 0.01 * frame : 0), clipped: from(10, 20, 0.1), dark: from(20, 25, 0.9) }, 1000),
      rate,
    );
    expect(others(found)).to.deep.equal([
      { type: "blur", startFrame: 1000, endFrame: 1006, score: 0.475 },
      { type: "overexposed", startFrame: 1010, endFrame: 1020, score: 0.1 },
      { type: "underexposed", startFrame: 1020, endFrame: 1025, score: 0.9 },
    ]);
  });

  it("turns seconds into frames by the exact rate", () => {
    const black = (frames: number) => others(findCues(series(60, { black: from(0, frames, 1) }), { num: 30000, den: 1001 }));
    expect(black(14)).to.deep.equal([]);
    expect(black(15)).to.have.length(1);
  });
});
