import { expect } from "chai";
import fc from "fast-check";
import { detectionLine } from "../../../../contracts/analyser-result.ts";
import { isDetectionLine } from "../../../../functions/aggregate/merge-timeline/detections/line.ts";

const good = { frame: 3, pts: -7, boxes: [[0, 0.5, -2, 4, 10, 20]] };

describe("isDetectionLine", () => {
  it("says of every value what the schema says", () => {
    const number = fc.constantFrom(0, 1, -1, 0.5, 1.5, 3, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, null, "1", true, undefined);
    const box = fc.oneof(fc.constant([0, 0.5, -2, 4, 10, 20]), fc.array(number, { minLength: 5, maxLength: 7 }), fc.constantFrom(null, {}, "box"));
    const line = fc.oneof(
      fc.record({ frame: number, pts: number, boxes: fc.array(box, { maxLength: 2 }) }),
      fc.array(fc.constantFrom(0, -1.5, 1e9, Number.NaN, Number.POSITIVE_INFINITY, null, "1"), { maxLength: 3 }).map((embedding) => ({ ...good, embedding })),
      fc.constantFrom(
        { ...good, embedding: Array(64).fill(0) },
        { ...good, embedding: Array(65).fill(0) },
        { ...good, embedding: 1 },
        { ...good, embedding: [0], more: 1 },
      ),
      fc.constantFrom(null, [], 1, "line", { ...good, more: 1 }, { frame: 1, pts: 1 }, { ...good, boxes: {} }),
      fc.tuple(fc.nat(5), number).map(([place, value]) => ({ ...good, boxes: [good.boxes[0]?.map((kept, i) => (i === place ? value : kept))] })),
    );
    fc.assert(
      fc.property(line, (value) => {
        expect(isDetectionLine(value)).to.equal(detectionLine.safeParse(value).success);
      }),
      { numRuns: 2000 },
    );
    expect([isDetectionLine(good), isDetectionLine({ ...good, embedding: [0.5, -2] })]).to.deep.equal([true, true]);
  });
});
