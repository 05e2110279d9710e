import { expect } from "chai";
import type { AnalysisRequest } from "../../../contracts/case.ts";
import type { Refusal } from "../../../functions/ingest/start-analysis/core.ts";
import { runIdOf } from "../../../functions/ingest/start-analysis/core.ts";
import { createHandler, type Deps } from "../../../functions/ingest/start-analysis/handler.ts";
import { NotFound } from "../../../functions/runtime/errors.ts";
import { failure } from "../../support/failure.ts";
import { caseId, uploadId } from "../support/ids.ts";

const key = `raw-videos/${caseId}/${uploadId}/source`;
const event = (change: object = {}, object: object = {}) => ({
  version: "0",
  time: "2026-11-26T10:00:00Z",
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
  let held: Set<string>;
  let deferred: string[];
  let refused: [string, Refusal][];
  let summary: unknown;
  let uploaded: boolean;
  const deps: Deps = {
    pipelineVersion: "1.0.0",
    startAfter: "upload",
    leases: {
      take: async (_class, runId) => {
        if (held.has(runId)) return "held";
        return held.size < 2 && held.add(runId) !== undefined && "new";
      },
      release: async (runId) => void held.delete(runId),
    },
    start: async (request) => {
      if (request.source.bytes === 666) throw Object.assign(new Error("throttled"), { $fault: "client" });
      if (request.source.bytes === 667) throw new Error("no answer");
      if (request.source.versionId === "analysed") return false;
      started.push(request);
      return true;
    },
    defer: async (body) => void deferred.push(body),
    bytesOf: async ({ versionId }) => {
      if (versionId !== "v1") throw new NotFound("gone");
      return 7;
    },
    summary: async () => summary,
    isUploaded: async () => uploaded,
    refuse: async (...refusal) => void refused.push(refusal),
  };
  const handler = createHandler(deps);
  beforeEach(() => {
    [started, held, deferred, refused, summary, uploaded] = [[], new Set(), [], [], undefined, true];
  });

  it("starts a run named by bucket, key, version and pipeline", async () => {
    expect(await handler(batch(event()))).to.deep.equal({ batchItemFailures: [] });
    expect(expectedRunId).to.match(/^[0-9a-f]{40}$/);
    expect(started).to.deep.equal([{ caseId, uploadId, runId: expectedRunId, source: { bucket: "raw", key, versionId: "v1", bytes: 7 } }]);
  });

  it("leaves the video of a deleted case alone, whatever comes of it late, and of one that is being deleted", async () => {
    for (const gone of [
      { caseId, item: "SUMMARY", status: "DELETED", deletedAt: "2026-11-26T10:00:00.000Z" },
      { caseId, status: "DELETING", runId: "r" },
    ]) {
      summary = gone;
      expect(await handler(batch(event()))).to.deep.equal({ batchItemFailures: [] });
    }
    expect([started, [...held], deferred, refused]).to.deep.equal([[], [], [], []]);
    summary = { caseId, status: "UPLOADING" };
    await handler(batch(event()));
    expect(started).to.have.length(1);
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

  describe("while all leases are taken", () => {
    const first = event({}, { "version-id": "first" });
    const second = event({}, { "version-id": "second" });

    it("sends the message away to come back later, unchanged, and uses up none of its deliveries", async () => {
      expect(await handler(batch(first, second))).to.deep.equal({ batchItemFailures: [] });
      expect(await handler(batch(event()))).to.deep.equal({ batchItemFailures: [] });
      expect(started.map(({ source }) => source.versionId)).to.deep.equal(["first", "second"]);
      expect(deferred).to.deep.equal([JSON.stringify(event())]);
      held.clear();
      await handler(batch(deferred[0]));
      expect(started.at(-1)?.source.versionId).to.equal("v1");
    });

    it("starts again what has a lease: the same event twice takes one", async () => {
      await handler(batch(first, first, first));
      expect(held.size).to.equal(1);
      expect(deferred).to.deep.equal([]);
    });
  });

  it("keeps no lease for a run that is over", async () => {
    expect(await handler(batch(event({}, { "version-id": "analysed" })))).to.deep.equal({ batchItemFailures: [] });
    expect(started).to.deep.equal([]);
    expect(held.size).to.equal(0);
  });

  it("gives the lease back of what was refused, and of nothing that may have begun", async () => {
    expect((await handler(batch(event({}, { size: 666 })))).batchItemFailures).to.have.length(1);
    expect([...held]).to.deep.equal([]);
    expect((await handler(batch(event({}, { size: 667 })))).batchItemFailures).to.have.length(1);
    expect([...held]).to.deep.equal([expectedRunId]);
    await handler(batch(event({}, { size: 666 })));
    expect([...held], "held since before").to.deep.equal([expectedRunId]);
  });

  it("measures for how long an upload is held back, since its event", async () => {
    const lines: string[] = [];
    const { write } = process.stdout;
    const before = Math.round((Date.now() - Date.parse("2026-11-26T10:00:00Z")) / 1000);
    process.stdout.write = ((line: string) => lines.push(line) > 0) as typeof write;
    try {
      await handler(batch(event({}, { "version-id": "first" }), event({}, { "version-id": "second" }), event()));
    } finally {
      process.stdout.write = write;
    }
    const held = lines.map((line) => JSON.parse(line) as { HeldBackSeconds?: number }).flatMap(({ HeldBackSeconds }) => HeldBackSeconds ?? []);
    expect(held).to.have.length(1);
    expect(held[0]).to.be.within(before, before + 60);
  });

  describe("when somebody has a case analysed again", () => {
    const again = runIdOf("raw", key, "v1", "1.0.0", 1);
    const asked = { time: "2026-11-26T10:00:00Z", source: "svp.case-api", "detail-type": "Analysis Requested", detail: { caseId, runId: again } };
    const request = { caseId, uploadId, runId: expectedRunId, source: { bucket: "raw", key, versionId: "v1", bytes: 7 } };
    const stored = (change: object = {}) => ({
      ...{ caseId, status: "QUARANTINED", runId: expectedRunId, analysisRequest: JSON.stringify(request), attempt: 1, requestedRunId: again },
      ...change,
    });

    it("starts the run that the case says, with the request that it was analysed by, however uploads are let in", async () => {
      summary = stored();
      expect(again).to.not.equal(expectedRunId);
      for (const startAfter of ["upload", "scan"] as const)
        expect(await createHandler({ ...deps, startAfter })(batch(asked))).to.deep.equal({ batchItemFailures: [] });
      expect(started).to.deep.equal([
        { ...request, runId: again },
        { ...request, runId: again },
      ]);
      expect([...held]).to.deep.equal([again]);
    });

    it("waits for a lease, and for the end of a run that was taken up meanwhile", async () => {
      held.add("x").add("y");
      summary = stored();
      await handler(batch(asked));
      held.clear();
      summary = stored({ status: "RUNNING" });
      await handler(batch(asked));
      expect([started, deferred, [...held]]).to.deep.equal([[], [JSON.stringify(asked), JSON.stringify(asked)], []]);
    });

    it("starts nothing of a case that is going, that is whole by now, or that another run is asked for", async () => {
      for (const gone of [undefined, stored({ status: "DELETING" }), stored({ status: "COMPLETE" }), stored({ requestedRunId: "c".repeat(40) })]) {
        summary = gone;
        expect(await handler(batch(asked))).to.deep.equal({ batchItemFailures: [] });
      }
      expect([started, deferred]).to.deep.equal([[], []]);
    });

    it("fails where the case was never let in, and for a message that names more than the case", async () => {
      summary = stored({ analysisRequest: undefined });
      const source = { ...asked, detail: { ...asked.detail, source: request.source } };
      expect((await handler(batch(asked, source))).batchItemFailures).to.have.length(2);
      summary = stored({ analysisRequest: "{" });
      expect((await handler(batch(asked))).batchItemFailures).to.have.length(1);
      expect(started).to.deep.equal([]);
    });
  });

  describe("after the scan for malware", () => {
    const scan = (scanResultStatus: string, change: object = {}, threats: object[] | null = null) => ({
      version: "0",
      time: "2026-11-26T10:00:00Z",
      source: "aws.guardduty",
      "detail-type": "GuardDuty Malware Protection Object Scan Result",
      detail: {
        schemaVersion: "1.0",
        scanStatus: "COMPLETED",
        resourceType: "S3_OBJECT",
        s3ObjectDetails: { bucketName: "raw", objectKey: key, eTag: "e", versionId: "v1", s3Throttled: false, ...change },
        scanResultDetails: { scanResultStatus, threats },
      },
    });
    const afterScan = createHandler({ ...deps, startAfter: "scan" });

    it("starts the run of a clean video, the same that its arrival would name", async () => {
      expect(await afterScan(batch(scan("NO_THREATS_FOUND")))).to.deep.equal({ batchItemFailures: [] });
      expect(started).to.deep.equal([{ caseId, uploadId, runId: expectedRunId, source: { bucket: "raw", key, versionId: "v1", bytes: 7 } }]);
    });

    it("leaves a clean copy that nobody uploaded for a backfill, and refuses a bad one as any", async () => {
      uploaded = false;
      expect(await afterScan(batch(scan("NO_THREATS_FOUND")))).to.deep.equal({ batchItemFailures: [] });
      expect([started, [...held], deferred, refused]).to.deep.equal([[], [], [], []]);
      expect(await afterScan(batch(scan("FAILED")))).to.deep.equal({ batchItemFailures: [] });
      expect(refused.map(([, { status }]) => status)).to.deep.equal(["QUARANTINED"]);
      // Where nothing is scanned the rule itself lets no copy through.
      await handler(batch(event()));
      expect(started).to.have.length(1);
    });

    it("never analyses any other: rejects what holds malware, and quarantines what nobody could look into", async () => {
      const threat = scan("THREATS_FOUND", {}, [{ name: "EICAR-Test-File (not a virus)" }, { name: "Worm" }]);
      const results = [threat, scan("THREATS_FOUND"), scan("UNSUPPORTED"), scan("ACCESS_DENIED"), scan("FAILED")];
      expect(await afterScan(batch(...results))).to.deep.equal({ batchItemFailures: [] });
      const unscanned = "The video could not be scanned for malware: ";
      expect(refused).to.deep.equal([
        [caseId, { status: "REJECTED", reason: "The scan found malware in the video: EICAR-Test-File (not a virus), Worm." }],
        [caseId, { status: "REJECTED", reason: "The scan found malware in the video." }],
        [caseId, { status: "QUARANTINED", reason: `${unscanned}it is larger than the scan takes, or encrypted or packed so that it can't look inside.` }],
        [caseId, { status: "QUARANTINED", reason: `${unscanned}the scan was not allowed to read it.` }],
        [caseId, { status: "QUARANTINED", reason: `${unscanned}the scan failed.` }],
      ]);
      expect(started).to.deep.equal([]);
    });

    it("starts nothing on an arrival, on a result that it doesn't know, or for a version that is gone", async () => {
      const answer = await afterScan(
        batch(event(), scan("CLEAN"), scan("NO_THREATS_FOUND", { versionId: "v0" }), scan("NO_THREATS_FOUND", { objectKey: "x" })),
      );
      expect(answer.batchItemFailures).to.have.length(4);
      expect(started).to.deep.equal([]);
      expect(await handler(batch(scan("NO_THREATS_FOUND")))).to.deep.equal({ batchItemFailures: [{ itemIdentifier: "m0" }] });
    });
  });
});
