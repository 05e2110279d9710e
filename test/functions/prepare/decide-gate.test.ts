import { expect } from "chai";
import fc from "fast-check";
import type { AnalyserResult } from "../../../contracts/analyser-result.ts";
import { gate } from "../../../contracts/gate.ts";
import { analyserPrefix, gateKey, pictureSearchKey, segmentManifestKey } from "../../../contracts/keys.ts";
import { textRegions } from "../../../functions/prepare/decide-gate/core.ts";
import { createHandler } from "../../../functions/prepare/decide-gate/handler.ts";
import { outOfBodySpans, samplingStep } from "../../../functions/prepare/out-of-body.ts";
import { sampledPictures } from "../../../functions/prepare/pictures.ts";
import { failure } from "../../support/failure.ts";
import { caseId, digest, runId } from "../support/ids.ts";
import { type MemoryLake, memoryLake } from "../support/memory-lake.ts";

const samples = (step: number, ...scores: number[]) => scores.map((score, i) => ({ frame: i * step, score }));

describe("outOfBodySpans", () => {
  it("opens at the threshold and widens by a sampling step on both sides", () => {
    expect(outOfBodySpans(samples(5, 0, 0, 0.5, 0, 0, 0), 0.5, 30)).to.deep.equal([{ startFrame: 5, endFrame: 16, score: 0.5 }]);
  });

  it("stays open until the score falls below three quarters of the threshold", () => {
    expect(outOfBodySpans(samples(5, 0, 0.9, 0.38, 0.37, 0.45, 0), 0.5, 30)).to.deep.equal([{ startFrame: 0, endFrame: 16, score: 0.9 }]);
  });

  it("joins spans that touch, and clips to the video", () => {
    expect(outOfBodySpans(samples(5, 0.8, 0, 0.6, 0, 0, 0, 0.7), 0.5, 33)).to.deep.equal([
      { startFrame: 0, endFrame: 16, score: 0.8 },
      { startFrame: 25, endFrame: 33, score: 0.7 },
    ]);
  });

  it("finds nothing where the score never reaches the threshold", () => {
    expect(outOfBodySpans(samples(5, 0.49, 0.49, 0.49), 0.5, 15)).to.deep.equal([]);
  });

  it("covers every frame nearer to a flagged sample than to the next one", () => {
    const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(scores, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 11 }), (values, step, tail) => {
        const frameCount = (values.length - 1) * step + 1 + Math.min(tail, step - 1);
        const spans = outOfBodySpans(samples(step, ...values), 0.5, frameCount);
        const covered = (frame: number) => spans.some((span) => span.startFrame <= frame && frame < span.endFrame);
        for (const [i, value] of values.entries()) {
          if (value < 0.5) continue;
          for (let frame = Math.max(0, (i - 1) * step); frame < Math.min(frameCount, (i + 1) * step); frame++) expect(covered(frame)).to.equal(true);
        }
        for (const [i, span] of spans.entries()) {
          expect(span.endFrame).to.be.greaterThan(span.startFrame);
          expect(span.endFrame).to.be.at.most(frameCount);
          if (i > 0) expect(span.startFrame).to.be.greaterThan(spans[i - 1]!.endFrame);
        }
      }),
    );
  });

  it("takes the widest gap between samples for the step, ends included", () => {
    expect(samplingStep(samples(5, 0, 0, 0), 12)).to.equal(5);
    expect(samplingStep(samples(5, 0, 0, 0), 40)).to.equal(30);
    expect(samplingStep([{ frame: 0 }], 1)).to.equal(1);
  });
});

describe("textRegions", () => {
  // 65 s at 25 frames per second: pictures at frames 0, 250, ... 1500.
  const frameCount = 1625;
  const sampled = sampledPictures({ num: 25, den: 1 }, frameCount);
  const at = (x: number, y: number, score = 0.9) => ({ x, y, width: 0.2, height: 0.1, score });
  const found = (...text: ReturnType<typeof at>[][]) => text.map((boxes, index) => ({ index, frame: sampled[index]!.frame, text: boxes }));

  it("lasts from the picture before to the picture after", () => {
    expect(textRegions(found([], [], [at(0.1, 0.1)]), sampled, frameCount)).to.deep.equal([{ startFrame: 250, endFrame: 750, ...at(0.1, 0.1) }]);
    const last = [{ index: 6, frame: 1500, text: [at(0, 0)] }];
    expect(textRegions(last, sampled, frameCount)).to.deep.equal([{ startFrame: 1250, endFrame: 1625, ...at(0, 0) }]);
  });

  it("joins what touches from one picture to the next, and nothing else", () => {
    const [first, second] = [at(0.1, 0.1), at(0.25, 0.1, 0.95)];
    const regions = textRegions(found([first, at(0.7, 0.7)], [second], [], [first]), sampled, frameCount);
    expect(regions.map(({ startFrame, endFrame, x, score }) => [startFrame, endFrame, x, score])).to.deep.equal([
      [0, 500, 0.1, 0.95],
      [0, 250, 0.7, 0.9],
      [500, 1000, 0.1, 0.9],
    ]);
    expect(regions[0]!.width).to.be.closeTo(0.35, 1e-9);
  });

  it("covers what nobody could search, from the picture before to the end, and nothing more for text that stood before", () => {
    const absent = { index: 6, frame: 1500, text: [], absent: true as const };
    const regions = textRegions([...found([], [], [], [], [], [at(0.1, 0.1)]), absent], sampled, frameCount);
    expect(regions).to.deep.equal([
      { startFrame: 1000, endFrame: 1500, ...at(0.1, 0.1) },
      { startFrame: 1250, endFrame: 1625, x: 0, y: 0, width: 1, height: 1, score: 1 },
    ]);
  });

  it("covers larger pieces where there is too much text", () => {
    const corners = [at(0, 0), at(0.5, 0), at(0, 0.5), at(0.5, 0.5)];
    const regions = textRegions(found(corners, [], [], [], corners), sampled, frameCount, 2);
    expect(regions).to.deep.equal([
      { startFrame: 0, endFrame: 250, x: 0, y: 0, width: 0.7, height: 0.6, score: 0.9 },
      { startFrame: 750, endFrame: 1250, x: 0, y: 0, width: 0.7, height: 0.6, score: 0.9 },
    ]);
  });
});

