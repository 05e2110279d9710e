import { expect } from "chai";
import { type PresenceSpan, presenceSpans } from "../../../functions/aggregate/merge-timeline/presence.ts";

const rate = { num: 25, den: 1 };
type Boxes = Parameters<ReturnType<typeof presenceSpans>["add"]>[1];
const box = (label: number, score = 0.75): Boxes[number] => [label, score, 0, 0, 10, 10];

/** Presence over samples every fifth frame: each entry lists the labels that are seen. */
function spansOf(seen: number[][], frameCount = seen.length * 5): PresenceSpan[] {
  const spans = presenceSpans(2, rate);
  for (const [i, labels] of seen.entries())
    spans.add(
      i * 5,
      labels.map((label) => box(label)),
    );
  return spans.finish(frameCount);
}
const span = (label: number, startFrame: number, endFrame: number, confidence = 0.75) => ({ label, startFrame, endFrame, confidence });

describe("presenceSpans", () => {
  it("holds a sample until the next one", () => {
    expect(spansOf([[], [0], [0], [0], [], []])).to.deep.equal([span(0, 5, 20)]);
  });

  it("closes a gap of one second and no longer one", () => {
    const gap = (samples: number) => [[0], [0], [0], ...Array.from({ length: samples }, () => []), [0], [0], [0]];
    expect(spansOf(gap(5))).to.deep.equal([span(0, 0, 55)]);
    expect(spansOf(gap(6))).to.deep.equal([span(0, 0, 15), span(0, 45, 60)]);
  });

  it("drops what lasts less than half a second", () => {
    expect(spansOf([[], [0], [0], [], []])).to.deep.equal([]);
    expect(spansOf([[], [0], [0], [0], []])).to.have.length(1);
  });

  it("keeps labels apart, in order of start", () => {
    expect(spansOf([[1], [1, 0], [1, 0], [0], [0]])).to.deep.equal([span(1, 0, 15), span(0, 5, 25)]);
  });

  it("ends with the video", () => {
    expect(spansOf([[], [], [], [0], [0], [0]], 28)).to.deep.equal([span(0, 15, 28)]);
  });

  it("doesn't reach over frames that nobody looked at", () => {
    const spans = presenceSpans(1, rate);
    for (const frame of [0, 5, 10, 15, 200, 205, 210]) spans.add(frame, [box(0)]);
    expect(spans.finish(300)).to.deep.equal([span(0, 0, 20), span(0, 200, 215)]);
  });

  it("averages the best score of each sample", () => {
    const spans = presenceSpans(1, rate);
    spans.add(0, [box(0, 0.5), box(0, 0.9)]);
    spans.add(10, [box(0, 0.5)]);
    expect(spans.finish(20)[0]?.confidence).to.be.closeTo(0.7, 1e-12);
  });
});
