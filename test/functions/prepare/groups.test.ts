import { expect } from "chai";
import { groupsOf } from "../../../functions/prepare/index-source/groups.ts";

describe("groupsOf", () => {
  const timebase = { num: 1, den: 10 };
  /** Packets in the order in which they are decoded: time, bytes, and K for a key frame. */
  const groups = (end: number, ...packets: [number, number, "K"?][]) =>
    groupsOf(
      {
        pts: Float64Array.from(packets, ([pts]) => pts),
        bytes: Float64Array.from(packets, ([, bytes]) => bytes),
        isKey: packets.map(([, , key]) => key === "K"),
      },
      { timebase, end },
    );

  it("counts one of a single frame", () => {
    expect(groups(5, [0, 100, "K"])).to.deep.equal({ count: 1, longestTicks: 5, open: 0, bytes: 100, largestSegmentBytes: 100 });
  });

  it("calls a group open once, if pictures that follow its key frame are shown before it, and not for mere reordering", () => {
    const closed: [number, number, "K"?][] = [
      [0, 1, "K"],
      [3, 1],
      [1, 1],
      [2, 1],
      [4, 1, "K"],
      [7, 1],
      [5, 1],
      [6, 1],
    ];
    expect(groups(8, ...closed)).to.deep.include({ count: 2, longestTicks: 4, open: 0 });
    const open: [number, number, "K"?][] = [
      [0, 1, "K"],
      [3, 1],
      [1, 1],
      [2, 1],
      [6, 1, "K"],
      [4, 1],
      [5, 1],
      [9, 1],
      [7, 1],
      [8, 1],
    ];
    expect(groups(10, ...open)).to.deep.include({ count: 2, longestTicks: 6, open: 1 });
  });

  it("takes the most bytes from any key frame to the first that is 6 s later or more, wherever segments are cut", () => {
    // Key frames at 0, 4, 7, 10 and 14 s.
    const keys: [number, number, "K"?][] = [
      [0, 1, "K"],
      [40, 10, "K"],
      [70, 100, "K"],
      [100, 1000, "K"],
      [140, 5, "K"],
    ];
    // From 0 to 7 s: 11; from 4 to 10: 110; from 7 to 14: 1100; from 10 to the end: 1005; from 14: 5.
    expect(groups(150, ...keys)).to.deep.include({ longestTicks: 40, bytes: 1116, largestSegmentBytes: 1100 });
    expect(groups(150, ...keys.map(([pts, bytes]): [number, number, "K"] => [pts, pts === 140 ? 5000 : bytes, "K"])).largestSegmentBytes).to.equal(6000);
  });
});
