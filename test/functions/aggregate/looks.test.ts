import { expect } from "chai";
import { FrameIndex } from "../../../contracts/frame-table.ts";
import type { FrameSpan } from "../../../contracts/primitives.ts";
import { looks, measured } from "../../../functions/aggregate/merge-timeline/looks.ts";
import type { Video } from "../../../functions/aggregate/merge-timeline/video.ts";
import { count, tableOf } from "../support/frames.ts";
import { caseId, runId } from "../support/ids.ts";
import { producerOf } from "./support/run.ts";

/** A rendition of 25 frames per second that shows every source frame, unless said otherwise. */
const videoOf = ({ gate = [] as FrameSpan[], shown = count(1000) } = {}): Video => ({
  ...{ caseId, runId, frameCount: shown.length, rate: { num: 25, den: 1 }, gate, raster: { width: 960, height: 540 } },
  frames: new FrameIndex(tableOf(count((shown.at(-1) as number) + 1), shown)),
});
const producer = producerOf("detector");
const every = (step: number, from: number, to: number) => count(Math.ceil((to - from) / step)).map((i) => from + i * step);

function spansOf(frames: readonly number[], video = videoOf(), frameStep: number | undefined = 5): [number, number][] {
  const looked = looks({ producer, subject: null, ...(frameStep > 0 && { frameStep }) }, "detections", video);
  for (const frame of frames) looked.add(frame);
  return looked.finish().spans.map(({ startFrame, endFrame }) => [startFrame, endFrame]);
}

describe("looks", () => {
  it("joins looks over a gap of a second, and over no longer one", () => {
    expect(spansOf([...every(5, 0, 100), ...every(5, 120, 200)])).to.deep.equal([[0, 200]]);
    expect(spansOf([...every(5, 0, 100), ...every(5, 125, 200)])).to.deep.equal([
      [0, 100],
      [125, 200],
    ]);
  });

  it("lets the last look stand for a step, to the end of the video at most", () => {
    expect(spansOf([0, 5, 10])).to.deep.equal([[0, 15]]);
    expect(spansOf(every(30, 0, 1000), videoOf(), 30)).to.deep.equal([[0, 1000]]);
    // Of an older container, which doesn't tell its step, as far as the looks before were apart.
    expect(spansOf([0, 10, 20], videoOf(), 0)).to.deep.equal([[0, 30]]);
    expect(spansOf([500], videoOf(), 0)).to.deep.equal([[500, 501]]);
  });

  it("joins the looks of a network that looks every second or less often, and not over a look that is missing", () => {
    expect(spansOf([0, 25, 50, 100, 125], videoOf(), 25)).to.deep.equal([
      [0, 75],
      [100, 150],
    ]);
    expect(spansOf([0, 75, 150, 300], videoOf(), 75)).to.deep.equal([
      [0, 225],
      [300, 375],
    ]);
  });

  it("tells nothing of what lies outside the body, however short it is", () => {
    const gate = [
      { startFrame: 100, endFrame: 110 },
      { startFrame: 300, endFrame: 500 },
    ];
    const inside = every(5, 0, 1000).filter((frame) => gate.every(({ startFrame, endFrame }) => frame < startFrame || frame >= endFrame));
    expect(spansOf(inside, videoOf({ gate }))).to.deep.equal([
      [0, 100],
      [110, 300],
      [500, 1000],
    ]);
  });

  it("counts in frames of the source, of which the rendition drops some and shows some twice", () => {
    // Every second source frame, then the rest twice.
    const shown = [...count(50).map((i) => 2 * i), ...count(50).map((i) => 100 + Math.floor(i / 2))];
    expect(spansOf([0, 5, 10, 60, 65], videoOf({ shown }))).to.deep.equal([
      [0, 30],
      [105, 110],
    ]);
    expect(spansOf(every(5, 0, 100), videoOf({ shown }))).to.deep.equal([[0, 125]]);
  });

  it("drops the shortest of more than 500 spans, and claims nothing for them", () => {
    // Every sixtieth frame, and in each fourth place twice.
    const frames = count(600).flatMap((i) => (i % 4 === 0 ? [60 * i, 60 * i + 5] : [60 * i]));
    const spans = spansOf(frames, videoOf({ shown: count(36000) }));
    expect(spans).to.have.length(500);
    expect(spans.filter(([startFrame, endFrame]) => endFrame - startFrame === 10)).to.have.length(150);
    expect(spans.slice(0, 3)).to.deep.equal([
      [0, 10],
      [60, 65],
      [120, 125],
    ]);
    expect(spans.slice(-2)).to.deep.equal([
      [60 * 592, 60 * 592 + 10],
      [60 * 596, 60 * 596 + 10],
    ]);
  });

  it("tells nothing of a network that looked at nothing", () => expect(spansOf([])).to.deep.equal([]));
});

describe("measured", () => {
  const gate = [{ startFrame: 100, endFrame: 200 }];
  const spansOf = (framesDone: number) =>
    measured({ producer, subject: null, framesDone }, videoOf({ gate })).spans.map(({ startFrame, endFrame }) => [startFrame, endFrame]);

  it("goes through the time inside the body from its start to where the measurement ended", () => {
    expect(spansOf(900)).to.deep.equal([
      [0, 100],
      [200, 1000],
    ]);
    expect(spansOf(350)).to.deep.equal([
      [0, 100],
      [200, 450],
    ]);
    expect(spansOf(100)).to.deep.equal([[0, 100]]);
    expect(spansOf(0)).to.deep.equal([]);
  });

  it("ends with the video, of a service that counts what is outside, too", () => {
    expect(spansOf(1000)).to.deep.equal([
      [0, 100],
      [200, 1000],
    ]);
  });
});
