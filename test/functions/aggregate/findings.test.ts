import { expect } from "chai";
import fc from "fast-check";
import { detectionChunk, maskChunk, scoreSeries, trackList } from "../../../contracts/analysis.ts";
import { statisticsKey } from "../../../contracts/keys.ts";
import { type RunStatistics, runStatistics } from "../../../contracts/run-statistics.ts";
import { failure } from "../../support/failure.ts";
import { count } from "../support/frames.ts";
import { caseId, runId } from "../support/ids.ts";
import { type Given, merged, unzipped } from "./support/run.ts";

/** A detector that sees one thing, moving to the right, in the frames given. */
const detector = (producer: string, labels: string[], frames: readonly number[], box: (frame: number) => [score: number, x: number] | null): Given => ({
  ...{ producer, kind: "detections", subject: "instrument", labels },
  lines: frames.map((frame) => {
    const found = box(frame);
    return { frame, pts: frame, boxes: found ? [[0, found[0], found[1], 100, 100, 60]] : [] };
  }),
});
const every = (step: number, from = 0, to = 1000) => count(Math.ceil((to - from) / step)).map((i) => from + i * step);
const classifier = (producer: string, subject: Given["subject"], labels: string[], scores: (frame: number) => number[], frames = every(5)): Given => ({
  ...{ producer, kind: "classifications", subject, labels },
  lines: frames.map((frame) => ({ frame, pts: frame, scores: scores(frame) })),
});
const brief = (events: readonly { type: string; label: string; startFrame: number; endFrame: number; producer: string }[]) =>
  events.map(({ type, label, startFrame, endFrame, producer }) => [type, label, startFrame, endFrame, producer]);

