import { expect } from "chai";
import type { AnalysisRequest } from "../../../contracts/case.ts";
import { runIdOf } from "../../../functions/ingest/start-analysis/core.ts";
import { createHandler } from "../../../functions/ingest/start-analysis/handler.ts";
import { failure } from "../../support/failure.ts";
import { caseId, uploadId } from "../support/ids.ts";

const key = `raw-videos/${caseId}/${uploadId}/source`;
const event = (change: object = {}, object: object = {}) => ({
  version: "0",
  source: "aws.s3",
  "detail-type": "Object Created",
  detail: { bucket: { name: "raw" }, object: { key, size: 7, etag: "e", "version-id": "v1", ...object }, reason: "PutObject" },
  ...change,
});
const batch = (...bodies: unknown[]) => ({
  Records: bodies.map((body, i) => ({ messageId: `m${i}`, body: typeof body === "string" ? body : JSON.stringify(body) })),
});
const expectedRunId = runIdOf("raw", key, "v1", "1.0.0");

describe("ingest/start-analysis", () => {
  let started: AnalysisRequest[];
  const handler = createHandler({
    pipelineVersion: "1.0.0",
    start: async (request) => {
      if (request.source.bytes === 666) throw new Error("throttled");
      started.push(request);
    },
  });
  beforeEach(() => {
    started = [];
  });

  it("starts a run named by bucket, key, version and pipeline", async () => {
    expect(await handler(batch(event()))).to.deep.equal({ batchItemFailures: [] });
    expect(expectedRunId).to.match(/^[0-9a-f]{40}$/);
    expect(started).to.deep.equal([{ caseId, uploadId, runId: expectedRunId, source: { bucket: "raw", key, versionId: "v1", bytes: 7 } }]);
  });

  it("names every version and pipeline apart, and the same event alike", () => {
    const ids = [
      runIdOf("raw", key, "v1", "1"),
      runIdOf("raw", key, "v2", "1"),
      runIdOf("raw", key, "v1", "2"),
      runIdOf("raw", key, undefined, "1"),
      runIdOf("ra", `w${key}`, "v1", "1"),
    ];
    expect(new Set(ids).size).to.equal(ids.length);
    expect(runIdOf("raw", key, "v1", "1")).to.equal(ids[0]);
  });

  it("takes an object of a bucket without versions", async () => {
    await handler(batch(event({}, { "version-id": undefined })));
    expect(started[0]?.source).to.deep.equal({ bucket: "raw", key, bytes: 7 });
  });

  it("fails what it can't handle, and only that", async () => {
    const foreign = event({}, { key: "raw-videos/readme.txt" });
    const noUuid = event({}, { key: `raw-videos/${"-".repeat(36)}/${uploadId}/source` });
    const answer = await handler(batch(foreign, event(), "no JSON", event({ source: "aws.ec2" }), event({}, { size: 666 }), noUuid));
    expect(answer).to.deep.equal({ batchItemFailures: ["m0", "m2", "m3", "m4", "m5"].map((itemIdentifier) => ({ itemIdentifier })) });
    expect(started).to.have.length(1);
  });

  it("refuses what isn't a batch of messages", async () => {
    expect((await failure(handler({ Records: [{ body: "" }] }))).name).to.equal("InvalidInput");
  });
});
