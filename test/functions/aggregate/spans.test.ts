import { expect } from "chai";
import fc from "fast-check";
import { FrameIndex } from "../../../contracts/frame-table.ts";
import { isInside, toSourceSpan, without } from "../../../functions/aggregate/merge-timeline/spans.ts";
import { count, tableOf } from "../support/frames.ts";

describe("without", () => {
  const span = { startFrame: 10, endFrame: 20 };
  const cases: [string, [number, number][], [number, number][]][] = [
    ["nothing", [], [[10, 20]]],
    [
      "what lies elsewhere",
      [
        [0, 10],
        [20, 30],
      ],
      [[10, 20]],
    ],
    ["the start", [[5, 12]], [[12, 20]]],
    ["the end", [[18, 25]], [[10, 18]]],
    [
      "the middle",
      [
        [12, 14],
        [16, 17],
      ],
      [
        [10, 12],
        [14, 16],
        [17, 20],
      ],
    ],
    [
      "everything",
      [
        [0, 15],
        [15, 30],
      ],
      [],
    ],
  ];
  const spans = (pairs: [number, number][]) => pairs.map(([startFrame, endFrame]) => ({ startFrame, endFrame }));
  for (const [what, holes, left] of cases) it(`takes ${what} out of a span`, () => expect(without(span, spans(holes))).to.deep.equal(spans(left)));

  it("keeps exactly the frames that no hole has", () => {
    const sorted = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 10 }).map((edges) => edges.sort((a, b) => a - b));
    fc.assert(
      fc.property(sorted, fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 20 }), (edges, startFrame, length) => {
        const holes = spans(Array.from({ length: edges.length >> 1 }, (_, i) => [edges[2 * i] as number, edges[2 * i + 1] as number]));
        const left = without({ startFrame, endFrame: startFrame + length }, holes);
        for (let frame = 0; frame < 80; frame++) {
          expect(isInside(frame, left)).to.equal(frame >= startFrame && frame < startFrame + length && !isInside(frame, holes));
        }
      }),
    );
  });
});

describe("toSourceSpan", () => {
  it("keeps neighbours neighbours and reaches the ends, whatever the rendition dropped or doubled", () => {
    const steps = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(steps, fc.nat(), fc.integer({ min: 0, max: 3 }), (differences, cut, tail) => {
        const shown: number[] = [0];
        for (const step of differences) shown.push((shown.at(-1) as number) + step);
        const sourceCount = (shown.at(-1) as number) + 1 + tail;
        const frames = new FrameIndex(tableOf(count(sourceCount), shown));
        const middle = 1 + (cut % (shown.length - 1));
        const first = toSourceSpan({ startFrame: 0, endFrame: middle }, frames);
        const second = toSourceSpan({ startFrame: middle, endFrame: shown.length }, frames);
        expect(first.startFrame).to.equal(0);
        expect(second.endFrame).to.equal(sourceCount);
        // A source frame on both sides of the cut belongs to both; else nothing is lost and nothing is told twice.
        expect(first.endFrame).to.equal(shown[middle] === 0 ? 1 : second.startFrame);
      }),
    );
  });
});
