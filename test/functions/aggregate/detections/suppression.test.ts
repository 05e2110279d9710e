import { expect } from "chai";
import fc from "fast-check";
import {
  type Candidate,
  distanceIou,
  iou,
  sameThingIou,
  suppress as suppressBy,
} from "../../../../functions/aggregate/merge-timeline/detections/suppression.ts";

const box = (producer: number, score: number, x: number, change: Partial<Candidate> = {}): Candidate => ({
  ...{ producer, score, x, category: 0, label: 0, y: 0, width: 100, height: 100 },
  ...change,
});

/** Where all boxes are sure. */
const suppress = (boxes: readonly Candidate[]) => suppressBy(boxes, () => true);

describe("suppress", () => {
  it("keeps a sure box before an unsure one, whatever other networks' scores are worth", () => {
    const thresholds = [0.4, 0.6, 0.5];
    const isSure = ({ producer, score }: Candidate) => score >= (thresholds[producer] as number);
    const [sure, unsure] = [box(0, 0.45, 0), box(1, 0.5, 10)];
    expect(suppressBy([sure, unsure], isSure)).to.deep.equal([sure]);
    expect(suppressBy([sure, { ...unsure, score: 0.6 }], isSure)).to.deep.equal([{ ...unsure, score: 0.6 }]);
    // Both unsure: by score again.
    expect(suppressBy([{ ...sure, score: 0.39 }, unsure], isSure)).to.deep.equal([unsure]);
    const third = box(2, 0.55, 5);
    expect(suppressBy([sure, unsure, third], isSure)).to.deep.equal([third]);
  });

  it("keeps the surest of boxes that show the same thing, whoever made it", () => {
    const [weak, strong] = [box(0, 0.6, 0), box(1, 0.9, 10)];
    expect(suppress([weak, strong])).to.deep.equal([strong]);
    expect(suppress([{ ...weak, score: 0.95 }, strong])).to.deep.equal([{ ...weak, score: 0.95 }]);
  });

  it("takes an overlap of a half as the same thing, and no less", () => {
    // Two boxes 90 wide, 30 apart: two thirds of each overlap, which is half of their union.
    expect(iou(box(0, 1, 0, { width: 90 }), box(1, 1, 30, { width: 90 }))).to.equal(sameThingIou);
    expect(suppress([box(0, 0.9, 0, { width: 90 }), box(1, 0.8, 30, { width: 90 })])).to.have.length(1);
    expect(suppress([box(0, 0.9, 0, { width: 90 }), box(1, 0.8, 31, { width: 90 })])).to.have.length(2);
  });

  it("leaves other classes and a producer's own boxes alone", () => {
    const others = [box(0, 0.9, 0), box(1, 0.8, 0, { category: 1 })];
    expect(suppress(others)).to.deep.equal(others);
    const own = [box(0, 0.9, 0), box(0, 0.8, 1), box(1, 0.7, 500)];
    expect(suppress(own)).to.deep.equal(own);
  });

  it("isn't suppressed by what is suppressed itself", () => {
    // 1 is hidden by 0; 2 overlaps 1 only.
    expect(suppress([box(0, 0.9, 0), box(1, 0.8, 30), box(2, 0.7, 60)]).map(({ producer }) => producer)).to.deep.equal([0, 2]);
  });

  it("gives equal scores to the producer that comes first", () => {
    expect(suppress([box(0, 0.8, 0), box(1, 0.8, 0)]).map(({ producer }) => producer)).to.deep.equal([0]);
  });

  it("keeps no two boxes of a class that overlap, and hides none that nothing surer overlaps", () => {
    const some = fc.array(
      fc
        .record({ producer: fc.nat(2), score: fc.integer({ min: 1, max: 9 }), x: fc.nat(200), category: fc.nat(1) })
        .map((given) => box(given.producer, given.score / 10, given.x, given)),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(some, (boxes) => {
        boxes.sort((a, b) => a.producer - b.producer);
        const kept = suppress(boxes);
        const rivals = (a: Candidate, b: Candidate) => a.category === b.category && a.producer !== b.producer && iou(a, b) >= sameThingIou;
        for (const one of kept) expect(kept.some((other) => rivals(one, other))).to.equal(false);
        for (const one of boxes) {
          const isHidden = kept.some((other) => rivals(one, other) && other.score >= one.score);
          expect(kept.includes(one)).to.equal(!isHidden);
        }
      }),
    );
  });
});

describe("distanceIou", () => {
  it("is the overlap of boxes with one middle, and falls as they part", () => {
    const at = (x: number) => distanceIou(box(0, 1, 0), box(0, 1, x));
    expect(at(0)).to.equal(1);
    // Side by side: no overlap, 1 width apart, diagonal of 2 x 1.
    expect(at(100)).to.be.closeTo(-1 / 5, 1e-12);
    expect(at(200)).to.be.closeTo(-4 / 10, 1e-12);
  });
});
