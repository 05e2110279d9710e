import type { GetSegmentDetectionResponse, SegmentDetection } from "@aws-sdk/client-rekognition";
import { expect } from "chai";
import { analyserResult, cueLine } from "../../../contracts/analyser-result.ts";
import { frameTableKey } from "../../../contracts/keys.ts";
import { createHandler } from "../../../functions/analyse/collect-shots/handler.ts";
import { failure } from "../../support/failure.ts";
import { count, tableOf } from "../support/frames.ts";
import { caseId, runId } from "../support/ids.ts";
import { type MemoryLake, memoryLake } from "../support/memory-lake.ts";

const shot = (first: number, last: number, confidence = 99): SegmentDetection => ({
  Type: "SHOT",
  StartFrameNumber: first,
  EndFrameNumber: last,
  DurationFrames: last - first,
  ShotSegment: { Index: 0, Confidence: confidence },
});
const cue = (type: string, first: number, last: number): SegmentDetection => ({
  Type: "TECHNICAL_CUE",
  StartFrameNumber: first,
  EndFrameNumber: last,
  DurationFrames: last - first,
  TechnicalCueSegment: { Type: type as "BlackFrames", Confidence: 50 },
});

describe("analyse/collect-shots", () => {
  const prefix = `analysis-results/${caseId}/${runId}/rekognition/`;
  let lake: MemoryLake;
  beforeEach(() => {
    lake = memoryLake();
  });
  const collect = async (pages: GetSegmentDetectionResponse[], table = tableOf(count(100), count(100), count(100))) => {
    await lake.putJson(frameTableKey(caseId, runId), table);
    const asked: [string, string | undefined][] = [];
    const page = async (jobId: string, token: string | undefined) => {
      asked.push([jobId, token]);
      return pages[asked.length - 1] as GetSegmentDetectionResponse;
    };
    const envelope = await createHandler({ lake, page })({ caseId, runId, jobId: "job" });
    const cues = [];
    for await (const line of lake.lines(`${prefix}cues.jsonl`, cueLine)) cues.push(line);
    return { envelope, asked, cues };
  };

  it("writes all pages as half-open cues, in order, with the model's version", async () => {
    const selected = {
      SelectedSegmentTypes: [
        { Type: "SHOT", ModelVersion: "2.0" },
        { Type: "TECHNICAL_CUE", ModelVersion: "2.1" },
      ],
    } as const;
    const { envelope, asked, cues } = await collect([
      { JobStatus: "SUCCEEDED", Segments: [cue("BlackFrames", 40, 49), shot(0, 49, 80)], NextToken: "more" },
      { JobStatus: "SUCCEEDED", Segments: [shot(50, 99), cue("ColorBars", 3, 4)], ...selected, SelectedSegmentTypes: [...selected.SelectedSegmentTypes] },
    ]);
    expect(asked).to.deep.equal([
      ["job", undefined],
      ["job", "more"],
    ]);
    expect(cues).to.deep.equal([
      { type: "shot", startFrame: 0, endFrame: 50, score: 0.8 },
      { type: "black", startFrame: 40, endFrame: 50, score: 0.5 },
      { type: "shot", startFrame: 50, endFrame: 100, score: 0.99 },
    ]);
    expect(envelope).to.deep.equal({
      analyser: "rekognition",
      status: "SUCCEEDED",
      outputPrefix: `s3://processed/${prefix}`,
      coverage: null,
      costUsd: null,
      error: null,
    });
    const result = await lake.json(`${prefix}result.json`, analyserResult);
    expect(result.outputs[0]).to.deep.include({ kind: "cues", file: "cues.jsonl", framesDone: 100, framesWanted: 100 });
    expect(result.outputs[0]?.producer).to.deep.include({ id: "rekognition-segments", kind: "service", version: "2.0", digest: null });
  });

  it("goes from the review rendition over the source to the analysis rendition", async () => {
    // The review rendition shows every second source frame, the analysis rendition every source frame twice.
    const table = tableOf(
      count(10),
      count(20).map((n) => Math.floor(n / 2)),
      [0, 2, 4, 6, 8],
    );
    const { cues } = await collect([{ JobStatus: "SUCCEEDED", Segments: [shot(0, 1), shot(2, 4)] }], table);
    expect(cues).to.deep.equal([
      { type: "shot", startFrame: 0, endFrame: 8, score: 0.99 },
      { type: "shot", startFrame: 8, endFrame: 20, score: 0.99 },
    ]);
  });

  it("keeps a frame number that Rekognition counts one too far inside the video", async () => {
    const { cues } = await collect([{ JobStatus: "SUCCEEDED", Segments: [shot(50, 100)] }]);
    expect(cues).to.deep.equal([{ type: "shot", startFrame: 50, endFrame: 100, score: 0.99 }]);
  });

  const refused: [string, GetSegmentDetectionResponse, string][] = [
    ["a job that isn't done", { JobStatus: "IN_PROGRESS" }, "The Rekognition job is IN_PROGRESS, not SUCCEEDED."],
    [
      "a segment without frames",
      { JobStatus: "SUCCEEDED", Segments: [{ Type: "SHOT", ShotSegment: { Confidence: 1 } }] },
      "Rekognition gave a segment without frame numbers or confidence.",
    ],
  ];
  for (const [what, page, message] of refused) {
    it(`refuses ${what}`, async () => {
      expect(await failure(collect([page]))).to.deep.include({ name: "BrokenContract", message });
      expect(lake.objects.has(`${prefix}result.json`)).to.equal(false);
    });
  }

  it("names the rendition that the frame table lacks", async () => {
    const error = await failure(collect([{ JobStatus: "SUCCEEDED", Segments: [shot(0, 9)] }], tableOf(count(10), count(10))));
    expect(error.message).to.equal('The frame table has no rendition "review".');
  });
});
