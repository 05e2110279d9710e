import { expect } from "chai";
import fc from "fast-check";
import type { FrameSpan } from "../../../../contracts/primitives.ts";
import { difference, intersection, twice, union } from "../../../../functions/aggregate/measure-operation/intervals.ts";

const span = (startFrame: number, endFrame: number): FrameSpan => ({ startFrame, endFrame });

describe("sets of frames", () => {
  const spans = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 12 })).map(([start, length]) => span(start, start + length)),
    { maxLength: 8 },
  );
  const holds = (set: readonly FrameSpan[], frame: number): boolean => set.some(({ startFrame, endFrame }) => startFrame <= frame && frame < endFrame);
  const frames = Array.from({ length: 60 }, (_, frame) => frame);

  it("are what each frame says", () => {
    fc.assert(
      fc.property(spans, spans, (a, b) => {
        for (const frame of frames) {
          expect(holds(union(a), frame)).to.equal(holds(a, frame));
          expect(holds(intersection(a, b), frame)).to.equal(holds(a, frame) && holds(b, frame));
          expect(holds(difference(a, b), frame)).to.equal(holds(a, frame) && !holds(b, frame));
          const sets = a.map((one) => [one]);
          expect(holds(twice(sets), frame)).to.equal(a.filter((one) => holds([one], frame)).length >= 2);
        }
      }),
      { seed: 20261126, numRuns: 200 },
    );
  });

  it("join what touches", () => {
    expect(union([span(5, 9), span(0, 5)])).to.deep.equal([span(0, 9)]);
    expect(difference([span(0, 9)], [span(3, 4)])).to.deep.equal([span(0, 3), span(4, 9)]);
    expect(twice([[span(0, 5)], [span(5, 9)]])).to.deep.equal([]);
  });
});
