import { expect } from "chai";
import { sourceKey } from "../../../contracts/keys.ts";
import { createHandler, type Deps } from "../../../functions/ingest/prepare-backfill/handler.ts";
import { runIdOf } from "../../../functions/ingest/start-analysis/core.ts";
import { failure } from "../../support/failure.ts";
import { caseId, uploadId } from "../support/ids.ts";

describe("ingest/prepare-backfill", () => {
  const key = sourceKey(caseId, uploadId);
  const runId = runIdOf("raw", key, "v2", "1.0.0");
  const attempt = (number: number) => runIdOf("raw", key, "v2", "1.0.0", number);
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
        release: async () => undefined,
      },
      versions: async (of) =>
        of === key
          ? [
              { versionId: "v2", bytes: 9, isLatest: true },
              { versionId: "v1", bytes: 7, isLatest: false },
            ]
          : [],
      scanResult: async (of, version) => (of === key && version === "v2" ? "NO_THREATS_FOUND" : undefined),
      summary: async () => undefined,
      runState: async () => undefined,
      note: async () => true,
      executionArn: (run) => `execution:${run}`,
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

  it("skips what this version has been through or is at, by whichever attempt, without a lease", async () => {
    for (const status of ["COMPLETE", "PARTIAL", "REJECTED", "QUARANTINED"]) {
      expect(await handler(stored(status, runId))).to.deep.equal({ verdict: "SKIP", runId, status });
    }
    const second = { caseId, status: "COMPLETE", runId: attempt(1), attempt: 2 };
    expect(await handler({ summary: async () => second })).to.deep.equal({ verdict: "SKIP", runId: attempt(1), status: "COMPLETE" });
    const running = { runState: async () => ({ status: "RUNNING", isRedrivable: false }) as const };
    for (const status of ["RUNNING", "FAILED"])
      expect(await handler({ ...stored(status, runId), ...running })).to.deep.equal({ verdict: "SKIP", runId, status: "RUNNING" });
    expect(await handler(running), "begun, and the case not taken yet").to.deep.equal({ verdict: "SKIP", runId, status: "RUNNING" });
    expect(taken).to.deep.equal([]);
  });

  it("goes on with what was stopped, ran out of time or failed, under a lease, whether the case heard of it or not", async () => {
    const stopped = { runState: async () => ({ status: "ABORTED", isRedrivable: true }) as const };
    const goesOn = { verdict: "REDRIVE", request, executionArn: `execution:${runId}` };
    for (const change of [stored("FAILED", runId), stored("RUNNING", runId), {}]) expect(await handler({ ...change, ...stopped })).to.deep.equal(goesOn);
    expect(taken).to.deep.equal(Array(3).fill(["backfill", runId]));
    const second = { caseId, status: "FAILED", runId: attempt(1), attempt: 1 };
    expect(await handler({ summary: async () => second, ...stopped })).to.deep.equal({
      ...{ verdict: "REDRIVE", request: { ...request, runId: attempt(1) }, executionArn: `execution:${attempt(1)}` },
    });
  });

  it("begins anew with what can't go on any more, and notes it with the case", async () => {
    const old = { runState: async (run: string) => (run === runId ? ({ status: "FAILED", isRedrivable: false } as const) : undefined) };
    const noted: unknown[] = [];
    const note = async (...what: unknown[]) => noted.push(what) > 0;
    const anew = { verdict: "ANALYSE", request: { ...request, runId: attempt(1) } };
    expect(await handler({ ...stored("FAILED", runId), ...old, note })).to.deep.equal(anew);
    expect(await handler({ ...stored("RUNNING", runId), note }), "forgotten by Step Functions").to.deep.equal(anew);
    const seen = (status: string) => [caseId, { runId, status, now: "FAILED" }, { attempt: 1, runId: attempt(1) }];
    expect(noted).to.deep.equal([seen("FAILED"), seen("RUNNING")]);
    expect(taken).to.deep.equal(Array(2).fill(["backfill", attempt(1)]));
    const released: string[] = [];
    const leases = { take: async () => "new" as const, release: async (run: string) => void released.push(run) };
    const { name } = await failure(handler({ ...stored("FAILED", runId), ...old, note: async () => false, leases }));
    expect([name, released]).to.deep.equal(["TryAgain", [attempt(1)]]);
  });

  it("lets in the very version that the scan for malware found clean, though nobody uploaded it, and nothing else", async () => {
    const tagged = (tag: string | undefined, change: Partial<Deps> = {}) => handler({ ...change, startAfter: "scan", scanResult: async () => tag });
    expect(await handler({ startAfter: "scan" })).to.deep.equal({ verdict: "ANALYSE", request });
    // Of an earlier version of the video.
    expect(await tagged("NO_THREATS_FOUND", stored("REJECTED"))).to.deep.equal({ verdict: "ANALYSE", request });
    taken.length = 0;
    const unscanned = "The video could not be scanned for malware:";
    for (const [tag, name, message] of [
      [undefined, "NotScanned", "The scan for malware has told nothing of this video yet."],
      ["THREATS_FOUND", "InvalidInput", "The scan found malware in the video."],
      ["UNSUPPORTED", "InvalidInput", `${unscanned} it is larger than the scan takes, or encrypted or packed so that it can't look inside.`],
      ["ACCESS_DENIED", "InvalidInput", `${unscanned} the scan was not allowed to read it.`],
      ["FAILED", "InvalidInput", `${unscanned} the scan failed.`],
      ["clean", "InvalidInput", "The tag of the scan for malware on this video holds no result that is known."],
    ] as const) {
      const error = await failure(tagged(tag));
      expect([error.name, error.message]).to.deep.equal([name, message]);
      // What was analysed once is asked of again: it may be another version of the video.
      expect((await failure(tagged(tag, stored("COMPLETE", before)))).message).to.equal(message);
    }
    expect(taken).to.deep.equal([]);
    expect(await tagged(undefined, stored("COMPLETE", runId))).to.deep.equal({ verdict: "SKIP", runId, status: "COMPLETE" });
  });

  it("refuses, where nothing is scanned, what a scan refused once", async () => {
    for (const status of ["REJECTED", "QUARANTINED"]) {
      const { name, message } = await failure(handler(stored(status)));
      expect([name, message]).to.deep.equal(["InvalidInput", "The scan for malware refused this video."]);
    }
    expect(await handler(stored("UPLOADING"))).to.deep.equal({ verdict: "ANALYSE", request });
  });

  it("asks to be tried again while all leases are taken, and refuses what is not there", async () => {
    expect((await failure(handler({ leases: { take: async () => false, release: async () => undefined } }))).name).to.equal("NoLease");
    expect((await failure(handler({ versions: async () => [] }))).message).to.equal("There is no such video.");
    expect((await failure(handler({ versions: async () => [{ versionId: "v1", bytes: 1, isLatest: false }] }))).message).to.equal("There is no such video.");
  });
});