describe("prepare/decide-gate", () => {
  const prefix = analyserPrefix(caseId, runId, "gate");
  const screening = { analyser: "gate", status: "SUCCEEDED", outputPrefix: `s3://processed/${prefix}`, coverage: null, costUsd: null, error: null } as const;
  const producer = {
    id: "out-of-body",
    kind: "model",
    name: "Out of body",
    version: "1.0.0",
    digest,
    dataset: "synthetic",
    threshold: 0.5,
    calibration: null,
    syntheticOnly: true,
  } as const;
  const output: AnalyserResult["outputs"][number] = {
    producer,
    status: "SUCCEEDED",
    error: null,
    kind: "classifications",
    subject: "out-of-body",
    labels: ["in-body", "out-of-body"],
    file: "out-of-body.jsonl",
    framesDone: 3,
    framesWanted: 3,
  };
  const lines = [0.1, 0.2, 0.9].map((score, i) => ({ frame: i * 10, pts: i, scores: [1 - score, score] }));
  let lake: MemoryLake;

  beforeEach(async () => {
    lake = memoryLake();
    const segments = [{ uri: "s3://processed/a.ts", startFrame: 0, frameCount: 30 }];
    const rate = { num: 25, den: 1 };
    await lake.putJson(segmentManifestKey(caseId, runId), {
      schema: "segment-manifest/1.0",
      playlist: "s3://processed/a.m3u8",
      width: 320,
      height: 180,
      frameRate: rate,
      frameCount: 30,
      segments,
    });
    await putResult({});
    await lake.putLines(`${prefix}out-of-body.jsonl`, lines);
    await putPictures([{ index: 0, frame: 0, text: [box] }]);
  });
  const putResult = (change: Partial<typeof output>, ...more: (typeof output)[]) =>
    lake.putJson(`${prefix}result.json`, {
      schema: "analyser-result/1.0",
      analyser: "gate",
      outputs: [{ ...output, ...change }, ...more],
      usage: { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1 },
    });
  const box = { x: 0.1, y: 0.1, width: 0.2, height: 0.05, score: 0.9 };
  const putPictures = (pictures: object[]) => lake.putJson(pictureSearchKey(caseId, runId, 0), { schema: "picture-search/1.0", part: 0, pictures });
  const ask = (change: object = {}, pictures: object = { status: "SUCCEEDED", error: null }, operatingPoints = {}) =>
    createHandler({ lake, operatingPoints })({ caseId, runId, screening: { ...screening, ...change }, pictures });

  it("opens and writes the spans and the regions with text", async () => {
    const points = { "out-of-body": { missedSecondsPerHour: 1.5, basis: "Ten drawn operations." } };
    expect(await ask({}, undefined, points)).to.deep.equal({ verdict: "OPEN", reasons: [], outOfBodyCount: 1, textCount: 1 });
    expect(await lake.json(gateKey(caseId, runId), gate)).to.deep.equal({
      schema: "gate/1.1",
      producer,
      outOfBody: [{ startFrame: 10, endFrame: 30, score: 0.9 }],
      text: [{ startFrame: 0, endFrame: 30, ...box }],
      pictures: { searched: 1, withText: 1, stepSeconds: 10 },
      missedEstimate: { secondsPerHour: 1.5, threshold: 0.5, basis: "Ten drawn operations." },
      framesDone: 3,
      frameCount: 30,
    });
  });

  it("says that nobody searched for text, and that nobody measured what is missed", async () => {
    expect(await ask({}, { status: "SKIPPED", error: null })).to.deep.include({ verdict: "OPEN", textCount: 0 });
    expect(await lake.json(gateKey(caseId, runId), gate)).to.deep.include({ text: [], pictures: null, missedEstimate: null });
  });

  const unsearched: [string, () => unknown, object | undefined, string][] = [
    ["the search failed", () => {}, { status: "FAILED", error: "Throttled." }, "The search for burnt-in text failed: Throttled."],
    [
      "its findings are missing",
      () => lake.objects.delete(pictureSearchKey(caseId, runId, 0)),
      undefined,
      `The search for burnt-in text can't be read: s3://processed/${pictureSearchKey(caseId, runId, 0)} isn't there.`,
    ],
    ["it left a picture out", () => putPictures([]), undefined, "The search for burnt-in text left out 1 of 1 pictures; all are needed."],
    [
      "it looked at more than it was asked to",
      () =>
        putPictures([
          { index: 0, frame: 0, text: [] },
          { index: 1, frame: 25, text: [] },
        ]),
      undefined,
      "The search for burnt-in text has 1 pictures that nobody asked for.",
    ],
  ];
  for (const [what, spoil, pictures, reason] of unsearched) {
    it(`quarantines when ${what}`, async () => {
      await spoil();
      expect(await ask({}, pictures)).to.deep.equal({ verdict: "QUARANTINE", reasons: [reason], outOfBodyCount: 0, textCount: 0 });
      expect(lake.objects.has(gateKey(caseId, runId))).to.equal(false);
    });
  }

  const closed: [string, () => unknown, object, string[]][] = [
    [
      "the screening failed and left nothing",
      () => lake.objects.delete(`${prefix}result.json`),
      { status: "FAILED", error: "No instance." },
      ["The screening for pictures outside the patient ended as FAILED: No instance."],
    ],
    [
      "it failed midway, whatever it left",
      () => putResult({ framesDone: 2, status: "FAILED", error: "The analysis was stopped." }),
      { status: "FAILED", error: "Out of time." },
      ["The screening for pictures outside the patient ended as FAILED: Out of time."],
    ],
    [
      "its network failed midway in a job that did not",
      () => putResult({ framesDone: 2, status: "FAILED", error: "NaN" }),
      {},
      ["The network out-of-body failed: NaN.", "The network out-of-body looked at 2 of 3 frames; all are needed."],
    ],
    [
      "it left no result",
      () => lake.objects.delete(`${prefix}result.json`),
      {},
      [`The screening can't be read: s3://processed/${prefix}result.json isn't there.`],
    ],
    ["it says of no place", () => {}, { outputPrefix: null }, ["The screening for pictures outside the patient left no result."]],
    ["the network failed", () => putResult({ status: "FAILED", error: "out of memory" }), {}, ["The network out-of-body failed: out of memory."]],
    ["it missed a frame", () => putResult({ framesWanted: 4 }), {}, ["The network out-of-body looked at 3 of 4 frames; all are needed."]],
    ["it looked at nothing", () => putResult({ framesDone: 0, framesWanted: 0 }), {}, ["The network out-of-body looked at 0 of 0 frames; all are needed."]],
    ["it has no threshold", () => putResult({ producer: { ...producer, threshold: null } }), {}, ["The network out-of-body has no threshold."]],
    [
      "it tells of something else",
      () => putResult({ labels: ["cat", "dog"] }),
      {},
      ['The screening has 0 outputs that tell "out-of-body"; exactly one is needed.'],
    ],
    ["it tells twice", () => putResult({}, output), {}, ['The screening has 2 outputs that tell "out-of-body"; exactly one is needed.']],
    [
      "its scores are missing",
      () => lake.objects.delete(`${prefix}out-of-body.jsonl`),
      {},
      [`The screening can't be read: s3://processed/${prefix}out-of-body.jsonl isn't there.`],
    ],
    ["scores are lost", () => lake.putLines(`${prefix}out-of-body.jsonl`, lines.slice(1)), {}, ["The screening promises scores of 3 frames and has 2."]],
    [
      "scores are in disorder, short and beyond the end",
      () => lake.putLines(`${prefix}out-of-body.jsonl`, [{ ...lines[0], frame: 40 }, { ...lines[1], scores: [1] }, lines[2]]),
      {},
      ["The screening has frames without an out-of-body score.", "The screening's frames don't rise.", "The screening has frames beyond the rendition's 30."],
    ],
  ];
  for (const [what, spoil, change, reasons] of closed) {
    it(`quarantines when ${what}`, async () => {
      await spoil();
      expect(await ask(change)).to.deep.equal({ verdict: "QUARANTINE", reasons, outOfBodyCount: 0, textCount: 0 });
      expect(lake.objects.has(gateKey(caseId, runId))).to.equal(false);
    });
  }

  it("quarantines when a line of scores is broken", async () => {
    await lake.put(`${prefix}out-of-body.jsonl`, '{"frame":0,"pts":0,"scores":[0,1]}\n{"frame":', "");
    const { verdict, reasons } = await ask();
    expect(verdict).to.equal("QUARANTINE");
    expect(reasons[0]).to.match(/^The screening can't be read: Line 2 of s3:.* isn't JSON/);
  });

  it("throws on, and decides nothing, when a service is busy", async () => {
    const busy = { ...lake, json: async () => Promise.reject(new Error("SlowDown")) };
    expect(
      (await failure(createHandler({ lake: busy, operatingPoints: {} })({ caseId, runId, screening, pictures: { status: "SUCCEEDED", error: null } }))).message,
    ).to.equal("SlowDown");
  });
});
