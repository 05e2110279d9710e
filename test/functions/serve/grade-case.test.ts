import { GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { apiError } from "../../../contracts/api.ts";
import { caseGrade } from "../../../contracts/grade.ts";
import { measuresKey } from "../../../contracts/keys.ts";
import { cohortTable } from "../../../functions/aggregate/measure-operation/cohort-table.ts";
import { createHandler as createGetMeasures } from "../../../functions/serve/get-measures/handler.ts";
import { grades } from "../../../functions/serve/grade-case/grades.ts";
import { createHandler } from "../../../functions/serve/grade-case/handler.ts";
import { caseId, digest, runId } from "../support/ids.ts";
import { memoryCorrections } from "../support/memory-corrections.ts";
import { memoryLake } from "../support/memory-lake.ts";
import { realCaseTable } from "../support/real-table.ts";

const summary = {
  ...{ caseId, item: "SUMMARY", list: "CASES", fileName: "膽囊.mp4", status: "COMPLETE", runId, procedure: "laparoscopic-cholecystectomy" },
  ...{ createdAt: "2026-11-21T08:00:00.000Z", updatedAt: "2026-11-21T08:10:00.000Z", reasons: [] },
};
const stratum = { procedure: "laparoscopic-cholecystectomy", severity: null } as const;

describe("PUT /cases/{caseId}/severity", () => {
  let table: Awaited<ReturnType<typeof realCaseTable>>;
  beforeEach(async () => {
    table = await realCaseTable();
  });
  afterEach(() => table.close());

  const put = (item: object) => table.client.send(new PutCommand({ TableName: table.name, Item: item }));
  const item = async (name: string) => (await table.client.send(new GetCommand({ TableName: table.name, Key: { caseId, item: name } }))).Item;
  const send = async (body: unknown, { id = caseId, by = "c1d2", at = "2026-11-26T10:00:00.000Z" } = {}) => {
    const handler = createHandler({ summary: async () => item("SUMMARY"), ...grades(table.client, table.name), now: () => new Date(at) });
    const { statusCode, body: answer } = await handler({
      pathParameters: { caseId: id },
      body: JSON.stringify(body),
      requestContext: { authorizer: { jwt: { claims: { sub: by, username: "Dr. Doe" } } } },
    });
    return [statusCode, JSON.parse(answer)];
  };
  const kept = async () => {
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: "caseId = :case AND begins_with(#item, :prefix)",
        ExpressionAttributeNames: { "#item": "item" },
        ExpressionAttributeValues: { ":case": caseId, ":prefix": "SEVERITY#" },
      }),
    );
    return Items.map(({ severity, gradedBy, gradedAt }) => [severity, gradedBy, gradedAt]);
  };

  it("grades a case, moves what it is compared by, and keeps who did it", async () => {
    await put(summary);
    const cohorts = cohortTable(table.client, table.name);
    await cohorts.remember({ caseId, runId, createdAt: summary.createdAt }, stratum, { "procedure-time": 3600 });
    const [status, answer] = await send({ severity: 4 });
    expect([status, caseGrade.parse(answer)]).to.deep.equal([200, { caseId, severity: 4, gradedAt: "2026-11-26T10:00:00.000Z" }]);
    expect(await item("SUMMARY")).to.deep.equal({ ...summary, severity: 4, updatedAt: "2026-11-26T10:00:00.000Z" });
    expect(await cohorts.cohort(stratum)).to.deep.equal([]);
    expect(await cohorts.cohort({ ...stratum, severity: 4 })).to.deep.equal([{ "procedure-time": 3600 }]);
    // Taken back, by somebody else.
    expect((await send({ severity: null }, { by: "e3f4", at: "2026-11-27T10:00:00.000Z" }))[0]).to.equal(200);
    expect(await cohorts.cohort(stratum)).to.deep.equal([{ "procedure-time": 3600 }]);
    expect(await kept()).to.deep.equal([
      [4, "c1d2", "2026-11-26T10:00:00.000Z"],
      [null, "e3f4", "2026-11-27T10:00:00.000Z"],
    ]);
  });

  it("grades one that was not measured, or whose procedure nobody told, and makes nothing up", async () => {
    await put(summary);
    expect((await send({ severity: 2 }))[0]).to.equal(200);
    expect(await item("MEASURES")).to.equal(undefined);
    const { procedure: _, ...untold } = summary;
    await put(untold);
    expect((await send({ severity: 3 }))[0]).to.equal(200);
    expect((await item("SUMMARY"))?.["severity"]).to.equal(3);
  });

  it("refuses what is no grade, and what is no case any more", async () => {
    const refusal = async (...args: Parameters<typeof send>) => {
      const [status, answer] = await send(...args);
      return [status, apiError.parse(answer).reasons];
    };
    expect(await refusal({ severity: 4 })).to.deep.equal([404, ["There is no such case."]]);
    await put({ ...summary, status: "DELETING" });
    expect(await refusal({ severity: 4 })).to.deep.equal([404, ["There is no such case."]]);
    expect(await kept()).to.deep.equal([]);
    await put(summary);
    for (const wrong of [{ severity: 6 }, { severity: 2.5 }, { severity: "4" }, {}, { severity: 4, note: "Jane Doe" }])
      expect((await refusal(wrong))[0], JSON.stringify(wrong)).to.equal(400);
    expect(await refusal({ severity: 4 }, { id: "x" })).to.deep.equal([400, ["The case's identifier isn't a UUID."]]);
    expect(await item("SUMMARY")).to.deep.equal(summary);
  });

  it("does not bring back a case that went meanwhile", async () => {
    const handler = createHandler({ summary: async () => summary, ...grades(table.client, table.name), now: () => new Date() });
    const claims = { sub: "c1d2" };
    const request = { pathParameters: { caseId }, body: '{"severity":4}', requestContext: { authorizer: { jwt: { claims } } } };
    expect((await handler(request)).statusCode).to.equal(404);
    expect(await item("SUMMARY")).to.equal(undefined);
  });
});

describe("GET /cases/{caseId}/measures of a case that was graded since", () => {
  it("tells the grade, and no comparison with others of the former one", async () => {
    const lake = memoryLake();
    const cohort = { n: 12, procedure: "laparoscopic-cholecystectomy", severity: null, percentile: 0.5, z: null };
    const measure = { id: "procedure-time", name: "procedure-time", of: null, unit: "seconds", value: 1, note: null, evidence: [], producers: ["gate"] };
    const measures = [{ ...measure, confidence: null, calibrated: false, cohort }];
    await lake.putJson(measuresKey(caseId, runId), {
      ...{
        schema: "surgical-measures/1.0",
        caseId,
        runId,
        contentSha256: digest,
        procedure: "laparoscopic-cholecystectomy",
        severity: null,
        measures,
        findings: [],
      },
    });
    const ask = async (severity: number | null) => {
      const handler = createGetMeasures({ lake, summary: async () => ({ ...summary, severity }), log: memoryCorrections() });
      const answer = JSON.parse((await handler({ pathParameters: { caseId } })).body);
      return [answer.severity, answer.measures[0].cohort];
    };
    expect(await ask(null)).to.deep.equal([null, cohort]);
    expect(await ask(4)).to.deep.equal([4, null]);
  });
});
