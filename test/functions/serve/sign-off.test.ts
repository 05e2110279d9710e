import { createHash } from "node:crypto";
import { expect } from "chai";
import { apiError, caseReport } from "../../../contracts/api.ts";
import { reportKey } from "../../../contracts/keys.ts";
import type { Report } from "../../../contracts/report.ts";
import { type SignOff, toldSignOff } from "../../../contracts/sign-off.ts";
import { TryAgain } from "../../../functions/runtime/errors.ts";
import { createHandler as createGetReport } from "../../../functions/serve/get-report/handler.ts";
import { createHandler as createSignOff } from "../../../functions/serve/sign-off-report/handler.ts";
import { signOffs as signOffsOf } from "../../../functions/serve/sign-offs.ts";
import { caseId, digest, runId } from "../support/ids.ts";
import { memoryLake } from "../support/memory-lake.ts";
import { realCaseTable } from "../support/real-table.ts";

const summary = {
  ...{ caseId, item: "SUMMARY", fileName: "膽囊.mp4", status: "COMPLETE", runId },
  ...{ createdAt: "2026-11-21T08:00:00.000Z", updatedAt: "2026-11-21T08:10:00.000Z", reasons: [] },
};
const report: Report = {
  ...{ schema: "surgical-report/1.0", caseId, runId, language: "en", createdAt: "2026-11-21T08:20:00.000Z", sections: [], limits: ["Drawn."], refused: [] },
  ...{ writer: { kind: "template", id: "template", version: "1.0.0", drafts: 1 }, evidence: { analysisSha256: digest, measuresSha256: null } },
};
const reportSha256 = createHash("sha256").update(JSON.stringify(report)).digest("hex");
const signed: SignOff = {
  ...{ schema: "report-sign-off/1.0", caseId, runId, language: "en", reportSha256, correctionsVersion: 2 },
  ...{ signedAt: "2026-11-26T10:00:00.000Z", signedBy: "c1d2" },
};

async function lakeWithReport(written = true) {
  const lake = memoryLake();
  if (written) await lake.putJson(reportKey(caseId, runId, "en"), report);
  return lake;
}

describe("POST /cases/{caseId}/report/sign-off", () => {
  const sign = async (body: object, { written = true, stored = summary as unknown, newest = 2 } = {}) => {
    const kept: SignOff[] = [];
    const handler = createSignOff({
      lake: await lakeWithReport(written),
      summary: async () => stored ?? undefined,
      log: { newest: async () => newest },
      signOffs: {
        add: async (one) => {
          kept.push(one);
          return one;
        },
      },
      now: () => new Date("2026-11-26T10:00:00Z"),
    });
    const { statusCode, body: answer } = await handler({
      pathParameters: { caseId },
      body: JSON.stringify(body),
      requestContext: { authorizer: { jwt: { claims: { sub: "c1d2", username: "Dr. Doe" } } } },
    });
    return { statusCode, answer: JSON.parse(answer), kept };
  };
  const asked = { language: "en", reportSha256, correctionsVersion: 2 };

  it("keeps who signed what, and when, and no name", async () => {
    const { statusCode, answer, kept } = await sign(asked);
    expect(statusCode).to.equal(201);
    expect(kept).to.deep.equal([signed]);
    expect(toldSignOff.parse(answer)).to.deep.equal({
      ...{ reportSha256, correctionsVersion: 2, signedAt: "2026-11-26T10:00:00.000Z", signedBy: "c1d2", isOutdated: false },
    });
  });

  it("signs nothing that is otherwise by now, or is not there", async () => {
    for (const [given, status, reason] of [
      [await sign({ ...asked, reportSha256: digest }), 412, "The report was written anew since it was read. Read it again before it is signed."],
      [
        await sign(asked, { newest: 3 }),
        412,
        "The case was corrected since the report was read: corrections have version 3, not 2. Look at them before it is signed.",
      ],
      [await sign(asked, { written: false }), 404, "The case has no report yet."],
      [await sign(asked, { stored: { ...summary, runId: null } }), 404, "The case has no report yet."],
      [await sign(asked, { stored: null }), 404, "There is no such case."],
    ] as const) {
      expect([given.statusCode, apiError.parse(given.answer).reasons, given.kept]).to.deep.equal([status, [reason], []]);
    }
    const wrong = await sign({ language: "fr", reportSha256: "x", correctionsVersion: -1, note: "Jane Doe" });
    expect([wrong.statusCode, wrong.answer.reasons.length, wrong.kept]).to.deep.equal([400, 4, []]);
  });
});

describe("GET /cases/{caseId}/report", () => {
  it("tells who signed it, and what no longer holds", async () => {
    const views: [string, string][] = [];
    const handler = createGetReport({
      keepView: async (_, ...seen) => void views.push(seen),
      lake: await lakeWithReport(),
      summary: async () => summary,
      log: { newest: async () => 2 },
      signOffs: { all: async () => [{ ...signed, reportSha256: digest }, { ...signed, correctionsVersion: 1 }, signed] },
      link: async (key) => `https://lake/${key}`,
    });
    const { body } = await handler({ pathParameters: { caseId }, queryStringParameters: { language: "en" } });
    const told = caseReport.parse(JSON.parse(body));
    expect([told.reportSha256, told.correctionsVersion]).to.deep.equal([reportSha256, 2]);
    expect(told.signOffs.map(({ isOutdated }) => isOutdated)).to.deep.equal([true, true, false]);
    expect(views).to.deep.equal([[caseId, "report"]]);
  });

  it("shows nothing that it can't keep a view of", async () => {
    const handler = createGetReport({
      lake: await lakeWithReport(),
      summary: async () => summary,
      log: { newest: async () => 2 },
      signOffs: { all: async () => [] },
      link: async (key) => `https://lake/${key}`,
      keepView: async () => Promise.reject(new TryAgain("busy")),
    });
    const { statusCode, body } = await handler({ pathParameters: { caseId }, queryStringParameters: { language: "en" } });
    expect([statusCode, Object.keys(JSON.parse(body))]).to.deep.equal([503, ["type", "title", "status", "detail", "reasons"]]);
  });
});

describe("signatures in the case table", () => {
  let table: Awaited<ReturnType<typeof realCaseTable>>;
  beforeEach(async () => {
    table = await realCaseTable();
  });
  afterEach(() => table.close());

  it("are kept once for each who signed and each state that was signed, in order, by report", async () => {
    const kept = signOffsOf(table.client, table.name);
    expect(await kept.all(caseId, runId, "en")).to.deep.equal([]);
    const other = { ...signed, signedBy: "e3f4", signedAt: "2026-11-26T09:00:00.000Z" };
    const later = { ...signed, correctionsVersion: 3, signedAt: "2026-11-26T11:00:00.000Z" };
    for (const one of [signed, other, later, { ...signed, language: "zh-TW" as const }]) expect(await kept.add(one)).to.deep.equal(one);
    expect(await kept.add({ ...signed, signedAt: "2026-11-27T10:00:00.000Z" }), "signed before").to.deep.equal(signed);
    expect(await kept.all(caseId, runId, "en")).to.deep.equal([other, signed, later]);
  });
});
