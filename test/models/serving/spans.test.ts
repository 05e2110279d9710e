import { expect } from "chai";
import fc from "fast-check";
import { countSampled, outside, within } from "../../../models/serving/spans.ts";

const span = (startFrame: number, endFrame: number) => ({ startFrame, endFrame });

describe("spans", () => {
  it("gives the frames outside, whatever the order and overlap", () => {
    expect(outside([], 10)).to.deep.equal([span(0, 10)]);
    expect(outside([span(6, 8), span(0, 2), span(1, 3)], 10)).to.deep.equal([span(3, 6), span(8, 10)]);
    expect(outside([span(4, 99)], 10)).to.deep.equal([span(0, 4)]);
    expect(outside([span(0, 10)], 10)).to.deep.equal([]);
    expect(outside([span(20, 30)], 10)).to.deep.equal([span(0, 10)]);
  });

  it("counts sampled frames as one by one counting does", () => {
    const spans = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 20 })).map(([start, length]) => span(start, start + length)));
    fc.assert(
      fc.property(spans, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 9 }), (excluded, frameCount, step) => {
        let wanted = 0;
        for (let frame = 0; frame < frameCount; frame += step) if (!within(excluded, frame)) wanted++;
        return countSampled(step, frameCount, excluded) === wanted;
      }),
    );
  });
});
