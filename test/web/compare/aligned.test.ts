import { expect } from "chai";
import { alignedLanes, type Compared, phasePairs, phaseTimes } from "../../../web/compare/aligned.ts";

const common = { confidence: 0.5, producer: "p", review: "unreviewed" as const };
const phase = (label: string, startFrame: number, endFrame: number) => ({
  ...common,
  id: `${label}-${startFrame}`,
  level: "phase" as const,
  label,
  startFrame,
  endFrame,
});
const event = (label: string, startFrame: number, endFrame: number) => ({
  ...common,
  id: `${label}-${startFrame}`,
  type: "instrument",
  label,
  startFrame,
  endFrame,
});
const shot = { ...phase("Shot 1", 0, 100), level: "shot" as const };
const caseOf = (framesPerSecond: number, segments: Compared["segments"], events: Compared["events"] = []): Compared => ({
  ...{ segments, events, frameCount: 100 },
  frames: { secondsOf: (frame) => frame / framesPerSecond, endSecondsOf: (frame) => frame / framesPerSecond },
});

/** The same phases at 10 and at 5 frames a second; the second goes back to the first phase, and has one of its own. */
const first = caseOf(10, [phase("Cut", 50, 100), phase("Prepare", 10, 40), shot], [event("Hook", 60, 70)]);
const second = caseOf(
  5,
  [phase("Prepare", 0, 20), phase("Cut", 20, 30), phase("Cut", 32, 40), phase("Prepare", 40, 50), phase("Rinse", 50, 60)],
  [event("Clipper", 30, 31), event("Hook", 22, 23)],
);
const titles = { phases: "Phases", of: (title: string, which: 1 | 2) => `${title} ${which}` };

describe("two operations", () => {
  it("have phases in the order of their first coming, in seconds, each visit counted once", () => {
    const told = [...phaseTimes(second)].map(([label, time]) => [label, { ...time, seconds: Math.round(1000 * time.seconds) / 1000 }]);
    expect(told).to.deep.equal([
      ["Prepare", { seconds: 6, visits: 2, startSeconds: 0, startFrame: 0 }],
      ["Cut", { seconds: 3.6, visits: 1, startSeconds: 4, startFrame: 20 }],
      ["Rinse", { seconds: 2, visits: 1, startSeconds: 10, startFrame: 50 }],
    ]);
  });

  it("differ phase by phase, where both have it", () => {
    expect(phasePairs(first, second).map(({ label, difference }) => [label, difference && Math.round(difference * 1000) / 1000])).to.deep.equal([
      ["Prepare", 3],
      ["Cut", -1.4],
      ["Rinse", null],
    ]);
    expect(phasePairs(second, first).map(({ label, second: other }) => [label, other === null])).to.deep.equal([
      ["Prepare", false],
      ["Cut", false],
      ["Rinse", true],
    ]);
    expect(phasePairs(caseOf(10, [shot]), caseOf(10, []))).to.deep.equal([]);
  });

  it("lie on one axis of time, from their beginnings", () => {
    const { lanes, length, alignedAt } = alignedLanes(first, second, null, titles);
    expect([length, alignedAt]).to.deep.equal([20_000, null]);
    expect(lanes.map(({ title, spans }) => [title, spans.map(({ startFrame, endFrame }) => [startFrame, endFrame])])).to.deep.equal([
      [
        "Phases 1",
        [
          [1000, 4000],
          [5000, 10_000],
        ],
      ],
      [
        "Phases 2",
        [
          [0, 4000],
          [4000, 6000],
          [6400, 8000],
          [8000, 10_000],
          [10_000, 12_000],
        ],
      ],
      ["Clipper 1", []],
      ["Clipper 2", [[6000, 6200]]],
      ["Hook 1", [[6000, 7000]]],
      ["Hook 2", [[4400, 4600]]],
    ]);
    const colours = (lane: number) => lanes[lane]?.spans.map(({ colour }) => colour) ?? [];
    expect(colours(0)).to.deep.equal(colours(1).slice(0, 2));
    expect([lanes[0]?.spans[0]?.text, lanes[4]?.spans[0]?.text]).to.deep.equal(["Prepare", undefined]);
  });

  it("come together to a phase that both have", () => {
    const { lanes, length, alignedAt } = alignedLanes(first, second, "Cut", titles);
    expect(alignedAt).to.equal(5000);
    expect([lanes[0]?.spans[1]?.startFrame, lanes[1]?.spans[1]?.startFrame]).to.deep.equal([5000, 5000]);
    expect(length).to.equal(21_000);
  });
});
