import { expect } from "chai";
import { problemOf } from "../../../contracts/api.ts";
import { type Cohort, cohort as contract } from "../../../contracts/cohort.ts";
import { cohortTable } from "../../../functions/aggregate/measure-operation/cohort-table.ts";
import { spreadsOf, type Values } from "../../../functions/serve/get-cohort/core.ts";
import { createHandler } from "../../../functions/serve/get-cohort/handler.ts";
import { answerChecker } from "../../support/openapi.ts";
import { count } from "../support/frames.ts";
import { realCaseTable } from "../support/real-table.ts";

const idOf = (i: number) => `0b0c5ad6-55a5-4b5e-9c1c-${String(i).padStart(12, "0")}`;
const procedure = "laparoscopic-cholecystectomy" as const;

describe("spreads over a cohort", () => {
  const timesOf = (n: number): Values[] => count(n).map((i) => ({ "procedure-time": i }));
  const at = (n: number) => spreadsOf(timesOf(n))[0]?.at;

  it("tell percentiles by interpolation, and only those beyond which three operations lie", () => {
    expect(at(10)).to.deep.equal([null, null, 4.5, null, null]);
    expect(at(11)).to.deep.equal([null, null, 5, null, null]);
    expect(at(12)).to.deep.equal([null, 2.75, 5.5, 8.25, null]);
    expect(at(29)).to.deep.equal([null, 7, 14, 21, null]);
    expect(at(30)).to.deep.equal([2.9, 7.25, 14.5, 21.75, 26.1]);
    expect(at(101)).to.deep.equal([10, 25, 50, 75, 90]);
  });

  it("tell of a measure how many have it, and nothing where fewer than ten do", () => {
    const operations = count(12).map((i) => ({ "procedure-time": i, ...(i < 9 && { "phase-duration/Nap": 1 }), ...(i < 10 && { "phase-duration/Cut": 2 }) }));
    expect(spreadsOf(operations).map(({ id, name, of, unit, n }) => [id, name, of, unit, n])).to.deep.equal([
      ["procedure-time", "procedure-time", null, "seconds", 12],
      ["phase-duration/Cut", "phase-duration", "Cut", "seconds", 10],
    ]);
  });

  it("tell of counts in which share of operations there was any, and of nothing else", () => {
    const operations = count(16).map((i) => ({ "bleeding-count": i < 4 ? i : 0, "bleeding-time": 0 }));
    expect(spreadsOf(operations).map(({ name, withAny, at: [, , median] }) => [name, withAny, median])).to.deep.equal([
      ["bleeding-count", 0.188, 0],
      ["bleeding-time", null, 0],
    ]);
  });

  it("leave out what no definition explains", () => {
    expect(spreadsOf(count(10).map((i) => ({ "sutures-left": i })))).to.deep.equal([]);
    expect(spreadsOf([])).to.deep.equal([]);
  });
});

describe("GET /cohorts/{procedure}", () => {
  let table: Awaited<ReturnType<typeof realCaseTable>>;
  before(async () => {
    table = await realCaseTable();
    const { remember } = cohortTable(table.client, table.name);
    const runId = "0".repeat(40);
    const createdAt = "2026-11-21T08:00:00.000Z";
    for (const i of count(11)) await remember({ caseId: idOf(i), runId, createdAt }, { procedure, severity: 3 }, { "procedure-time": 100 + i });
    for (const i of count(9)) await remember({ caseId: idOf(100 + i), runId, createdAt }, { procedure, severity: null }, { "procedure-time": 1 });
  });
  after(() => table.close());

  const ask = async (of: string, query: Record<string, string>) => {
    const handler = createHandler({ values: cohortTable(table.client, table.name).cohort });
    const { statusCode: status, headers, body } = await handler({ pathParameters: { procedure: of }, queryStringParameters: query });
    const heard = { method: "GET", path: `/cohorts/${of}`, status, contentType: headers["content-type"] as string, body: JSON.parse(body) as unknown };
    expect(answerChecker()(heard).faults).to.deep.equal([]);
    return { status, body: heard.body };
  };
  const told = async (query: Record<string, string>): Promise<Cohort> => contract.parse((await ask(procedure, query)).body);

  it("tells how those of one grade went", async () => {
    expect(await told({ severity: "3" })).to.deep.equal({
      ...{ procedure, severity: 3, n: 11 },
      spreads: [{ id: "procedure-time", name: "procedure-time", of: null, unit: "seconds", n: 11, at: [null, null, 105, null, null], withAny: null }],
    });
  });

  it("leaves out the case that is compared", async () => {
    const { n, spreads } = await told({ severity: "3", except: idOf(0) });
    expect([n, spreads[0]?.at[2]]).to.deep.equal([10, 105.5]);
  });

  it("tells nothing under ten, not even how many, whether by itself or for one that is left out", async () => {
    expect(await told({})).to.deep.equal({ procedure, severity: null, n: null, spreads: [] });
    expect((await told({ severity: "5" })).n).to.equal(null);
  });

  it("refuses what is no procedure, no grade and no case, all reasons at once", async () => {
    expect(await ask("appendix", {})).to.deep.equal({
      status: 400,
      body: problemOf(400, ["The procedure must be laparoscopic-cholecystectomy, laparoscopic-appendectomy, laparoscopic-hysterectomy, other."]),
    });
    const { status, body } = await ask(procedure, { severity: "6", except: "x", grade: "3" });
    expect([status, (body as { reasons: string[] }).reasons]).to.deep.equal([
      400,
      ["severity: must be a whole number from 1 to 5.", "except: Invalid UUID.", 'Unrecognized key: "grade".'],
    ]);
  });
});
