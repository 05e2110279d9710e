import { expect } from "chai";
import type { DeletionRecord } from "../../../contracts/case-deletion.ts";
import type { VersionLock } from "../../../functions/delete/holds.ts";
import type { HttpResponse } from "../../../functions/runtime/http.ts";
import type { DeletionExecution } from "../../../functions/serve/deletion.ts";
import { createHandler as createGet } from "../../../functions/serve/get-deletion/handler.ts";
import { createHandler as createRedrive } from "../../../functions/serve/redrive-case/handler.ts";
import { createHandler as createRequest } from "../../../functions/serve/request-deletion/handler.ts";
import { caseId, runId } from "../support/ids.ts";

const now = "2026-11-26T10:00:00.000Z";
const summary = (change: object = {}) => ({
  ...{ caseId, item: "SUMMARY", list: "CASES", fileName: "a.mp4", status: "COMPLETE", createdAt: "2026-11-01T00:00:00.000Z", updatedAt: now, runId },
  ...change,
});
const request = { caseId, reason: "study-ended", requestedBy: "ann", requestedAt: now };
const execution = (status: string, cause?: string): DeletionExecution => ({ status, input: JSON.stringify(request), cause });
const event = (query: Record<string, string> = {}, id = caseId) => ({
  pathParameters: { caseId: id },
  queryStringParameters: query,
  requestContext: { authorizer: { jwt: { claims: { sub: "ann", "cognito:groups": "[admin]" } } } },
});
const told = ({ statusCode, body }: HttpResponse) => [statusCode, JSON.parse(body) as unknown];
const reasons = ({ statusCode, body }: HttpResponse) => [statusCode, (JSON.parse(body) as { reasons: string[] }).reasons];

describe("DELETE /cases/{caseId}", () => {
  function made({
    found,
    stored = summary(),
    locks = [],
    days = 0,
  }: {
    found?: DeletionExecution;
    stored?: unknown;
    locks?: VersionLock[];
    days?: number;
  } = {}) {
    const started: unknown[] = [];
    const redriven: string[] = [];
    const handler = createRequest({
      retentionDays: { clinical: days, research: days },
      summary: async () => stored,
      locks: async () => locks,
      now: () => new Date(now),
      find: async () => found,
      start: async (wanted) => void started.push(wanted),
      redrive: async (id) => void redriven.push(id),
    });
    return { handler, started, redriven };
  }
  const running = { ...request, status: "RUNNING", error: null, record: null };

  it("starts the deletion, as whoever is signed in, for a reason of the list", async () => {
    const { handler, started } = made();
    expect(told(await handler(event({ reason: "study-ended" })))).to.deep.equal([202, running]);
    expect(started).to.deep.equal([request]);
  });

  it("refuses what must be kept and what it does not understand, with every reason, and starts nothing", async () => {
    const { handler, started } = made({ days: 100, locks: [{ retainUntil: new Date("2027-01-01T00:00:00.000Z"), hasLegalHold: true }] });
    const [status, all] = reasons(await handler(event({ reason: "study-ended" })));
    expect(status).to.equal(400);
    expect(all).to.have.length(3);
    expect(reasons(await handler(event()))[0]).to.equal(400);
    expect(reasons(await handler(event({ reason: "because", force: "true" })))[1]).to.have.length(2);
    expect(reasons(await handler(event({ reason: "study-ended" }, "gallbladder")))).to.deep.equal([400, ["The case's identifier isn't a UUID."]]);
    expect(started).to.deep.equal([]);
  });

  it("tells of the deletion that runs, goes on with one that failed, and knows no case that is gone", async () => {
    const going = made({ found: execution("RUNNING") });
    expect(told(await going.handler(event({ reason: "patient-request" })))).to.deep.equal([202, running]);
    const failed = made({ found: execution("FAILED", "no"), stored: summary({ status: "DELETING" }) });
    expect(told(await failed.handler(event({ reason: "patient-request" })))).to.deep.equal([202, running]);
    expect([going.started, going.redriven, failed.started, failed.redriven]).to.deep.equal([[], [], [], [caseId]]);
    expect((await made({ found: execution("SUCCEEDED") }).handler(event({ reason: "study-ended" }))).statusCode).to.equal(404);
    const buried = { caseId, item: "SUMMARY", status: "DELETED", deletedAt: now };
    expect((await made({ stored: buried }).handler(event({ reason: "study-ended" }))).statusCode).to.equal(404);
  });
});

describe("GET /cases/{caseId}/deletion", () => {
  const record = { schemaVersion: 1, ...request } as unknown as DeletionRecord;
  const get = (found: DeletionExecution | undefined, kept?: DeletionRecord, stored?: unknown) =>
    createGet({ find: async () => found, record: async () => kept, summary: async () => stored })(event());

  it("tells how it comes on, and why it failed", async () => {
    expect(told(await get(execution("RUNNING"), undefined, summary({ status: "DELETING" })))).to.deep.equal([
      200,
      { ...request, status: "RUNNING", error: null, record: null },
    ]);
    const left = ["Something of the case is left: 1 in the case table."];
    const failed = await get(execution("FAILED", "The expression failed."), undefined, summary({ status: "DELETING", reasons: left }));
    expect(told(failed)[1]).to.include({ status: "FAILED", error: left[0] });
    expect(told(await get(execution("FAILED", "It must be kept."), undefined, summary()))[1]).to.include({ status: "FAILED", error: "It must be kept." });
    expect(told(await get(execution("TIMED_OUT")))[1]).to.include({ error: "The deletion ended as TIMED_OUT." });
  });

  it("shows the record, also when Step Functions has forgotten the execution", async () => {
    const done = { ...request, status: "DELETED", error: null, record };
    expect(told(await get(execution("SUCCEEDED"), record))).to.deep.equal([200, done]);
    expect(told(await get(undefined, record))).to.deep.equal([200, done]);
    expect(reasons(await get(undefined))).to.deep.equal([404, ["Nobody has asked for the deletion of such a case."]]);
  });
});

describe("POST /cases/{caseId}/redrive", () => {
  const made = (stored: unknown, redrivable: readonly string[]) => {
    const redriven: string[] = [];
    const handler = createRedrive({
      summary: async () => stored,
      isRedrivable: async (what, name) => redrivable.includes(`${what} ${name}`),
      redrive: async (what, name) => void redriven.push(`${what} ${name}`),
    });
    return { handler, redriven };
  };

  it("goes on with what failed: the analysis, or the deletion", async () => {
    const all = [`analysis ${runId}`, `deletion ${caseId}`];
    const analysis = made(summary({ status: "FAILED" }), all);
    expect(told(await analysis.handler(event()))).to.deep.equal([202, { caseId, redriven: "analysis" }]);
    const deletion = made(summary({ status: "DELETING" }), all);
    expect(told(await deletion.handler(event()))).to.deep.equal([202, { caseId, redriven: "deletion" }]);
    expect([analysis.redriven, deletion.redriven]).to.deep.equal([[`analysis ${runId}`], [`deletion ${caseId}`]]);
  });

  it("refuses what has not failed, or never ran", async () => {
    for (const stored of [summary(), summary({ status: "UPLOADING", runId: null }), summary({ status: "DELETING" })]) {
      const { handler, redriven } = made(stored, []);
      const [status, [why]] = reasons(await handler(event())) as [number, string[]];
      expect(status).to.equal(400);
      expect(why).to.match(/^The case is (COMPLETE|UPLOADING|DELETING): only an analysis or a deletion that failed/);
      expect(redriven).to.deep.equal([]);
    }
    expect((await made(undefined, []).handler(event())).statusCode).to.equal(404);
  });
});
