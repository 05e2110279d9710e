import { expect } from "chai";
import { measuresKey } from "../../../contracts/keys.ts";
import { createHandler } from "../../../functions/serve/get-measures/handler.ts";
import { caseId, digest, runId } from "../support/ids.ts";
import { memoryLake } from "../support/memory-lake.ts";

const document = { schema: "surgical-measures/1.0", caseId, runId, contentSha256: digest, procedure: null, severity: null, measures: [], findings: [] };
const summary = { caseId, fileName: "a.mp4", status: "COMPLETE", createdAt: "2026-11-21T08:00:00.000Z", updatedAt: "2026-11-21T08:00:00.000Z", runId };

describe("GET /cases/{caseId}/measures", () => {
  const ask = async (stored: unknown, isMeasured = true, id = caseId) => {
    const lake = memoryLake();
    if (isMeasured) await lake.putJson(measuresKey(caseId, runId), document);
    const { statusCode, body } = await createHandler({ lake, summary: async () => stored })({ pathParameters: { caseId: id } });
    return [statusCode, JSON.parse(body)];
  };

  it("gives the measures of the newest run", async () => expect(await ask(summary)).to.deep.equal([200, document]));

  it("says why there are none", async () => {
    const refusal = (reason: string) => [404, { error: "NotFound", reasons: [reason] }];
    expect(await ask(undefined)).to.deep.equal(refusal(`There is no case ${caseId}.`));
    expect(await ask({ ...summary, status: "RUNNING" })).to.deep.equal(refusal(`Case ${caseId} is RUNNING: nothing of it has been measured.`));
    expect(await ask(summary, false)).to.deep.equal(refusal(`Case ${caseId} was analysed, but not measured.`));
    expect((await ask(summary, true, "x"))[0]).to.equal(400);
  });
});
