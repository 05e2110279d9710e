import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { problemOf } from "../../../contracts/api.ts";
import { type View, type ViewPage, viewPage } from "../../../contracts/views.ts";
import { createHandler, type Deps } from "../../../functions/serve/list-views/handler.ts";
import { viewKeeper, viewLog } from "../../../functions/serve/views.ts";
import { failure } from "../../support/failure.ts";
import { answerChecker } from "../../support/openapi.ts";
import { caseId } from "../support/ids.ts";
import { realCaseTable } from "../support/real-table.ts";

const other = "0b0c5ad6-55a5-4b5e-9c1c-0000000000ff";
const from = (sub?: string) => ({
  ...{ headers: {}, pathParameters: {}, queryStringParameters: {}, isBase64Encoded: false },
  requestContext: sub === undefined ? {} : { authorizer: { jwt: { claims: { sub } } } },
});

describe("who saw what", () => {
  let table: Awaited<ReturnType<typeof realCaseTable>>;
  beforeEach(async () => {
    table = await realCaseTable();
  });
  afterEach(() => table.close());

  const seen = (sub: string, at: string, what: View["what"] = "case", of = caseId) =>
    viewKeeper(viewLog(table.client, table.name), () => new Date(at))(from(sub), of, what);
  const page: Deps["page"] = async (of, after) => {
    const [name, value] = of === undefined ? ["list", "VIEWS"] : ["caseId", `VIEWS#${of}`];
    const { Items = [], LastEvaluatedKey } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        ...(of === undefined && { IndexName: "cases-by-time" }),
        KeyConditionExpression: "#key = :key",
        ExpressionAttributeNames: { "#key": name as string },
        ExpressionAttributeValues: { ":key": value },
        ...{ ScanIndexForward: false, Limit: 2, ExclusiveStartKey: after },
      }),
    );
    return { items: Items, last: LastEvaluatedKey as never };
  };
  const ask = async (query: Record<string, string>) => {
    const { statusCode: status, headers, body } = await createHandler({ page })({ queryStringParameters: query });
    const heard = { method: "GET", path: "/views", status, contentType: headers["content-type"] as string, body: JSON.parse(body) as unknown };
    expect(answerChecker()(heard).faults).to.deep.equal([]);
    return [status, heard.body] as const;
  };
  const all = async (query: Record<string, string> = {}): Promise<ViewPage["views"]> => {
    const { views, next } = viewPage.parse((await ask(query))[1]);
    return next === null ? views : [...views, ...(await all({ ...query, next }))];
  };

  it("is kept once for each person, case and thing in a quarter of an hour, with the first time", async () => {
    await seen("ann", "2026-11-26T10:01:00.000Z");
    await seen("ann", "2026-11-26T10:14:59.000Z");
    await seen("ann", "2026-11-26T10:15:00.000Z");
    await seen("ann", "2026-11-26T10:02:00.000Z", "report");
    await seen("bob", "2026-11-26T10:03:00.000Z");
    expect(await all({ case: caseId })).to.have.deep.members([
      { caseId, what: "case", by: "ann", at: "2026-11-26T10:15:00.000Z" },
      { caseId, what: "case", by: "bob", at: "2026-11-26T10:03:00.000Z" },
      { caseId, what: "report", by: "ann", at: "2026-11-26T10:02:00.000Z" },
      { caseId, what: "case", by: "ann", at: "2026-11-26T10:01:00.000Z" },
    ]);
  });

  it("is told of all cases, newest first, page by page, and of one case alone", async () => {
    for (const [i, of] of [caseId, other, caseId, other, caseId].entries()) await seen(`p${i}`, `2026-11-26T1${i}:00:00.000Z`, "case", of);
    expect((await all()).map(({ by }) => by)).to.deep.equal(["p4", "p3", "p2", "p1", "p0"]);
    expect((await all({ case: other })).map(({ by }) => by)).to.deep.equal(["p3", "p1"]);
    expect(await all({ case: "0b0c5ad6-55a5-4b5e-9c1c-0000000000aa" })).to.deep.equal([]);
  });

  it("lies apart from the case, which may go before it", async () => {
    await seen("ann", "2026-11-26T10:01:00.000Z");
    const query = { KeyConditionExpression: "caseId = :case", ExpressionAttributeValues: { ":case": caseId } };
    expect((await table.client.send(new QueryCommand({ TableName: table.name, ...query }))).Items).to.deep.equal([]);
  });

  it("can't be kept of nobody, nor where the table does not answer: then nothing is shown", async () => {
    const keep = viewKeeper(viewLog(table.client, "no-such-table"));
    expect((await failure(keep(from("ann"), caseId, "case"))).name).to.equal("ResourceNotFoundException");
    expect((await failure(viewKeeper(async () => undefined)(from(), caseId, "case"))).name).to.equal("Misconfigured");
  });

  it("is not told of what is no case, nor after a place that no page of the same list gave", async () => {
    await seen("ann", "2026-11-26T10:01:00.000Z");
    await seen("bob", "2026-11-26T10:02:00.000Z");
    await seen("cid", "2026-11-26T10:03:00.000Z");
    const { next } = viewPage.parse((await ask({}))[1]);
    const refusal = [400, problemOf(400, ['The query parameter "next" isn\'t one that a page of this list gave.'])];
    for (const token of ["", "x", next as string]) expect(await ask({ case: caseId, next: token })).to.deep.equal(refusal);
    expect((await ask({ case: "x" }))[0]).to.equal(400);
  });
});