describe("mergeFindings", () => {
  it("keeps a service's words for what it sees as tags, without what lies outside the patient, and makes no finding of them", async () => {
    const service: Given = {
      ...{ producer: "rekognition-labels", kind: "tags", subject: null, labels: [], change: { kind: "service" } },
      lines: [
        { label: "Red", startFrame: 0, endFrame: 500, score: 0.9 },
        { label: "Glove", startFrame: 110, endFrame: 190, score: 0.8 },
        { label: "Dark", startFrame: 400, endFrame: 1000, score: 0.6 },
      ],
    };
    const { found } = await merged([service], { gate: [{ startFrame: 100, endFrame: 200 }] });
    const tag = (id: number, label: string, startFrame: number, endFrame: number, confidence: number) => ({
      ...{ id: `tag-${id}`, label, startFrame, endFrame, confidence },
      producer: "rekognition-labels",
    });
    expect(found.tags).to.deep.equal([tag(1, "Red", 0, 100, 0.9), tag(2, "Red", 200, 500, 0.9), tag(3, "Dark", 400, 1000, 0.6)]);
    expect([found.segments, found.events]).to.deep.equal([[], []]);
    expect(found.producers.map(({ id }) => id)).to.include("rekognition-labels");
    const without = await merged([detector("left", ["hook"], every(5), () => null)]);
    expect(without.found).not.to.have.property("tags");
  });

  it("keeps the surer of two producers' boxes of one thing, in its producer's chunk, and follows it from one to the other", async () => {
    const left = detector("left", ["hook", "grasper"], every(5, 0, 100), (frame) => [frame < 50 ? 0.9 : 0.6, frame]);
    // The same class by another index.
    const right = detector("right", ["hook"], every(5, 0, 100), (frame) => [0.8, frame + 4]);
    const { found, lake } = await merged([left, right]);
    expect(found.detections.map(({ producer, frameCount, boxCount }) => [producer, frameCount, boxCount])).to.deep.equal([
      ["left", 20, 10],
      ["right", 20, 10],
    ]);
    const [chunkOfLeft, chunkOfRight] = found.detections.map(({ chunks }) => unzipped(lake, chunks[0]!.uri, detectionChunk));
    expect(chunkOfLeft!.offsets).to.deep.equal([...count(11), ...new Array(10).fill(10)]);
    expect(chunkOfRight!.offsets).to.deep.equal([...new Array(10).fill(0), ...count(11)]);
    expect([...chunkOfLeft!.track, ...chunkOfRight!.track]).to.deep.equal(new Array(20).fill(0));
    const tracks = unzipped(lake, found.tracks!.uri, trackList);
    expect(tracks).to.deep.include({ detections: [0], label: [0], startFrame: [0], endFrame: [96], boxCount: [20], confidence: [0.85], stable: [true] });
    // 99 pixels to the right on a raster whose diagonal is 1101.45.
    expect(tracks.pathLength).to.deep.equal([0.0899]);
    expect(found.tracks?.trackCount).to.equal(1);
    // Seen by both: one event, of the one that saw it as long and comes first.
    expect(brief(found.events)).to.deep.equal([["instrument", "hook", 0, 100, "left"]]);
    expect(found.events[0]?.confidence).to.equal(0.775);
  });

  it("begins a track with a sure box of one network where another is surer, but not sure enough for itself", async () => {
    const frames = every(5, 0, 100);
    const modest = { ...detector("left", ["hook"], frames, (frame) => [0.45, frame]), change: { threshold: 0.4 } };
    const proud = { ...detector("right", ["hook"], frames, (frame) => [0.5, frame + 4]), change: { threshold: 0.6 } };
    const { found } = await merged([modest, proud]);
    expect(found.detections.map(({ producer, boxCount }) => [producer, boxCount])).to.deep.equal([
      ["left", 20],
      ["right", 0],
    ]);
    expect(found.tracks?.trackCount).to.equal(1);
  });

  it("tells a track's jerk and over how long, in diagonals", async () => {
    const { found, lake } = await merged([detector("left", ["hook"], every(5, 0, 100), (frame) => [0.9, Math.round(10 * (frame / 25) ** 3)])]);
    const { schema, jerkSquared, jerkSeconds } = unzipped(lake, found.tracks!.uri, trackList);
    expect(schema).to.equal("track-list/1.2");
    // 20 boxes in steps of 0.2 s, a step less at each end; 60 pixels / s^3 and what rounding to whole pixels adds, on a diagonal of 1101 pixels.
    expect(jerkSeconds).to.deep.equal([3.4]);
    expect(Math.sqrt((jerkSquared?.[0] as number) / 3.4)).to.be.within(60 / 1101, 250 / 1101);
  });

  it("numbers tracks across chunks, and leaves boxes of false alarms without one", async () => {
    const seen = detector("left", ["hook"], every(5), (frame) => (frame >= 700 && frame < 800 ? [0.9, frame - 600] : frame === 100 ? [0.9, 5] : null));
    const { found, lake } = await merged([seen]);
    const tracks = found.detections[0]!.chunks.map(({ uri }) => unzipped(lake, uri, detectionChunk).track);
    expect(tracks).to.deep.equal([[-1, ...new Array(10).fill(0)], new Array(10).fill(0)]);
  });

  it("merges producers that look at different frames", async () => {
    const often = detector("often", ["hook"], every(5, 0, 200), (frame) => (frame < 100 ? [0.9, 100] : null));
    const seldom = detector("seldom", ["clipper", "hook"], every(25, 0, 200), (frame) => (frame >= 100 ? [0.8, 400] : null));
    const { found } = await merged([seldom, often]);
    expect(found.detections.map(({ producer, frameCount, boxCount }) => [producer, frameCount, boxCount])).to.deep.equal([
      ["often", 40, 20],
      ["seldom", 8, 4],
    ]);
    expect(brief(found.events)).to.deep.equal([
      ["instrument", "hook", 0, 100, "often"],
      ["instrument", "clipper", 100, 200, "seldom"],
    ]);
    expect(found.busiestFrame).to.equal(0);
  });

  it("follows instruments only, and lists structures after them", async () => {
    const organs: Given = { ...detector("a-organs", ["gallbladder"], every(5, 0, 100), () => [0.9, 100]), subject: "structure" };
    const { found } = await merged([organs]);
    expect(found.tracks).to.equal(null);
    expect(brief(found.events)).to.deep.equal([["structure", "gallbladder", 0, 100, "a-organs"]]);
    const both = await merged([organs, detector("tools", ["hook"], every(5, 0, 100), () => [0.9, 100])]);
    expect(both.found.detections.map(({ producer, boxCount }) => [producer, boxCount])).to.deep.equal([
      ["tools", 20],
      ["a-organs", 20],
    ]);
    expect(both.found.tracks?.trackCount).to.equal(1);
  });

  it("makes phases of classifications and keeps their probabilities", async () => {
    const { found, lake } = await merged([classifier("phases", "phase", ["First", "Then"], (frame) => (frame < 600 ? [0.9, 0.1] : [0.10004, 0.89996]))]);
    expect(found.segments.map(({ id, level, label, startFrame, endFrame, confidence }) => [id, level, label, startFrame, endFrame, confidence])).to.deep.equal([
      ["segment-1", "phase", "First", 0, 600, 0.9],
      ["segment-2", "phase", "Then", 600, 1000, 0.9],
    ]);
    const [scores] = found.scores;
    expect(scores).to.deep.include({ producer: "phases", subject: "phase", labels: ["First", "Then"], frameCount: 200 });
    const series = unzipped(lake, scores!.uri, scoreSeries);
    expect(series.frames).to.deep.equal(every(5));
    expect(series.scores.map((column) => [column[0], column[199]])).to.deep.equal([
      [0.9, 0.1],
      [0.1, 0.9],
    ]);
  });

  it("leaves out what is about another procedure than the case's, and says so; where nobody said which it is, it counts", async () => {
    const phases = { ...classifier("phases", "phase", ["Clipping"], () => [0.9]), procedures: ["laparoscopic-cholecystectomy" as const] };
    const view = classifier("view", "view", ["smoke"], () => [0.9]);
    const { found, lake } = await merged([phases, view], { procedure: "laparoscopic-hysterectomy" });
    expect(found.leftOut).to.deep.equal([{ producer: "phases", procedures: ["laparoscopic-cholecystectomy"] }]);
    expect([found.segments, found.scores.map(({ producer }) => producer), found.events.map(({ type }) => type)]).to.deep.equal([[], ["view"], ["smoke"]]);
    expect(found.producers.map(({ id }) => id)).to.include("phases");
    expect((await lake.json(statisticsKey(caseId, runId), runStatistics)).producers.map(({ producer }) => producer)).to.deep.equal(["view"]);
    for (const procedure of ["laparoscopic-cholecystectomy", null] as const) {
      const whole = (await merged([phases, view], { procedure })).found;
      expect(whole).not.to.have.property("leftOut");
      expect(whole.segments.map(({ label }) => label)).to.deep.equal(["Clipping"]);
    }
    // A network that names none is about any.
    expect((await merged([{ ...phases, procedures: undefined } as never], { procedure: "other" })).found.segments).to.have.length(1);
  });

  it("tells what spoils the view, and lets the network's blur stand for the measured one", async () => {
    const wave = (from: number, to: number, frame: number) => (frame >= from && frame < to ? 0.8 : 0.1);
    const view = classifier("view", "view", ["smoke", "Lens fog", "blur"], (frame) => [wave(100, 300, frame), wave(200, 220, frame), wave(500, 600, frame)]);
    const cues: Given = {
      ...{ producer: "technical", kind: "cues", subject: null, labels: [], change: { kind: "algorithm" } },
      lines: [
        { type: "black", startFrame: 10, endFrame: 20, score: 1 },
        { type: "blur", startFrame: 490, endFrame: 610, score: 1 },
      ],
    };
    expect(brief((await merged([view, cues])).found.events)).to.deep.equal([
      ["black", "Black picture", 10, 20, "technical"],
      ["smoke", "smoke", 100, 300, "view"],
      ["blur", "blur", 500, 600, "view"],
    ]);
    expect(brief((await merged([cues])).found.events).map(([type]) => type)).to.deep.equal(["black", "blur"]);
  });

  it("takes a probability that trembles about the threshold for one event, and ends it below three quarters of that", async () => {
    const tremble = (frame: number) => (frame < 100 || frame >= 300 ? 0 : frame % 10 === 0 ? 0.52 : 0.4);
    const smoke = async (scores: (frame: number) => number) =>
      brief((await merged([classifier("view", "view", ["smoke"], (frame) => [scores(frame)])])).found.events);
    expect(await smoke(tremble)).to.deep.equal([["smoke", "smoke", 100, 300, "view"]]);
    expect(await smoke((frame) => (frame < 100 ? 0 : frame < 200 ? 0.6 : 0.37))).to.deep.equal([["smoke", "smoke", 100, 200, "view"]]);
    expect(await smoke((frame) => (frame < 100 ? 0 : 0.45))).to.deep.equal([]);
  });

  it("tells instruments from whole pictures, too, and keeps the critical view as probabilities", async () => {
    const tools = classifier("tools", "instrument", ["hook", "grasper"], (frame) => [frame < 200 ? 0.9 : 0.1, frame >= 100 && frame < 300 ? 0.7 : 0]);
    const criteria = classifier("criteria", "critical-view", ["C1", "C2", "C3"], () => [0.9, 0.9, 0.9]);
    const boxes = detector("boxes", ["hook"], every(5), (frame) => (frame >= 150 && frame < 400 ? [0.6, 50] : null));
    const { found } = await merged([tools, criteria, boxes]);
    expect(brief(found.events)).to.deep.equal([
      ["instrument", "hook", 0, 400, "boxes"],
      ["instrument", "grasper", 100, 300, "tools"],
    ]);
    expect(found.scores.map(({ producer, subject }) => [producer, subject])).to.deep.equal([
      ["criteria", "critical-view"],
      ["tools", "instrument"],
    ]);
  });

  const masks = (runs: (frame: number) => number[], frames = every(5)): Given => ({
    ...{ producer: "organs", kind: "masks", subject: "structure", labels: ["liver"] },
    lines: frames.map((frame) => ({ frame, pts: frame, gridWidth: 4, gridHeight: 2, masks: frame < 400 ? [[0, 0.9, runs(frame)]] : [] })),
  });

  it("cuts masks into chunks", async () => {
    const { found, lake } = await merged([masks(() => [3, 5])], { gate: [{ startFrame: 0, endFrame: 100 }] });
    expect(found.masks).to.have.length(1);
    expect(found.masks[0]).to.deep.include({ producer: "organs", labels: ["liver"], frameCount: 180, maskCount: 60 });
    const [first, second] = found.masks[0]!.chunks.map(({ uri }) => unzipped(lake, uri, maskChunk));
    expect(first).to.deep.include({ gridWidth: 4, gridHeight: 2 });
    expect(first!.frames.slice(0, 2)).to.deep.equal([100, 105]);
    expect(first!.runs.slice(0, 2)).to.deep.equal([
      [3, 5],
      [3, 5],
    ]);
    expect(second!.offsets).to.deep.equal(new Array(51).fill(0));
    expect(brief(found.events)).to.deep.equal([["structure", "liver", 100, 400, "organs"]]);
  });

  it("counts how scores are distributed", async () => {
    const seen = detector("left", ["hook", "grasper"], every(5), (frame) => (frame < 100 ? [0.95, 10] : frame < 300 ? [0.3, 10] : null));
    const blur: Given = {
      ...{ producer: "technical", kind: "cues", subject: null, labels: [], change: { kind: "algorithm" } },
      lines: [{ type: "blur", startFrame: 500, endFrame: 625, score: 1 }],
    };
    const { lake } = await merged([seen, blur, classifier("view", "view", ["smoke"], () => [1])], { gate: [{ startFrame: 900, endFrame: 1000 }] });
    expect(await lake.json(statisticsKey(caseId, runId), runStatistics)).to.deep.equal({
      ...{ schema: "run-statistics/1.2", caseId, runId },
      producers: [
        {
          ...{ producer: "left", version: "1.0.0", digest: "a".repeat(64), frameCount: 180 },
          labels: [
            { label: "hook", frameCount: 20, scores: [0, 0, 0, 40, 0, 0, 0, 0, 0, 20] },
            { label: "grasper", frameCount: 0, scores: new Array(10).fill(0) },
          ],
          embedding: null,
        },
        {
          ...{ producer: "view", version: "1.0.0", digest: "a".repeat(64), frameCount: 180 },
          labels: [{ label: "smoke", frameCount: 180, scores: [0, 0, 0, 0, 0, 0, 0, 0, 0, 180] }],
          embedding: null,
        },
      ],
      shares: { outOfBody: 0.1, black: 0, blur: 0.125, overexposed: 0, underexposed: 0 },
    });
  });

  it("keeps where frames lie on average, of networks that tell", async () => {
    const embedded = (given: Given, embedding: (frame: number) => number[]): Given => ({
      ...given,
      lines: given.lines.map((line) => ({ ...(line as { frame: number }), embedding: embedding((line as { frame: number }).frame) })),
    });
    const given = [
      embedded(
        detector("boxes", ["hook"], every(5), () => null),
        (frame) => [frame < 500 ? 1 : 2, -3],
      ),
      embedded(
        masks(() => [3, 5]),
        () => [0.5],
      ),
      embedded(
        classifier("view", "view", ["smoke"], () => [1]),
        (frame) => [frame, 0.00006],
      ),
    ];
    const { lake } = await merged(given, { gate: [{ startFrame: 500, endFrame: 1000 }] });
    const { producers } = (await lake.json(statisticsKey(caseId, runId), runStatistics)) as RunStatistics;
    expect(producers.map(({ producer, embedding }) => [producer, embedding])).to.deep.equal([
      ["boxes", [1, -3]],
      ["organs", [0.5]],
      ["view", [247.5, 0.0001]],
    ]);
  });

  const broken: [string, Given[], RegExp][] = [
    [
      "classifications that are about nothing known",
      [classifier("x", null, ["a"], () => [1])],
      /^x gives classifications of no subject; they must be of phase, view, /,
    ],
    ["classifications of what the gate decides", [classifier("x", "out-of-body", ["a"], () => [1])], /^x gives classifications of out-of-body; /],
    [
      "boxes of phases",
      [{ ...detector("x", ["a"], [0], () => null), subject: "phase" }],
      /^x gives detections of phase; they must be of instrument, structure\.$/,
    ],
    ["frames that don't rise", [detector("x", ["a"], [0, 5, 5], () => null)], /^The frames of x don't rise: 5 is followed by 5\.$/],
    ["frames that aren't there", [detector("x", ["a"], [1000], () => null)], /^x tells of frame 1000, and the rendition has 1000\.$/],
    ["labels that aren't there", [detector("x", [], [0], () => [0.9, 1])], /^x names label 0 in frame 0, and it has 0\.$/],
    ["too few scores", [classifier("x", "view", ["a", "b"], () => [1])], /^x gives 1 scores for its 2 labels in frame 0\.$/],
    ["masks that don't fill the grid", [masks(() => [3, 4])], /^A mask of organs in frame 0 covers 7 cells of a grid of 4x2\.$/],
    [
      "grids that change",
      [{ ...masks(() => [8]), lines: [4, 8].map((gridWidth, frame) => ({ frame, pts: 0, gridWidth, gridHeight: 2, masks: [] })) }],
      /^organs changes its grid from 4x2 to 8x2 in frame 1\.$/,
    ],
    [
      "embeddings that are not as long in every frame",
      [{ ...detector("x", ["a"], [], () => null), lines: [[1, 2], undefined].map((embedding, frame) => ({ frame, pts: 0, boxes: [], embedding })) }],
      /^x gives embeddings of 2 numbers and of 0; they must be as long in every frame\.$/,
    ],
    [
      "a producer that ran twice",
      [detector("x", ["a"], [0], () => null), { ...detector("x", ["a"], [0], () => null) }],
      /^of-x and of-x both ran x: its detections would count twice\.$/,
    ],
  ];
  for (const [what, given, message] of broken) {
    it(`refuses ${what}`, async () => {
      const error = await failure(merged(given));
      expect(error.name).to.equal("BrokenContract");
      expect(error.message).to.match(message);
    });
  }

  it("finds the same whatever the order in which branches ended, and in which each tells of its networks", async () => {
    const wave = (frame: number, phase: number) => 0.5 + 0.4 * Math.sin(frame / 60 + phase);
    const inBranches: Given[] = [
      detector("left", ["hook", "grasper"], every(5), (frame) => [wave(frame, 0), 300 + (frame % 200)]),
      detector("right", ["grasper", "hook"], every(10), (frame) => [wave(frame, 1), 310 + (frame % 200)]),
      { ...detector("third", ["hook"], every(25), (frame) => [wave(frame, 0), 290]), subject: "structure" },
      classifier("phases-a", "phase", ["First", "Then"], (frame) => [wave(frame, 2), 1 - wave(frame, 2)]),
      classifier("phases-b", "phase", ["First", "Then"], (frame) => [wave(frame, 1), 1 - wave(frame, 1)]),
      classifier("view", "view", ["smoke"], (frame) => [wave(frame, 3)]),
      masks(() => [3, 5]),
      {
        producer: "cues-a",
        kind: "cues",
        subject: null,
        labels: [],
        change: { kind: "algorithm" },
        lines: [{ type: "shot", startFrame: 0, endFrame: 400, score: 1 }],
      },
      {
        producer: "cues-b",
        kind: "cues",
        subject: null,
        labels: [],
        change: { kind: "algorithm" },
        lines: [{ type: "shot", startFrame: 0, endFrame: 500, score: 1 }],
      },
    ];
    // Some by themselves; of two branches two outputs that failed midway.
    const given = inBranches.map(
      (one, i): Given => ({ ...one, ...(i % 4 > 0 && { branch: `branch-${i % 2}` }), ...(i % 4 === 2 && { failed: "It was stopped." }) }),
    );
    const gate = [{ startFrame: 333, endFrame: 444 }];
    const { found } = await merged(given, { gate });
    expect(found.tracks?.trackCount).to.be.greaterThan(0);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(given, { minLength: given.length }), async (shuffled) => {
        const again = await merged(shuffled, { gate });
        expect(again.found).to.deep.equal(found);
      }),
      { numRuns: 20 },
    );
    for (const level of ["shot", "phase"]) {
      const spans = found.segments.filter((segment) => segment.level === level);
      for (const [i, { startFrame }] of spans.entries()) expect(startFrame).to.be.at.least(spans[i - 1]?.endFrame ?? 0);
    }
  });
});
