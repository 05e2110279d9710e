import { expect } from "chai";
import { sourceKey } from "../../../contracts/keys.ts";
import { createHandler, type Deps } from "../../../functions/ingest/prepare-backfill/handler.ts";
import { runIdOf } from "../../../functions/ingest/start-analysis/core.ts";
import { failure } from "../../support/failure.ts";
import { caseId, uploadId } from "../support/ids.ts";

describe("ingest/prepare-backfill", () => {
  const key = sourceKey(caseId, uploadId);
  const runId = runIdOf("raw", key, "v2", "1.0.0");
  const before = runIdOf("raw", key, "v2", "0.9.0");
  const taken: [string, string][] = [];
  const handler = (change: Partial<Deps> = {}) =>
    createHandler({
      pipelineVersion: "1.0.0",
      startAfter: "upload",
      rawBucket: "raw",
      leases: {
        take: async (...lease) => {
          taken.push(lease);
          return "new";
        },
      },
      versions: async (of) =>
        of === key
          ? [
              { versionId: "v2", bytes: 9, isLatest: true },
              { versionId: "v1", bytes: 7, isLatest: false },
            ]
          : [],
      summary: async () => undefined,
      ...change,
    })({ caseId, uploadId });
  const stored = (status: string, run: string | null = null) => ({ summary: async () => ({ caseId, item: "SUMMARY", status, runId: run, fileName: "x" }) });
  beforeEach(() => {
    taken.length = 0;
  });
  const request = { caseId, uploadId, runId, source: { bucket: "raw", key, versionId: "v2", bytes: 9 } };

  it("has the newest version of a video analysed, by the run that its arrival would name, with a lease of its class", async () => {
    expect(await handler()).to.deep.equal({ verdict: "ANALYSE", request });
    expect(taken).to.deep.equal([["backfill", runId]]);
  });

  it("has a case analysed again that another version of the platform was through with", async () => {
    expect(await handler(stored("COMPLETE", before))).to.deep.equal({ verdict: "ANALYSE", request });
    expect(await handler({ ...stored("REJECTED", before), startAfter: "scan" })).to.deep.equal({ verdict: "ANALYSE", request });
  });

  it("skips what this version has been through or is at, without a lease", async () => {
    for (const status of ["COMPLETE", "PARTIAL", "REJECTED", "QUARANTINED", "FAILED", "RUNNING"]) {
      expect(await handler(stored(status, runId))).to.deep.equal({ verdict: "SKIP", runId, status });
    }
    expect(taken).to.deep.equal([]);
  });

  it("never goes around the scan for malware", async () => {
    const refusal = async (change: Partial<Deps>) => {
      const { name, message } = await failure(handler(change));
      return [name, message];
    };
    const refused = ["InvalidInput", "The scan for malware refused this video."];
    expect(await refusal(stored("REJECTED"))).to.deep.equal(refused);
    expect(await refusal({ ...stored("QUARANTINED"), startAfter: "scan" })).to.deep.equal(refused);
    const unscanned = ["InvalidInput", "This video was never let in: its scan for malware has not ended."];
    expect(await refusal({ ...stored("UPLOADING"), startAfter: "scan" })).to.deep.equal(unscanned);
    expect(await refusal({ startAfter: "scan" })).to.deep.equal(unscanned);
    expect(taken).to.deep.equal([]);
  });

  it("asks to be tried again while all leases are taken, and refuses what is not there", async () => {
    expect((await failure(handler({ leases: { take: async () => false } }))).name).to.equal("NoLease");
    expect((await failure(handler({ versions: async () => [] }))).message).to.equal("There is no such video.");
    expect((await failure(handler({ versions: async () => [{ versionId: "v1", bytes: 1, isLatest: false }] }))).message).to.equal("There is no such video.");
  });
});
