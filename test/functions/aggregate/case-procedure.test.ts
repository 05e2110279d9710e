import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { caseProcedure } from "../../../functions/aggregate/merge-timeline/case-procedure.ts";
import { failure } from "../../support/failure.ts";
import { caseId } from "../support/ids.ts";
import { realCaseTable } from "../support/real-table.ts";

describe("the procedure of a case, as the merge reads it", () => {
  let table: Awaited<ReturnType<typeof realCaseTable>>;
  before(async () => {
    table = await realCaseTable();
  });
  after(() => table.close());

  const put = (item: string, more: Record<string, unknown>) => table.client.send(new PutCommand({ TableName: table.name, Item: { caseId, item, ...more } }));
  const read = () => caseProcedure(table.client, table.name)(caseId);

  it("is null of a case that is not there, or of which nobody said it", async () => {
    expect(await read()).to.equal(null);
    await put("SUMMARY", { list: "CASES", createdAt: "2026-11-27T08:00:00.000Z" });
    expect(await read()).to.equal(null);
  });

  it("is what its summary says, and no other item", async () => {
    await put("RUN#1", { procedure: "other" });
    await put("SUMMARY", { list: "CASES", createdAt: "2026-11-27T08:00:00.000Z", procedure: "laparoscopic-hysterectomy" });
    expect(await read()).to.equal("laparoscopic-hysterectomy");
  });

  it("is refused where the table holds a word that nobody knows", async () => {
    await put("SUMMARY", { list: "CASES", createdAt: "2026-11-27T08:00:00.000Z", procedure: "guesswork" });
    expect((await failure(read())).message).to.match(/^The case's summary item/);
  });
});
