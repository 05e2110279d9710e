import { expect } from "chai";
import { analyserResult, classificationLine, detectionLine, maskLine } from "../../../contracts/analyser-result.ts";
import { analyserPrefix, frameTableKey, segmentRequestsKey } from "../../../contracts/keys.ts";
import { type Model, model as modelContract } from "../../../contracts/model.ts";
import type { SegmentRequest } from "../../../contracts/segment-requests.ts";
import { createHandler } from "../../../functions/analyse/collect-segments/handler.ts";
import { failure } from "../../support/failure.ts";
import { count, tableOf } from "../support/frames.ts";
import { caseId, runId } from "../support/ids.ts";
import { type MemoryLake, memoryLake } from "../support/memory-lake.ts";
import { classifier, detector, manifestOf, prepared } from "./segments.ts";

const since = "2026-11-26T10:00:00.000Z";
const prefix = analyserPrefix(caseId, runId, "frames");
const models: Record<string, Model> = { phases: classifier, tools: detector };

describe("analyse/collect-segments", () => {
  let lake: MemoryLake;
  let requests: SegmentRequest[];
  beforeEach(async () => {
    lake = memoryLake();
    requests = [];
    // Two segments of 20 frames, of which the gate takes 18 to 22; every fifth frame is sampled.
    await prepared(lake, manifestOf(20, 20), [{ startFrame: 18, endFrame: 22 }]);
    await lake.putJson(frameTableKey(caseId, runId), tableOf(count(40), count(40)));
  });
  const from = ({ id, version, sha256 }: Model) => ({ model: id, version, digest: sha256 });
  const values = { phases: { scores: [0.25, 0.75] }, tools: { boxes: [[0, 0.9, 1, 2, 3, 4]] } };
  /** Frames of the segment that a whole answer has. */
  const whole = [
    [0, 5, 10, 15],
    [5, 10, 15],
  ];
  async function answered(segment: number, model: "phases" | "tools", frames = whole[segment] as number[], more: object = {}): Promise<void> {
    const key = `out/${segment}-${model}.out`;
    await lake.putLines(
      key,
      frames.map((frame) => ({ frame, pts: 7, ...values[model], ...from(models[model] as Model), ...more })),
    );
    requests.push({ segment, model, attempt: 1, output: lake.uri(key), failure: lake.uri("f"), state: "ANSWERED", error: null });
  }
  const collect = async (error: string | null = null, more: object = {}) => {
    if (requests.length > 0) await lake.putJson(segmentRequestsKey(caseId, runId, "frames"), { schema: "segment-requests/1.0", endpoint: "e", requests });
    const deps = { lake, model: async (id: string) => models[id] as Model, now: () => Date.parse(since) + 90_000 };
    const analyser = { id: "frames", models: ["phases", "tools"], sampleRate: 5, instanceType: "ml.g5.xlarge", timeoutSeconds: 3600 };
    const envelope = await createHandler(deps)({ caseId, runId, analyser, mode: "endpoint", since, instanceSeconds: null, error, ...more });
    return { envelope, result: await lake.json(`${prefix}result.json`, analyserResult) };
  };
  const frames = async (file: string) => {
    const found: [number, number][] = [];
    const schema = file.startsWith("phases") ? classificationLine : detectionLine;
    for await (const { frame, pts } of lake.lines<{ frame: number; pts: number }>(prefix + file, schema)) found.push([frame, pts]);
    return found;
  };
  const at = (frame: number): [number, number] => [frame, 126000 + 3600 * frame];

  it("leaves the folder that a processing job would have left", async () => {
    for (const segment of [1, 0]) for (const model of ["phases", "tools"] as const) await answered(segment, model);
    const { envelope, result } = await collect();
    expect(envelope).to.deep.equal({
      ...{ analyser: "frames", status: "SUCCEEDED", outputPrefix: lake.uri(prefix), coverage: 1, costUsd: 0.0352, error: null },
    });
    expect(result.usage).to.deep.equal({ wallSeconds: 90, cpuSeconds: 0, peakMemoryBytes: 0 });
    expect(result.outputs.map(({ producer, ...output }) => ({ ...output, producer: producer.id }))).to.deep.equal([
      {
        ...{ producer: "phases", status: "SUCCEEDED", error: null, kind: "classifications", subject: "phase", labels: ["a", "b"], meanPhaseSeconds: 12 },
        procedures: ["laparoscopic-cholecystectomy"],
        ...{ file: "phases.classifications.jsonl", framesDone: 7, framesWanted: 7, frameStep: 5 },
      },
      {
        ...{ producer: "tools", status: "SUCCEEDED", error: null, kind: "detections", subject: "instrument", labels: ["grasper"] },
        ...{ file: "tools.detections.jsonl", framesDone: 7, framesWanted: 7, frameStep: 5 },
      },
    ]);
    for (const file of ["phases.classifications.jsonl", "tools.detections.jsonl"]) expect(await frames(file)).to.deep.equal([0, 5, 10, 15, 25, 30, 35].map(at));
  });

  it("takes masks as it takes boxes", async () => {
    const outputs = { classes: "c", confidence: "p" };
    models["tools"] = modelContract.parse({ ...detector, task: "segmentation", outputs, regions: "whole", leastCells: 1 });
    try {
      for (const segment of [0, 1]) {
        await answered(segment, "phases");
        await answered(segment, "tools", whole[segment], { boxes: undefined, gridWidth: 2, gridHeight: 2, masks: [[0, 0.9, [1, 2, 1]]] });
      }
      const { result } = await collect();
      expect(result.outputs[1]).to.deep.include({ kind: "masks", file: "tools.masks.jsonl", framesDone: 7, framesWanted: 7, status: "SUCCEEDED" });
      const found = [];
      for await (const { frame, masks } of lake.lines(`${prefix}tools.masks.jsonl`, maskLine)) found.push([frame, masks]);
      expect(found).to.deep.equal([0, 5, 10, 15, 25, 30, 35].map((frame) => [frame, [[0, 0.9, [1, 2, 1]]]]));
    } finally {
      models["tools"] = detector;
    }
  });

  it("notices the frames that a segment cut off on its way lacks, and uses the rest", async () => {
    await answered(0, "phases", [0, 5]);
    await answered(1, "phases");
    for (const segment of [0, 1]) await answered(segment, "tools");
    const { envelope, result } = await collect();
    expect(envelope).to.include({ status: "SUCCEEDED", error: "phases: 1 of 2 segments are not whole; the first: 2 of 4 frames are missing." });
    expect(envelope.coverage).to.be.closeTo(12 / 14, 1e-9);
    expect(result.outputs.map(({ framesDone }) => framesDone)).to.deep.equal([5, 7]);
    expect(await frames("phases.classifications.jsonl")).to.deep.equal([0, 5, 25, 30, 35].map(at));
  });

  it("tells why segments have no answer, and what ended the asking", async () => {
    for (const segment of [0, 1]) await answered(segment, "tools");
    requests.push({ segment: 0, model: "phases", attempt: 2, output: lake.uri("o"), failure: lake.uri("f"), state: "FAILED", error: "No memory." });
    const { envelope, result } = await collect("The endpoint is gone.");
    expect(envelope).to.include({ status: "SUCCEEDED", coverage: 0.5 });
    expect(envelope.error).to.equal("The endpoint is gone.");
    expect(result.outputs[0]?.error).to.equal("2 of 2 segments are not whole; the first: No memory.");
    expect(result.outputs.map(({ status, framesDone }) => [status, framesDone])).to.deep.equal([
      ["FAILED", 0],
      ["SUCCEEDED", 7],
    ]);
  });

  it("has failed where nothing was answered", async () => {
    const { envelope, result } = await collect("Access denied.");
    expect(envelope).to.include({ status: "FAILED", coverage: 0, error: "Access denied." });
    expect(result.outputs.map(({ error }) => error)).to.deep.equal(Array(2).fill("2 of 2 segments are not whole; the first: It was not asked for."));
  });

  it("has done all where the gate left no frame", async () => {
    await prepared(lake, manifestOf(20, 20), [{ startFrame: 0, endFrame: 40 }]);
    const { envelope, result } = await collect();
    expect(envelope).to.include({ status: "SUCCEEDED", coverage: 1, error: null });
    expect(result.outputs.map(({ status, framesWanted }) => [status, framesWanted])).to.deep.equal([
      ["SUCCEEDED", 0],
      ["SUCCEEDED", 0],
    ]);
  });

  it("takes what transform jobs left, failed or not, and their time", async () => {
    for (const [segment, model] of [
      [0, "phases"],
      [0, "tools"],
      [1, "tools"],
    ] as const) {
      const lines = (whole[segment] as number[]).map((frame) => ({ frame, pts: 7, ...values[model], ...from(models[model] as Model) }));
      await lake.putLines(`${prefix}answers/${model}/analysis_v_${segment}.ts.out`, lines);
    }
    const { envelope, result } = await collect("phases: 1 of 2 objects failed.", { mode: "transform", instanceSeconds: 7200 });
    expect(envelope).to.deep.include({ status: "SUCCEEDED", costUsd: 2.816 });
    expect(envelope.error).to.equal("phases: 1 of 2 objects failed. phases: 1 of 2 segments are not whole; the first: The job left no answer.");
    expect(envelope.coverage).to.be.closeTo(11 / 14, 1e-9);
    expect(result.usage.wallSeconds).to.equal(7200);
    expect(result.outputs.map(({ framesDone }) => framesDone)).to.deep.equal([4, 7]);
  });

  const wrong: [what: string, frames: number[], more: object, reason: RegExp][] = [
    ["a frame that no network was to see", [0, 5, 10, 19], {}, /Frame 19 of the segment was not to be looked at\./],
    ["frames out of order", [0, 10, 5], {}, /Frame 5 of the segment does not come after the one before\./],
    ["other weights", [0], { digest: "b".repeat(64) }, /answered, with weights of another digest/],
    ["values out of range", [0], { scores: [2] }, /Line 1 of the answer breaks its contract\. scores\.0: /],
  ];
  for (const [what, given, more, reason] of wrong) {
    it(`uses nothing of an answer with ${what}`, async () => {
      await answered(0, "phases", given, more);
      await answered(1, "phases");
      const { envelope, result } = await collect();
      expect(envelope.error).to.match(reason);
      expect(result.outputs[0]?.framesDone).to.equal(3);
    });
  }

  it("refuses segments that are not those of the frame table", async () => {
    await lake.putJson(frameTableKey(caseId, runId), tableOf(count(39), count(39)));
    expect((await failure(collect())).message).to.equal("The segments have 40 frames; the frame table has 39 of the rendition.");
  });
});
