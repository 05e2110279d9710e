import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import type { AnalyserResult, Envelope } from "../../../contracts/analyser-result.ts";
import { type Analysis, analysis, detectionChunk } from "../../../contracts/analysis.ts";
import { analyserPrefix, analysisKey, frameTableKey, gateKey, parseUri, segmentManifestKey, sourceIndexKey, timelineKey } from "../../../contracts/keys.ts";
import { canonicalJson } from "../../../functions/aggregate/merge-timeline/digest.ts";
import { createHandler, type Deps } from "../../../functions/aggregate/merge-timeline/handler.ts";
import { failure } from "../../support/failure.ts";
import { count, tableOf } from "../support/frames.ts";
import { caseId, digest, request, runId } from "../support/ids.ts";
import { type MemoryLake, memoryLake } from "../support/memory-lake.ts";
import { indexOf } from "../support/source-index.ts";

const frameCount = 1000;
const producerOf = (id: string, kind: "model" | "algorithm" | "service" = "model", threshold: number | null = 0.5) => ({
  ...{
    id,
    kind,
    name: id,
    version: "1.0.0",
    digest: kind === "service" ? null : digest,
    dataset: null,
    threshold,
    calibration: null,
    syntheticOnly: kind === "model",
  },
});
type Output = AnalyserResult["outputs"][number];
const outputOf = (kind: Output["kind"], producer: Output["producer"], change: Partial<Output> = {}): Output => ({
  ...{
    producer,
    status: "SUCCEEDED",
    error: null,
    kind,
    subject: kind === "detections" ? "instrument" : kind === "classifications" ? "out-of-body" : null,
    file: `${producer.id}.jsonl`,
    labels: kind === "detections" ? ["grasper", "hook"] : [],
    framesDone: 200,
    framesWanted: 200,
  },
  ...change,
});
const envelopeOf = (analyser: string, status: Envelope["status"] = "SUCCEEDED", error: string | null = null): Envelope => ({
  ...{ analyser, status, error },
  outputPrefix: status === "SKIPPED" ? null : `s3://processed/${analyserPrefix(caseId, runId, analyser)}`,
  coverage: null,
  costUsd: null,
});
const detector = producerOf("instrument-detector");
const technical = producerOf("technical-cues", "algorithm", null);
const rekognition = producerOf("rekognition-segments", "service", null);

const sprites = {
  ...{ schema: "sprites/1.0", columns: 10, rows: 10, tileWidth: 160, tileHeight: 90, frameStep: 50, tileCount: 20, sheets: ["sheet-00000.webp"] },
  poster: { file: "poster.webp", frame: 50, width: 640, height: 360 },
};

/** Boxes every fifth frame: a grasper from 100 to 300 and from 850 on, a hook besides at 200. */
const boxLines = count(200).map((i) => {
  const frame = i * 5;
  const boxes: unknown[] = [];
  if ((frame >= 100 && frame < 300) || frame >= 850) boxes.push([0, 0.8, 10, 10, 50, 40]);
  if (frame === 200) boxes.push([1, 0.9, 90, 10, 20, 20], [1, 0.3, 0, 0, 5, 5]);
  return { frame, pts: frame, boxes };
});

