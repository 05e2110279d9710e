import type { GetLabelDetectionResponse, LabelDetection } from "@aws-sdk/client-rekognition";
import { expect } from "chai";
import { analyserResult, tagLine } from "../../../contracts/analyser-result.ts";
import { frameTableKey } from "../../../contracts/keys.ts";
import { createHandler } from "../../../functions/analyse/collect-labels/handler.ts";
import { failure } from "../../support/failure.ts";
import { count, tableOf } from "../support/frames.ts";
import { caseId, runId } from "../support/ids.ts";
import { type MemoryLake, memoryLake } from "../support/memory-lake.ts";

const label = (Name: string, StartTimestampMillis: number, EndTimestampMillis: number, Confidence = 90): LabelDetection => ({
  Label: { Name, Confidence },
  ...{ StartTimestampMillis, EndTimestampMillis },
});
const done = (Labels: LabelDetection[], more: Partial<GetLabelDetectionResponse> = {}): GetLabelDetectionResponse => ({
  ...{ JobStatus: "SUCCEEDED", Labels, LabelModelVersion: "3.0" },
  ...more,
});

describe("analyse/collect-labels", () => {
  const prefix = `analysis-results/${caseId}/${runId}/rekognition-labels/`;
  let lake: MemoryLake;
  beforeEach(() => {
    lake = memoryLake();
  });
  /** The renditions show 25 frames a second. */
  const collect = async (pages: GetLabelDetectionResponse[], table = tableOf(count(100), count(100), count(100))) => {
    await lake.putJson(frameTableKey(caseId, runId), table);
    const asked: [string, string | undefined][] = [];
    const page = async (jobId: string, token: string | undefined) => {
      asked.push([jobId, token]);
      return pages[asked.length - 1] as GetLabelDetectionResponse;
    };
    const envelope = await createHandler({ lake, page })({ caseId, runId, jobId: "job" });
    const tags = [];
    for await (const line of lake.lines(`${prefix}tags.jsonl`, tagLine)) tags.push(line);
    return { envelope, asked, tags };
  };

  it("writes all pages as half-open spans of frames, in order, with the model's version", async () => {
    const { envelope, asked, tags } = await collect([
      done([label("Glove", 1000, 2000), label("Person", 0, 1000, 55.5)], { NextToken: "more" }),
      done([label("Blood", 0, 3999)]),
    ]);
    expect(asked).to.deep.equal([
      ["job", undefined],
      ["job", "more"],
    ]);
    expect(tags).to.deep.equal([
      { label: "Person", startFrame: 0, endFrame: 26, score: 0.555 },
      { label: "Blood", startFrame: 0, endFrame: 100, score: 0.9 },
      { label: "Glove", startFrame: 25, endFrame: 51, score: 0.9 },
    ]);
    expect(envelope).to.deep.equal({
      ...{ analyser: "rekognition-labels", status: "SUCCEEDED", outputPrefix: `s3://processed/${prefix}` },
      ...{ coverage: null, costUsd: null, error: null },
    });
    const { outputs } = await lake.json(`${prefix}result.json`, analyserResult);
    expect(outputs).to.have.length(1);
    expect(outputs[0]).to.deep.include({ kind: "tags", subject: null, labels: [], file: "tags.jsonl", framesDone: 100, framesWanted: 100 });
    expect(outputs[0]?.producer).to.deep.include({ id: "rekognition-labels", kind: "service", version: "3.0", digest: null });
  });

  it("takes a time that was rounded down to a millisecond for the frame that it was of", async () => {
    // 29.97 frames a second: frame 1 is on show from 33.37 ms on, which is told as 33.
    const table = tableOf(count(10), count(10), count(10));
    const review = table.renditions.review!;
    const rounded = {
      ...table,
      renditions: { ...table.renditions, review: { ...review, timebase: { num: 1001, den: 30000 }, pts: { first: 7, runs: [[1, 9]] as [number, number][] } } },
    };
    expect((await collect([done([label("Red", 33, 66)])], rounded)).tags).to.deep.equal([{ label: "Red", startFrame: 1, endFrame: 3, score: 0.9 }]);
  });

  it("goes from the review rendition over the source to the analysis rendition", async () => {
    // The review rendition shows every second source frame, the analysis rendition every source frame twice.
    const table = tableOf(
      count(10),
      count(20).map((n) => Math.floor(n / 2)),
      [0, 2, 4, 6, 8],
    );
    expect((await collect([done([label("Red", 40, 80), label("Red", 160, 160)])], table)).tags).to.deep.equal([
      { label: "Red", startFrame: 4, endFrame: 12, score: 0.9 },
      { label: "Red", startFrame: 16, endFrame: 20, score: 0.9 },
    ]);
  });

  it("is content with nothing seen", async () => {
    expect((await collect([done([])])).tags).to.deep.equal([]);
  });

  const refused: [string, GetLabelDetectionResponse, string][] = [
    ["a job that isn't done", { JobStatus: "IN_PROGRESS" }, "The Rekognition job is IN_PROGRESS, not SUCCEEDED."],
    [
      "a label without its times",
      done([{ Label: { Name: "Red", Confidence: 1 }, Timestamp: 3 }]),
      "Rekognition gave a label without a name, a confidence or its times.",
    ],
    [
      "a label without a name",
      done([{ Label: { Confidence: 1 }, StartTimestampMillis: 1, EndTimestampMillis: 1 }]),
      "Rekognition gave a label without a name, a confidence or its times.",
    ],
  ];
  for (const [what, page, message] of refused) {
    it(`refuses ${what}`, async () => {
      expect(await failure(collect([page]))).to.deep.include({ name: "BrokenContract", message });
      expect(lake.objects.has(`${prefix}result.json`)).to.equal(false);
    });
  }
});
