import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { cohortTable } from "../../../../functions/aggregate/measure-operation/cohort-table.ts";
import type { Stratum } from "../../../../functions/aggregate/measure-operation/handler.ts";
import { failure } from "../../../support/failure.ts";
import { count } from "../../support/frames.ts";
import { realCaseTable } from "../../support/real-table.ts";

const idOf = (i: number) => `0b0c5ad6-55a5-4b5e-9c1c-${String(i).padStart(12, "0")}`;
const runOf = (i: number) => String(i).padStart(40, "0");
const createdAt = (i: number) => new Date(Date.UTC(2026, 10, 21) + i * 60_000).toISOString();
const third: Stratum = { procedure: "laparoscopic-cholecystectomy", severity: 3 };

describe("the values that operations are compared by", () => {
  let table: Awaited<ReturnType<typeof realCaseTable>>;
  let cohorts: ReturnType<typeof cohortTable>;
  beforeEach(async () => {
    table = await realCaseTable();
    cohorts = cohortTable(table.client, table.name);
  });
  afterEach(() => table.close());

  const remember = (i: number, stratum = third, run = i, values: Record<string, number> = { "procedure-time": i }) =>
    cohorts.remember({ caseId: idOf(i), runId: runOf(run), createdAt: createdAt(i) }, stratum, values);
  const times = async (stratum: Stratum, except: number) =>
    (await cohorts.cohort(stratum, idOf(except))).map((values) => values["procedure-time"]).sort((a, b) => (a as number) - (b as number));

  it("are those of the same procedure and grade, never the case's own", async () => {
    for (const i of count(4)) await remember(i);
    await remember(10, { ...third, severity: 4 });
    await remember(11, { ...third, severity: null });
    await remember(12, { ...third, procedure: "laparoscopic-appendectomy" });
    expect(await times(third, 2)).to.deep.equal([0, 1, 3]);
    expect(await times({ ...third, severity: null }, 2)).to.deep.equal([11]);
    expect(await times({ ...third, severity: 5 }, 2)).to.deep.equal([]);
  });

  it("are of the newest run of each case, in the stratum that it is in now", async () => {
    for (const i of count(2)) await remember(i);
    await remember(1, third, 7, { "procedure-time": 70 });
    expect(await times(third, 9)).to.deep.equal([0, 70]);
    await remember(1, { ...third, severity: 1 }, 8, { "procedure-time": 80 });
    expect(await times(third, 9)).to.deep.equal([0]);
  });

  it("are of a thousand cases at most, the newest, over as many pages as they take", async () => {
    // Each has some KB, so that a page of 1 MB can't hold them all.
    const bulk = Object.fromEntries(count(60).map((i) => [`instrument-phase-share/Instrument ${i}/Phase ${i}`, i / 100]));
    for (let i = 0; i < 1010; i += 50)
      await Promise.all(count(Math.min(50, 1010 - i)).map((k) => remember(i + k, third, 1, { ...bulk, "procedure-time": i + k })));
    const found = await times(third, 1009);
    expect(found).to.have.length(1000);
    expect([found[0], found.at(-1)]).to.deep.equal([9, 1008]);
  });

  it("begin with what the summary says, and there must be one", async () => {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { caseId: idOf(1), item: "SUMMARY", runId: runOf(1), procedure: third.procedure, severity: 3, fileName: "a.mp4" },
      }),
    );
    expect(await cohorts.facts(idOf(1))).to.deep.equal({ runId: runOf(1), ...third });
    expect((await failure(cohorts.facts(idOf(2)))).name).to.equal("BrokenContract");
  });
});
