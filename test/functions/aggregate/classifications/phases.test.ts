import { expect } from "chai";
import fc from "fast-check";
import type { Analysis } from "../../../../contracts/analysis.ts";
import { FrameIndex } from "../../../../contracts/frame-table.ts";
import type { FrameSpan } from "../../../../contracts/primitives.ts";
import { phaseSegments, preferredSeries } from "../../../../functions/aggregate/merge-timeline/classifications/phases.ts";
import type { Series } from "../../../../functions/aggregate/merge-timeline/classifications/series.ts";
import type { SegmentDraft } from "../../../../functions/aggregate/merge-timeline/items.ts";
import { isInside } from "../../../../functions/aggregate/merge-timeline/spans.ts";
import type { Video } from "../../../../functions/aggregate/merge-timeline/video.ts";
import { count, tableOf } from "../../support/frames.ts";
import { caseId, runId } from "../../support/ids.ts";
import { producerOf } from "../support/run.ts";

const labels = ["Preparation", "Dissection", "Clipping", "Packaging", "Cleaning", "Retraction", "Closing"];
const rate = { num: 25, den: 1 };
const videoOf = (frameCount: number, gate: FrameSpan[] = []): Video => ({
  ...{ caseId, runId, frameCount, rate, gate, raster: { width: 960, height: 540 } },
  frames: new FrameIndex(tableOf(count(frameCount), count(frameCount))),
});

/** A series that is `surety` sure of the given phase in each sample and spreads the rest evenly. */
function seriesOf(course: readonly number[], step: number, { surety = 0.9, gate = [] as FrameSpan[], names = labels, id = "phases" } = {}): Series {
  const kept = course.map((label, i) => ({ label, frame: i * step })).filter(({ frame }) => !isInside(frame, gate));
  const scores = names.map((_, label) => kept.map((sample) => Math.round(1e4 * (sample.label === label ? surety : (1 - surety) / (names.length - 1)))));
  const frames = kept.map(({ frame }) => frame);
  const finding = { kind: "classifications" as const, key: "k", subject: "phase" as const, labels: names, producer: producerOf(id), framesDone: frames.length };
  return {
    finding,
    frames,
    shown: frames,
    scores,
    lookedAt: { producer: id, kind: "classifications", spans: [] },
    statistics: { producer: id, version: "1.0.0", digest: null, frameCount: frames.length, labels: [], embedding: null },
  };
}
const repeated = (...runs: [label: number, samples: number][]) => runs.flatMap(([label, samples]) => new Array<number>(samples).fill(label));
const brief = (segments: readonly Pick<SegmentDraft, "label" | "startFrame" | "endFrame">[]) =>
  segments.map(({ label, startFrame, endFrame }) => [label, startFrame, endFrame]);

/** Numbers in [0, 1) that are the same in every run (Park and Miller's generator). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** Visits: segments of one label one after the other are one. */
const visits = (segments: readonly Pick<Analysis["segments"][number], "label">[]) => segments.filter(({ label }, i) => label !== segments[i - 1]?.label).length;

