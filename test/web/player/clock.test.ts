import { expect } from "chai";
import { encodeRuns, FrameIndex } from "../../../contracts/frame-index.ts";
import { FrameClock } from "../../../web/player/clock.ts";

/** Frames that last 3003, 6006 and 3003 ticks of 1/90000 s; the source has one more that the review dropped. */
const timebase = { num: 1, den: 90_000 };
const review = { timebase, pts: encodeRuns([1024, 4027, 10_033, 13_036]), sourceFrame: encodeRuns([0, 1, 3, 4]) };
const clock = new FrameClock(new FrameIndex({ source: { timebase, pts: encodeRuns([45_000, 48_003, 51_006, 54_009, 57_012]) }, renditions: { review } }));

describe("FrameClock", () => {
  it("finds the frame of every moment, however long frames last", () => {
    const moments = [0, 0.0333, 0.033366, 0.0334, 0.1, 0.1001, 0.1334666, 9];
    expect(moments.map((at) => clock.at(at))).to.deep.equal([0, 0, 1, 1, 1, 2, 3, 3]);
  });

  it("forgives a microsecond, and no more than a tick", () => {
    expect([clock.at(3003 / 90_000 - 1e-6), clock.at(3003 / 90_000 - 3e-5)]).to.deep.equal([1, 0]);
  });

  it("goes to the middle of a frame, and back to the same one", () => {
    for (let frame = 0; frame < clock.length; frame++) expect(clock.at(clock.middleOf(frame))).to.equal(frame);
    expect(clock.middleOf(1) * 90_000).to.be.closeTo(6006, 1e-6);
  });

  it("counts from where the browser shows the first picture", () => {
    const late = new FrameClock(
      new FrameIndex({
        source: { timebase, pts: encodeRuns([0, 3000]) },
        renditions: { review: { timebase, pts: encodeRuns([9000, 12_000]), sourceFrame: encodeRuns([0, 1]) } },
      }),
    );
    late.startsAt(0.1);
    expect([late.at(0), late.at(0.1), late.at(0.1334), late.at(late.middleOf(0)), late.at(late.startOf(1))]).to.deep.equal([0, 0, 1, 0, 1]);
  });

  it("names source frames, and the one shown in place of a dropped one", () => {
    expect([0, 1, 2, 3].map((frame) => clock.toSource(frame))).to.deep.equal([0, 1, 3, 4]);
    expect([0, 1, 2, 3, 4].map((frame) => clock.toReview(frame))).to.deep.equal([0, 1, 1, 2, 3]);
    expect([clock.clamp(-3), clock.clamp(1.4), clock.clamp(99)]).to.deep.equal([0, 1, 3]);
  });
});
