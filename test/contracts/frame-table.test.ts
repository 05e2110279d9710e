import { expect } from "chai";
import fc from "fast-check";
import { decodeRuns, encodeRuns, FrameIndex, frameTable, integerRuns, lastNotAfter } from "../../contracts/frame-table.ts";
import { count, summed, tableOf } from "../functions/support/frames.ts";

const rising = fc
  .tuple(fc.integer({ min: -1e12, max: 1e12 }), fc.array(fc.integer({ min: 0, max: 1e6 }), { maxLength: 200 }))
  .map(([first, differences]) => summed(first, differences));

describe("integer runs", () => {
  it("give back every rising list exactly, through JSON", () => {
    fc.assert(
      fc.property(rising, (values) => {
        expect([...decodeRuns(integerRuns.parse(JSON.parse(JSON.stringify(encodeRuns(values)))))]).to.deep.equal(values);
      }),
    );
  });

  it("code an hour of constant rate as one pair", () => {
    expect(encodeRuns(Array.from({ length: 90_000 }, (_, n) => 126_000 + n * 3600))).to.deep.equal({ first: 126_000, runs: [[3600, 89_999]] });
  });

  it("code one frame without pairs", () => expect(encodeRuns([7])).to.deep.equal({ first: 7, runs: [] }));

  it("refuse nothing, and lists that fall", () => {
    expect(() => encodeRuns([])).to.throw("A list of frames can't be empty.");
    expect(() => encodeRuns([1, 3, 2])).to.throw("Values must not fall: 3 is followed by 2 at 2.");
  });
});

describe("lastNotAfter", () => {
  it("finds what a walk would find", () => {
    fc.assert(
      fc.property(rising, fc.integer({ min: -1e12, max: 2e12 }), (values, wanted) => {
        expect(lastNotAfter(values, wanted)).to.equal(values.filter((value) => value <= wanted).length - 1);
      }),
    );
  });
});

describe("FrameIndex", () => {
  const renditions = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 100 }).map((steps) => summed(0, steps));

  it("maps every frame that a rendition shows there and back", () => {
    fc.assert(
      fc.property(renditions, fc.nat({ max: 5 }), (shown, tail) => {
        const sourceCount = (shown.at(-1) as number) + 1 + tail;
        const frames = new FrameIndex(tableOf(count(sourceCount), shown));
        for (let frame = 0; frame < sourceCount; frame++) {
          const there = frames.toRendition("analysis", frame);
          expect(frames.isShown("analysis", frame)).to.equal(shown.includes(frame));
          if (shown.includes(frame)) expect(there).to.equal(shown.indexOf(frame));
          else expect(frames.toSource("analysis", there)).to.equal(shown.filter((value) => value < frame).at(-1));
        }
        for (const [n, frame] of shown.entries()) expect(frames.toSource("analysis", n)).to.equal(frame);
      }),
    );
  });

  it("tells seconds since the first frame, and holds the last one", () => {
    const frames = new FrameIndex(tableOf([100, 125, 150], [0, 1, 2]));
    expect([0, 1, 2, 3].map((frame) => frames.secondsOf(frame))).to.deep.equal([0, 1, 2, 2]);
  });

  it("names what isn't there", () => {
    const frames = new FrameIndex(tableOf(count(3), count(3)));
    expect(() => frames.rendition("review")).to.throw('The frame table has no rendition "review".');
    expect(() => frames.toSource("analysis", 3)).to.throw('Rendition "analysis" has no frame 3.');
  });
});

describe("frame table", () => {
  it("holds renditions as they are made: none, one, both, and no others", () => {
    const both = tableOf(count(3), count(3), count(3));
    for (const renditions of [{}, { analysis: both.renditions.analysis }, both.renditions])
      expect(frameTable.safeParse({ ...both, renditions }).success).to.equal(true);
    expect(frameTable.safeParse({ ...both, renditions: { proxy: both.renditions.analysis } }).success).to.equal(false);
  });
});