describe("phaseSegments", () => {
  it("takes its times from what the network learned from: phases of a drawing pass in seconds", () => {
    const course = repeated([0, 20], [1, 20], [2, 20]);
    const series = seriesOf(course, 5);
    // 4 s each: for a surgeon's operation too short to believe in.
    expect(phaseSegments(series, videoOf(300))).to.have.length(1);
    const drawn = { ...series, finding: { ...series.finding, meanPhaseSeconds: 4 } };
    expect(brief(phaseSegments(drawn, videoOf(300)))).to.deep.equal([
      ["Preparation", 0, 100],
      ["Dissection", 100, 200],
      ["Clipping", 200, 300],
    ]);
  });

  it("covers the video with the phases as they were", () => {
    const course = repeated([0, 60], [1, 100], [2, 40]);
    const segments = phaseSegments(seriesOf(course, 25), videoOf(200 * 25));
    expect(segments).to.deep.equal(
      [
        [0, 0, 1500],
        [1, 1500, 4000],
        [2, 4000, 5000],
      ].map(([label, startFrame, endFrame]) => ({
        ...{ level: "phase", label: labels[label as number], startFrame, endFrame, confidence: 0.9, producer: "phases", review: "unreviewed" },
      })),
    );
  });

  it("takes the network for mistaken where it changes its mind for seconds", () => {
    const course = repeated([1, 60], [2, 4], [1, 30], [4, 1], [1, 1], [4, 1], [1, 30]);
    expect(brief(phaseSegments(seriesOf(course, 25), videoOf(127 * 25)))).to.deep.equal([["Dissection", 0, 127 * 25]]);
  });

  it("isn't impressed by ten seconds of certainty", () => {
    const course = (wrong: number) => repeated([1, 60], [2, wrong], [1, 60]);
    expect(phaseSegments(seriesOf(course(10), 25, { surety: 1 }), videoOf(130 * 25))).to.have.length(1);
    expect(phaseSegments(seriesOf(course(20), 25, { surety: 1 }), videoOf(140 * 25))).to.have.length(3);
  });

  it("believes it when it insists: a phase that is left out, and one that comes again", () => {
    expect(brief(phaseSegments(seriesOf(repeated([1, 60], [4, 30], [5, 60]), 25), videoOf(150 * 25))).map(([label]) => label)).to.deep.equal([
      "Dissection",
      "Cleaning",
      "Retraction",
    ]);
    expect(brief(phaseSegments(seriesOf(repeated([1, 60], [2, 40], [1, 60]), 25), videoOf(160 * 25))).map(([label]) => label)).to.deep.equal([
      "Dissection",
      "Clipping",
      "Dissection",
    ]);
  });

  it("says the same whether frames are sampled once or five times a second", () => {
    const course = repeated([0, 30], [1, 50], [2, 3], [1, 17], [2, 50]);
    const often = course.flatMap((label) => new Array<number>(5).fill(label));
    expect(brief(phaseSegments(seriesOf(often, 5), videoOf(150 * 25)))).to.deep.equal(brief(phaseSegments(seriesOf(course, 25), videoOf(150 * 25))));
  });

  it("bridges time outside the body, in the middle of a phase and between two", () => {
    const gate = [
      { startFrame: 1000, endFrame: 1500 },
      { startFrame: 2510, endFrame: 3000 },
    ];
    const course = repeated([0, 110], [1, 90]);
    expect(brief(phaseSegments(seriesOf(course, 25, { gate }), videoOf(5000, gate)))).to.deep.equal([
      ["Preparation", 0, 1000],
      ["Preparation", 1500, 2510],
      ["Dissection", 3000, 5000],
    ]);
  });

  it("gives no phase to what nobody looked at", () => {
    const looked = seriesOf(repeated([0, 20], [1, 20]), 25);
    expect(brief(phaseSegments(looked, videoOf(5000)))).to.deep.equal([
      ["Preparation", 0, 500],
      ["Dissection", 500, 975 + 125],
    ]);
    expect(phaseSegments(seriesOf([], 25), videoOf(100))).to.deep.equal([]);
  });

  it("knows a procedure of one phase", () => {
    expect(brief(phaseSegments(seriesOf(repeated([0, 9]), 25, { names: ["All"], surety: 1 }), videoOf(225)))).to.deep.equal([["All", 0, 225]]);
  });

  it("makes about as many phases as there are, of a network that errs in bursts one frame in five", () => {
    for (const seed of [1, 2, 3, 5, 8, 13, 21, 34]) {
      const random = seeded(seed * 7919);
      const truth = repeated([0, 60], [1, 400], [2, 120], [3, 300], [4, 90], [1, 60], [5, 90], [6, 80]);
      // Half of the errors come in bursts of up to ten seconds, as those of real networks do, the rest one by one.
      const noisy = [...truth];
      for (let i = 0; i < noisy.length; i++) {
        const other = Math.floor(random() * labels.length);
        if (random() < 0.1) noisy[i] = other;
        if (random() < 0.018) for (let k = i; k < Math.min(noisy.length, i + 1 + random() * 10); k++) noisy[k] = other;
      }
      const errors = noisy.filter((label, i) => label !== truth[i]).length / truth.length;
      expect(errors).to.be.within(0.1, 0.3);
      const segments = phaseSegments(seriesOf(noisy, 25, { surety: 0.8 }), videoOf(truth.length * 25));
      const eventRatio = 8 / visits(segments);
      expect(eventRatio, `seed ${seed}`).to.be.within(0.8, 1.25);
      // Where the network itself changes its mind some two hundred times.
      expect(noisy.filter((label, i) => label !== noisy[i - 1]).length).to.be.greaterThan(150);
    }
  });

  it("adds up to the time inside the body and never overlaps, whatever the network says", () => {
    const holes = fc.uniqueArray(fc.integer({ min: 0, max: 1200 }), { maxLength: 8 }).map((edges) => edges.sort((a, b) => a - b));
    fc.assert(
      fc.property(fc.array(fc.nat(6), { minLength: 50, maxLength: 50 }), holes, (course, edges) => {
        const gate = Array.from({ length: edges.length >> 1 }, (_, i) => ({ startFrame: edges[2 * i] as number, endFrame: edges[2 * i + 1] as number }));
        const segments = phaseSegments(seriesOf(course, 25, { gate }), videoOf(1250, gate));
        const inBody = count(1250).filter((frame) => !isInside(frame, gate));
        const covering = inBody.map((frame) => segments.filter((segment) => segment.startFrame <= frame && frame < segment.endFrame).length);
        const total = segments.reduce((sum, segment) => sum + segment.endFrame - segment.startFrame, 0);
        if (inBody.some((frame) => frame % 25 === 0)) {
          expect(new Set(covering)).to.deep.equal(new Set([1]));
          expect(total).to.equal(inBody.length);
        } else expect(segments).to.deep.equal([]);
      }),
    );
  });
});

describe("preferredSeries", () => {
  it("takes the word of who looked at more frames, then of who is calibrated, then of the first", () => {
    const plain = seriesOf(repeated([0, 9]), 25, { id: "b" });
    const more = seriesOf(repeated([0, 10]), 25, { id: "d" });
    const first = seriesOf(repeated([0, 9]), 25, { id: "a" });
    const calibrated = seriesOf(repeated([0, 9]), 25, { id: "c" });
    calibrated.finding.producer.calibration = { method: "temperature", expectedError: 0.02 };
    expect(preferredSeries([plain, more, calibrated])).to.equal(more);
    expect(preferredSeries([plain, calibrated, first])).to.equal(calibrated);
    expect(preferredSeries([plain, first])).to.equal(first);
    expect(preferredSeries([])).to.equal(undefined);
  });
});
