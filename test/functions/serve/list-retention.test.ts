import { expect } from "chai";
import { problemOf } from "../../../contracts/api.ts";
import { retentionPage } from "../../../contracts/retention.ts";
import type { VersionLock } from "../../../functions/delete/holds.ts";
import { createHandler, type Place } from "../../../functions/serve/list-retention/handler.ts";
import { answerChecker } from "../../support/openapi.ts";

const idOf = (i: number) => `0b0c5ad6-55a5-4b5e-9c1c-${String(i).padStart(12, "0")}`;
const summary = (i: number, createdAt: string, more: object = {}) => ({
  ...{ caseId: idOf(i), item: "SUMMARY", list: "CASES", fileName: `${i}.mp4`, status: "COMPLETE", runId: null, createdAt, updatedAt: createdAt },
  ...more,
});

describe("GET /retention", () => {
  const stored = [
    summary(1, "2019-01-01T00:00:00.000Z"),
    summary(2, "2025-01-01T00:00:00.000Z", { retentionClass: "research" }),
    summary(3, "2026-06-01T00:00:00.000Z", { retentionClass: "research" }),
    summary(4, "2018-01-01T00:00:00.000Z"),
  ];
  const last: Place = { caseId: idOf(4), item: "SUMMARY", list: "CASES", createdAt: "2018-01-01T00:00:00.000Z" };
  const ask = async (query: Record<string, string> = {}) => {
    const locked: string[] = [];
    const after: (Place | undefined)[] = [];
    const locks: Record<string, VersionLock[]> = { [idOf(2)]: [{ retainUntil: new Date("2027-01-01T00:00:00.000Z"), hasLegalHold: true }] };
    const handler = createHandler({
      retentionDays: { clinical: 2557, research: 365 },
      // The index may still list a case that is gone.
      summary: async (caseId) =>
        caseId === idOf(4)
          ? { caseId, item: "SUMMARY", status: "DELETED", deletedAt: "2026-11-26T00:00:00.000Z" }
          : stored.find((one) => one.caseId === caseId),
      locks: async (caseId) => {
        locked.push(caseId);
        return locks[caseId] ?? [];
      },
      now: () => new Date("2026-11-26T10:00:00.000Z"),
      oldest: async (place) => {
        after.push(place);
        return { items: stored, last };
      },
    });
    const { statusCode: status, headers, body } = await handler({ queryStringParameters: query });
    const heard = { method: "GET", path: "/retention", status, contentType: headers["content-type"] as string, body: JSON.parse(body) as unknown };
    expect(answerChecker()(heard).faults).to.deep.equal([]);
    return { status, body: heard.body, locked, after };
  };

  it("tells until when each case is kept, and of those that are due what holds them all the same", async () => {
    const { body, locked } = await ask();
    const { cases, next } = retentionPage.parse(body);
    expect(cases.map(({ fileName, retentionClass, keptUntil, isDue, holds }) => [fileName, retentionClass, keptUntil, isDue, holds])).to.deep.equal([
      ["1.mp4", "clinical", "2026-01-01T00:00:00.000Z", true, []],
      [
        ...["2.mp4", "research", "2026-01-01T00:00:00.000Z", true],
        [
          "S3 Object Lock keeps its video until 2027-01-01T00:00:00.000Z; nobody can delete it before.",
          "A legal hold lies on its video. Whoever put it there can take it off.",
        ],
      ],
      ["3.mp4", "research", "2027-06-01T00:00:00.000Z", false, null],
    ]);
    expect(locked, "S3 is asked of those that are due only").to.deep.equal([idOf(1), idOf(2)]);
    expect((await ask({ next: next as string })).after).to.deep.equal([last]);
  });

  it("knows its own pages only", async () => {
    const { status, body } = await ask({ next: Buffer.from(JSON.stringify({ ...last, list: "VIEWS" })).toString("base64url") });
    expect([status, body]).to.deep.equal([400, problemOf(400, ['The query parameter "next" isn\'t one that a page of this list gave.'])]);
  });
});
