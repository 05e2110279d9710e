import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import type { AnalysisRequested } from "../../../contracts/reanalysis.ts";
import { type Attempt, attemptNoter, type RunState, type SeenCase } from "../../../functions/ingest/attempts.ts";
import { runIdOf } from "../../../functions/ingest/start-analysis/core.ts";
import { createHandler } from "../../../functions/serve/request-analysis/handler.ts";
import { caseId, request } from "../support/ids.ts";
import { realCaseTable } from "../support/real-table.ts";

const { bucket, key, versionId } = request.source;
const run = (attempt: number, version = "1.0.0") => runIdOf(bucket, key, versionId, version, attempt);
const summary = (change: object = {}) => ({
  ...{ caseId, item: "SUMMARY", list: "CASES", fileName: "a.mp4", status: "QUARANTINED", runId: run(0) },
  ...{ createdAt: "2026-11-26T10:00:00.000Z", updatedAt: "2026-11-26T11:00:00.000Z", analysisRequest: JSON.stringify({ ...request, runId: run(0) }) },
  ...change,
});
const over: RunState = { status: "SUCCEEDED", isRedrivable: false };
const going: RunState = { status: "RUNNING", isRedrivable: false };

describe("POST /cases/{caseId}/analyses", () => {
  const ask = async (stored: unknown, runs: Readonly<Record<string, RunState>> = { [run(0)]: over }, isAsSeen = true) => {
    const noted: [SeenCase, Attempt][] = [];
    const sent: AnalysisRequested[] = [];
    const { statusCode, body } = await createHandler({
      pipelineVersion: "1.0.0",
      summary: async () => stored,
      runState: async (runId) => runs[runId],
      note: async (_caseId, ...what) => {
        noted.push(what);
        return isAsSeen;
      },
      send: async (message) => void sent.push(message),
    })({ pathParameters: { caseId } });
    return { status: statusCode, answer: JSON.parse(body), noted, sent };
  };

  it("asks for another attempt of a quarantined, partial or failed case, and tells its run", async () => {
    for (const status of ["QUARANTINED", "PARTIAL", "FAILED"] as const) {
      const { status: code, answer, noted, sent } = await ask(summary({ status }));
      expect([code, answer]).to.deep.equal([202, { caseId, runId: run(1) }]);
      expect(noted).to.deep.equal([
        [
          { runId: run(0), status, now: status },
          { attempt: 1, runId: run(1) },
        ],
      ]);
      expect(sent.map(({ time: _, ...message }) => message)).to.deep.equal([
        { source: "svp.case-api", "detail-type": "Analysis Requested", detail: { caseId, runId: run(1) } },
      ]);
    }
  });

  it("asks for the same run again until that begins, and for the next one after it", async () => {
    const asked = { attempt: 1, requestedRunId: run(1) };
    expect((await ask(summary(asked))).answer.runId).to.equal(run(1));
    const second = await ask(summary({ ...asked, runId: run(1) }), { [run(0)]: over, [run(1)]: over });
    expect(second.answer.runId).to.equal(run(2));
    const unclaimed = await ask(summary(asked), { [run(0)]: over, [run(1)]: { status: "ABORTED", isRedrivable: true } });
    expect(unclaimed.answer.runId, "stopped before it took the case").to.equal(run(2));
  });

  it("begins with the first attempt of a new version of the platform", async () => {
    expect((await ask(summary({ runId: run(0, "0.9.0") }), { [run(0, "0.9.0")]: over })).answer.runId).to.equal(run(0));
  });

  it("takes a case for failed whose execution is over, though it says that it runs", async () => {
    const { status, noted } = await ask(summary({ status: "RUNNING" }), { [run(0)]: { status: "TIMED_OUT", isRedrivable: true } });
    expect([status, noted[0]?.[0]]).to.deep.equal([202, { runId: run(0), status: "RUNNING", now: "FAILED" }]);
  });

  it("refuses, with the reason, what runs, is whole, was rejected, was never let in or is going; and asks for nothing", async () => {
    const refusals: [stored: unknown, runs: Record<string, RunState>, code: number, reason: RegExp][] = [
      [summary({ status: "RUNNING" }), { [run(0)]: going }, 400, /^The case is being analysed\.$/],
      [summary({ status: "FAILED" }), { [run(0)]: going }, 400, /^The case is being analysed\.$/],
      [summary(), { [run(0)]: over, [run(1)]: going }, 400, /^The case is being analysed\.$/],
      [summary({ status: "COMPLETE" }), { [run(0)]: over }, 400, /nothing of it is missing/],
      [summary({ status: "REJECTED" }), { [run(0)]: over }, 400, /was rejected/],
      [summary({ status: "UPLOADING", runId: undefined, analysisRequest: undefined }), {}, 400, /has not been analysed yet/],
      [summary({ runId: undefined, analysisRequest: undefined }), {}, 400, /never let in/],
      [summary({ status: "DELETING" }), { [run(0)]: going }, 400, /^The case is being deleted\.$/],
      [undefined, {}, 404, /no such case/],
    ];
    for (const [stored, runs, code, reason] of refusals) {
      const { status, answer, noted, sent } = await ask(stored, runs);
      expect([status, noted, sent], reason.source).to.deep.equal([code, [], []]);
      expect(answer.reasons[0]).to.match(reason);
    }
    const changed = await ask(summary(), { [run(0)]: over }, false);
    expect([changed.status, changed.answer.reasons, changed.sent]).to.deep.equal([...[400, ["The case has changed meanwhile. Look at it again first."], []]]);
  });
});

describe("noting an attempt", () => {
  let table: Awaited<ReturnType<typeof realCaseTable>>;
  before(async () => {
    table = await realCaseTable();
  });
  after(() => table.close());

  it("changes the case as it was seen, and no other", async () => {
    const note = attemptNoter(table.client, table.name);
    const Key = { caseId, item: "SUMMARY" };
    const next = { attempt: 1, runId: run(1) };
    await table.client.send(new PutCommand({ TableName: table.name, Item: summary({ status: "RUNNING" }) }));
    expect(await note(caseId, { runId: run(0), status: "FAILED", now: "FAILED" }, next)).to.equal(false);
    expect(await note(caseId, { runId: run(3), status: "RUNNING", now: "FAILED" }, next)).to.equal(false);
    expect(await note(caseId, { runId: run(0), status: "RUNNING", now: "FAILED" }, next)).to.equal(true);
    const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key }));
    expect(Item).to.deep.equal({ ...summary({ status: "FAILED" }), attempt: 1, requestedRunId: run(1) });
  });
});