describe("aggregate/merge-timeline", () => {
  let lake: MemoryLake;
  let recorded: Analysis[];
  const putResult = (analyser: string, outputs: Output[], wallSeconds = 60) =>
    lake.putJson(`${analyserPrefix(caseId, runId, analyser)}result.json`, {
      ...{ schema: "analyser-result/1.0", analyser, outputs },
      usage: { wallSeconds, cpuSeconds: 1, peakMemoryBytes: 1 },
    });
  const putLines = (analyser: string, producer: string, lines: readonly unknown[]) =>
    lake.putLines(`${analyserPrefix(caseId, runId, analyser)}${producer}.jsonl`, lines);
  const envelopes = [envelopeOf("review-rendition"), envelopeOf("rekognition"), envelopeOf("frame-analysis")];
  const merge = async (given: Envelope[] = envelopes, deps: Partial<Deps> = {}, startTimecode: string | null = null) => {
    const instanceTypes = { gate: "ml.c5.xlarge", "frame-analysis": "ml.g6.xlarge" };
    const record: Deps["record"] = async (found) => void recorded.push(found);
    const procedureOf = async () => null;
    const handler = createHandler({ lake, pipelineVersion: "0.1.0", instanceTypes, optionalAnalysers: [], procedureOf, record, ...deps });
    return handler({ request, startedAt: "2026-11-21T08:00:00.000Z", verdict: "NORMALISE", startTimecode, forecastUsd: 0.4, envelopes: given });
  };
  const merged = () => lake.json(analysisKey(caseId, runId), analysis);

  beforeEach(async () => {
    lake = memoryLake();
    recorded = [];
    await lake.putJson(sourceIndexKey(caseId, runId), indexOf({ frameCount, durationTicks: frameCount * 512 }));
    await lake.putJson(frameTableKey(caseId, runId), tableOf(count(frameCount), count(frameCount), count(frameCount)));
    const segments = [{ uri: "s3://processed/a.ts", startFrame: 0, frameCount }];
    const manifest = {
      schema: "segment-manifest/1.0",
      playlist: "s3://processed/a.m3u8",
      width: 960,
      height: 540,
      frameRate: { num: 25, den: 1 },
      frameCount,
      segments,
    };
    await lake.putJson(segmentManifestKey(caseId, runId), manifest);
    const outOfBody = [{ startFrame: 800, endFrame: 900, score: 0.97 }];
    await lake.putJson(gateKey(caseId, runId), {
      schema: "gate/1.1",
      producer: producerOf("out-of-body"),
      outOfBody,
      text: [],
      pictures: null,
      missedEstimate: null,
      framesDone: 80,
      frameCount,
    });
    await putResult("gate", [outputOf("classifications", producerOf("out-of-body"), { labels: ["in-body", "out-of-body"] })], 3480);
    await putResult("rekognition", [outputOf("cues", rekognition)]);
    await putLines("rekognition", rekognition.id, [
      { type: "shot", startFrame: 0, endFrame: 500, score: 0.9 },
      { type: "shot", startFrame: 500, endFrame: 1000, score: 0.8 },
    ]);
    await putResult("frame-analysis", [
      outputOf("detections", detector),
      outputOf("cues", technical),
      outputOf("sprites", producerOf("sprites", "algorithm", null), { file: "sprites.json" }),
    ]);
    await lake.putJson(`${analyserPrefix(caseId, runId, "frame-analysis")}sprites.json`, sprites);
    await putLines("frame-analysis", detector.id, boxLines);
    await putLines("frame-analysis", technical.id, [
      { type: "shot", startFrame: 0, endFrame: 499, score: 1 },
      { type: "black", startFrame: 600, endFrame: 650, score: 0.95 },
      { type: "blur", startFrame: 790, endFrame: 820, score: 0.5 },
      { type: "freeze", startFrame: 810, endFrame: 890, score: 0.5 },
    ]);
  });

  it("merges everything into one analysis that keeps its contract", async () => {
    expect(await merge()).to.deep.equal({ status: "COMPLETE", analysisUri: `s3://processed/${analysisKey(caseId, runId)}`, segmentCount: 3, eventCount: 4 });
    const found = await merged();
    expect(recorded).to.deep.equal([found]);
    expect(found).to.deep.include({
      schema: "surgical-analysis/1.2",
      caseId,
      runId,
      createdAt: "2026-11-21T08:00:00.000Z",
      status: "COMPLETE",
      busiestFrame: 200,
    });
    expect(found.media.source).to.deep.include({ frameCount, sha256: null, codec: "avc", frameRate: { num: 25, den: 1 } });
    expect(found.media.startTimecode).to.equal(null);
    expect(found.media.raster).to.deep.equal({ width: 960, height: 540 });
    expect(found.media.renditions.review).to.equal(`s3://processed/processed-videos/${caseId}/${runId}/review/review.mp4`);
    expect(found.media.sprites).to.equal(`s3://processed/${analyserPrefix(caseId, runId, "frame-analysis")}sprites.json`);
    // Frame 50 of the rendition.
    expect(found.media.poster).to.deep.equal({ uri: `s3://processed/${analyserPrefix(caseId, runId, "frame-analysis")}poster.webp`, frame: 50 });
    expect(found.producers.map(({ id }) => id)).to.deep.equal(["out-of-body", "instrument-detector", "rekognition-segments", "sprites", "technical-cues"]);
    expect(found.gate).to.deep.equal({
      producer: "out-of-body",
      outOfBody: [{ startFrame: 800, endFrame: 900, score: 0.97, action: "excluded" }],
      missedEstimate: null,
      pictures: null,
      text: [],
    });
  });

  it("tells what a source was that had to be converted, where its times come from, and what that cost", async () => {
    await merge();
    expect((await merged()).media.source).not.to.have.property("conversion");
    const converted = { container: "avi", codec: "mpeg4", timing: "derived", wallSeconds: 840 } as const;
    await lake.putJson(sourceIndexKey(caseId, runId), { ...indexOf({ frameCount, durationTicks: frameCount * 512 }), converted });
    await merge();
    const { media, cost } = await merged();
    expect(media.source).to.deep.include({ container: "avi", codec: "mpeg4", conversion: { container: "mp4", codec: "avc", timing: "derived" } });
    expect(cost.breakdown[0]?.item).to.equal("Fargate: conversion");
  });

  it("has no poster where the thumbnails have none, or are of an older container", async () => {
    for (const poster of [null, undefined]) {
      await lake.putJson(`${analyserPrefix(caseId, runId, "frame-analysis")}sprites.json`, { ...sprites, poster });
      await merge();
      expect((await merged()).media.poster).to.equal(null);
    }
  });

  it("keeps the source's own timecode as an offset, and none that its rate can't have", async () => {
    await merge(envelopes, {}, "10:00:00:10");
    expect((await merged()).media.startTimecode).to.deep.equal({ timecode: "10:00:00:10", dropFrame: false, frame: 900_010 });
    const timeline = await lake.text(timelineKey(caseId, runId));
    expect(timeline.split("\n").slice(0, 3)).to.deep.equal(["WEBVTT", "", "NOTE The source's first frame has timecode 10:00:00:10"]);
    await merge(envelopes, {}, "10:00:00;10");
    expect((await merged()).media.startTimecode).to.equal(null);
  });

  it("takes shots from Rekognition and the other cues from our own measurement, without what the gate excludes", async () => {
    await merge();
    const { segments, events } = await merged();
    const shot = (i: number, startFrame: number, endFrame: number, confidence: number) => ({
      id: `segment-${i}`,
      level: "shot",
      label: `Shot ${i}`,
      startFrame,
      endFrame,
      confidence,
      producer: rekognition.id,
      review: "unreviewed",
    });
    expect(segments).to.deep.equal([shot(1, 0, 500, 0.9), shot(2, 500, 800, 0.8), shot(3, 900, 1000, 0.8)]);
    expect(events.filter(({ type }) => type !== "instrument")).to.deep.equal([
      { id: "event-2", type: "black", label: "Black picture", startFrame: 600, endFrame: 650, confidence: 0.95, producer: technical.id, review: "unreviewed" },
      { id: "event-3", type: "blur", label: "Blurred picture", startFrame: 790, endFrame: 800, confidence: 0.5, producer: technical.id, review: "unreviewed" },
    ]);
  });

  it("takes shots from our own measurement where Rekognition found none", async () => {
    await merge([envelopeOf("rekognition", "SKIPPED"), envelopeOf("frame-analysis")]);
    const { segments, status } = await merged();
    expect(segments.map(({ producer, startFrame, endFrame }) => [producer, startFrame, endFrame])).to.deep.equal([[technical.id, 0, 499]]);
    expect(status).to.equal("COMPLETE");
  });

  it("tells when an instrument was seen", async () => {
    await merge();
    const instruments = (await merged()).events.filter(({ type }) => type === "instrument");
    expect(instruments).to.deep.equal([
      { id: "event-1", type: "instrument", label: "grasper", startFrame: 100, endFrame: 300, confidence: 0.8, producer: detector.id, review: "unreviewed" },
      { id: "event-4", type: "instrument", label: "grasper", startFrame: 900, endFrame: 1000, confidence: 0.8, producer: detector.id, review: "unreviewed" },
    ]);
  });

  it("tells which parts of the source each network and measurement looked at", async () => {
    await putResult("frame-analysis", [
      outputOf("detections", detector, { frameStep: 5 }),
      outputOf("cues", technical, { framesDone: 850, framesWanted: 900 }),
    ]);
    await putLines(
      "frame-analysis",
      detector.id,
      boxLines.filter(({ frame }) => frame < 300 || frame >= 450),
    );
    await merge();
    expect((await merged()).lookedAt).to.deep.equal([
      {
        ...{ producer: detector.id, kind: "detections", subject: "instrument" },
        spans: [
          { startFrame: 0, endFrame: 300 },
          { startFrame: 450, endFrame: 800 },
          { startFrame: 900, endFrame: 1000 },
        ],
      },
      { producer: rekognition.id, kind: "cues", spans: [{ startFrame: 0, endFrame: 200 }] },
      {
        ...{ producer: technical.id, kind: "cues" },
        spans: [
          { startFrame: 0, endFrame: 800 },
          { startFrame: 900, endFrame: 950 },
        ],
      },
    ]);
  });

  it("cuts detections into chunks of 30 s that say what they hold", async () => {
    await merge();
    const [detections] = (await merged()).detections;
    expect(detections).to.deep.include({ producer: detector.id, labels: ["grasper", "hook"], frameCount: 180, boxCount: 62 });
    expect(detections?.chunks.map(({ startFrame, endFrame }) => [startFrame, endFrame])).to.deep.equal([
      [0, 750],
      [750, 1000],
    ]);
    const chunks = detections!.chunks.map(({ uri, sha256 }) => {
      const text = gunzipSync(lake.objects.get(parseUri(uri).key) as Uint8Array).toString();
      expect(createHash("sha256").update(text).digest("hex")).to.equal(sha256);
      return detectionChunk.parse(JSON.parse(text));
    });
    expect(chunks.map(({ frames }) => frames.length)).to.deep.equal([150, 30]);
    const [first] = chunks;
    const at = first!.frames.indexOf(200);
    expect(first!.offsets.slice(at, at + 2)).to.deep.equal([20, 23]);
    expect(first!.label.slice(20, 23)).to.deep.equal([0, 1, 1]);
    expect(first!.score.slice(20, 23)).to.deep.equal([0.8, 0.9, 0.3]);
    expect(first!.box.slice(80, 92)).to.deep.equal([10, 10, 50, 40, 90, 10, 20, 20, 0, 0, 5, 5]);
    expect(chunks[1]?.frames.filter((frame) => frame >= 800 && frame < 900)).to.deep.equal([]);
  });

  it("writes the timeline as WebVTT", async () => {
    await merge();
    const text = await lake.text(timelineKey(caseId, runId));
    expect(text.split("\n\n").slice(0, 3)).to.deep.equal([
      "WEBVTT",
      "segment-1\n00:00:00.000 --> 00:00:20.000\nShot 1",
      "event-1\n00:00:04.000 --> 00:00:12.000\ngrasper",
    ]);
    expect(text).to.include("out-of-body-1\n00:00:32.000 --> 00:00:36.000\nOutside the patient");
  });

  it("gives equal findings equal digests and bytes, and other findings others", async () => {
    await merge();
    const first = await merged();
    const chunks = () => [...lake.objects].filter(([key]) => key.endsWith(".gz")).map(([key, bytes]) => [key, Buffer.from(bytes).toString("hex")]);
    const before = chunks();
    await merge(envelopes, { pipelineVersion: "0.2.0" });
    expect(chunks()).to.deep.equal(before);
    expect((await merged()).provenance).to.deep.equal({ pipelineVersion: "0.2.0", contentSha256: first.provenance.contentSha256 });
    await putLines("frame-analysis", detector.id, boxLines.slice(0, -1));
    await merge();
    expect((await merged()).provenance.contentSha256).not.to.equal(first.provenance.contentSha256);
  });

  it("estimates the cost from the prices, the gate's job included", async () => {
    await merge();
    expect((await merged()).cost).to.deep.equal({
      forecastUsd: 0.4,
      estimateUsd: 0.3445,
      breakdown: [
        { item: "MediaConvert: analysis rendition", usd: 0.005 },
        { item: "MediaConvert: review rendition", usd: 0.01 },
        { item: "Rekognition: shots and technical cues", usd: 0.0667 },
        { item: "SageMaker: gate on ml.c5.xlarge", usd: 0.204 },
        { item: "SageMaker: frame-analysis on ml.g6.xlarge", usd: 0.0563 },
        { item: "Step Functions", usd: 0.0025 },
      ],
      pricesAsOf: "2026-10-01",
    });
  });

  it("tells of every branch what it cost, of failed ones, too, and says where nobody knows", async () => {
    const costs = async (given: Envelope[]) => {
      await merge(given);
      const { coverage, cost } = await merged();
      const rows = Object.fromEntries(coverage.map(({ analyser, costUsd }) => [analyser, costUsd]));
      return { rows, jobs: cost.breakdown.filter(({ item }) => item.startsWith("SageMaker: frame")).map(({ usd }) => usd) };
    };
    expect(await costs(envelopes)).to.deep.equal({ rows: { "frame-analysis": 0.0563, rekognition: 0.0667, "review-rendition": 0.01 }, jobs: [0.0563] });
    const others = [
      envelopeOf("review-rendition", "FAILED", "No queue."),
      envelopeOf("rekognition", "SKIPPED"),
      { ...envelopeOf("rekognition-labels", "FAILED", "No."), outputPrefix: null },
    ];
    const none = { rekognition: 0, "rekognition-labels": 0, "review-rendition": 0 };
    const failed = envelopeOf("frame-analysis", "FAILED", "Stopped.");
    // What the service says of a job's time goes before what the job says: 3480 s, and 120 s for its start, at $1.1267 an hour.
    const told = { ...failed, jobSeconds: 3480 };
    expect(await costs([...others, told])).to.deep.equal({ rows: { "frame-analysis": 1.1267, ...none }, jobs: [1.1267] });
    expect(await costs([...others, { ...failed, jobSeconds: null }])).to.deep.equal({ rows: { "frame-analysis": 0.0563, ...none }, jobs: [0.0563] });
    // Killed before it could say anything.
    await putResult("frame-analysis", []);
    expect(await costs([envelopeOf("rekognition"), told])).to.deep.equal({ rows: { "frame-analysis": 1.1267, rekognition: 0.0667 }, jobs: [1.1267] });
    expect(await costs([envelopeOf("rekognition"), failed])).to.deep.equal({ rows: { "frame-analysis": null, rekognition: 0.0667 }, jobs: [] });
  });

  it("takes a branch's own word for what it cost", async () => {
    await merge(envelopes.map((one) => (one.analyser === "frame-analysis" ? { ...one, costUsd: 0.0123 } : one)));
    const { breakdown, estimateUsd } = (await merged()).cost;
    expect(breakdown).to.deep.include({ item: "SageMaker: frame-analysis on ml.g6.xlarge", usd: 0.0123 });
    expect(estimateUsd).to.equal(0.3005);
  });

  const partial: [string, () => unknown, Envelope[], Analysis["coverage"][number]][] = [
    [
      "the review rendition failed",
      () => {},
      [envelopeOf("review-rendition", "FAILED", "No queue."), ...envelopes.slice(1)],
      { analyser: "review-rendition", status: "FAILED", required: true, share: 0, error: "No queue." },
    ],
    [
      "an analyser failed and left nothing",
      () => lake.objects.delete(`${analyserPrefix(caseId, runId, "frame-analysis")}result.json`),
      [...envelopes.slice(0, 2), envelopeOf("frame-analysis", "FAILED", "Stopped.")],
      { analyser: "frame-analysis", status: "FAILED", required: true, share: 0, error: "Stopped." },
    ],
    [
      "an analyser says it succeeded and left nothing",
      () => lake.objects.delete(`${analyserPrefix(caseId, runId, "frame-analysis")}result.json`),
      envelopes,
      { analyser: "frame-analysis", status: "FAILED", required: true, share: 0, error: "It ended without leaving a result." },
    ],
    [
      "one of its networks failed",
      () => putResult("frame-analysis", [outputOf("detections", detector, { status: "FAILED", error: "NaN", framesDone: 7 }), outputOf("cues", technical)]),
      envelopes,
      { analyser: "frame-analysis", status: "FAILED", required: true, share: 207 / 400, error: "instrument-detector: NaN" },
    ],
    [
      "an analyser missed frames",
      () => putResult("frame-analysis", [outputOf("detections", detector, { framesDone: 150 })]),
      envelopes,
      { analyser: "frame-analysis", status: "SUCCEEDED", required: true, share: 0.75, error: null },
    ],
  ];
  for (const [what, spoil, given, row] of partial) {
    it(`is PARTIAL when ${what}, and says so`, async () => {
      await spoil();
      expect((await merge(given)).status).to.equal("PARTIAL");
      const found = await merged();
      expect(found.coverage.map(({ costUsd: _, ...one }) => one)).to.deep.include(row);
      expect(found.coverage.map(({ analyser }) => analyser)).to.deep.equal(given.map(({ analyser }) => analyser).sort());
      expect(found.media.renditions.review === null).to.equal(given[0]?.status === "FAILED");
    });
  }

  it("uses what a job that failed midway found, as far as it came, and says how far", async () => {
    await merge();
    const whole = await merged();
    const stopped = { status: "FAILED", error: "The analysis was stopped.", frameStep: 5 } as const;
    await putResult("frame-analysis", [
      outputOf("detections", detector, { ...stopped, framesDone: 150 }),
      outputOf("sprites", producerOf("sprites", "algorithm", null), { ...stopped, file: "sprites.json", framesDone: 0, framesWanted: 0 }),
    ]);
    await lake.objects.delete(`${analyserPrefix(caseId, runId, "frame-analysis")}sprites.json`);
    await putLines("frame-analysis", detector.id, boxLines.slice(0, 150));
    expect((await merge([...envelopes.slice(0, 2), envelopeOf("frame-analysis", "FAILED", "Stopped.")])).status).to.equal("PARTIAL");
    const found = await merged();
    expect(found.coverage[0]).to.deep.equal({
      ...{ analyser: "frame-analysis", status: "FAILED", required: true, share: 0.75, costUsd: 0.0563 },
      error: "Stopped. instrument-detector: The analysis was stopped. sprites: The analysis was stopped.",
    });
    const instruments = ({ events }: Analysis) => events.filter(({ type }) => type === "instrument").map(({ id: _, ...event }) => event);
    expect(instruments(found)).to.deep.equal(instruments(whole).slice(0, 1));
    expect(found.detections.map(({ frameCount, boxCount }) => [frameCount, boxCount])).to.deep.equal([[150, 42]]);
    expect(found.lookedAt?.find(({ producer }) => producer === detector.id)?.spans).to.deep.equal([{ startFrame: 0, endFrame: 750 }]);
    expect([found.media.sprites, found.media.poster]).to.deep.equal([null, null]);
  });

  it("uses nothing of a job that was killed before it could say how far it came", async () => {
    await putResult("frame-analysis", []);
    await merge([...envelopes.slice(0, 2), envelopeOf("frame-analysis", "FAILED", "Killed.")]);
    const found = await merged();
    expect(found.coverage[0]).to.deep.equal({ analyser: "frame-analysis", status: "FAILED", required: true, share: 0, costUsd: null, error: "Killed." });
    expect(found.detections).to.deep.equal([]);
  });

  it("is COMPLETE without an analyser that is optional, and says what is missing", async () => {
    await putResult("extra", [outputOf("cues", producerOf("more-cues", "algorithm", null), { status: "FAILED", error: "No.", framesDone: 0 })]);
    const given = [...envelopes, envelopeOf("extra")];
    expect((await merge(given)).status).to.equal("PARTIAL");
    expect((await merge(given, { optionalAnalysers: ["extra"] })).status).to.equal("COMPLETE");
    expect((await merged()).coverage[0]).to.deep.equal({
      analyser: "extra",
      status: "FAILED",
      required: false,
      share: 0,
      costUsd: null,
      error: "more-cues: No.",
    });
  });

  it("takes a branch's own word for what it left out", async () => {
    expect((await merge([...envelopes.slice(0, 2), { ...envelopeOf("frame-analysis"), coverage: 0.25 }])).status).to.equal("PARTIAL");
    expect((await merged()).coverage[0]).to.deep.include({ status: "SUCCEEDED", share: 0.25 });
  });

  it("fails when no analyser left anything", async () => {
    const given = [envelopeOf("review-rendition"), envelopeOf("rekognition", "SKIPPED"), envelopeOf("frame-analysis", "FAILED", "Stopped.")];
    lake.objects.delete(`${analyserPrefix(caseId, runId, "frame-analysis")}result.json`);
    expect(await failure(merge(given))).to.deep.include({ name: "NothingAnalysed", message: "No analyser left a result: there is nothing to merge." });
    expect(lake.objects.has(analysisKey(caseId, runId))).to.equal(false);
    expect(recorded).to.deep.equal([]);
  });

  it("names the line that breaks its contract", async () => {
    await putLines("frame-analysis", detector.id, [boxLines[0], { frame: 5, pts: 5, boxes: [[0, 2, 0, 0, 1, 1]] }]);
    expect((await failure(merge())).message).to.match(/^Line 2 of s3:.*instrument-detector\.jsonl breaks its contract\. boxes\.0\.1: Too big/);
  });
});

describe("canonicalJson", () => {
  it("sorts keys at every depth and leaves out what is undefined", () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: undefined, A: "ü" })).to.equal('{"A":"ü","b":[{"c":null,"d":1}]}');
  });
});
