import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { changeStatus } from "../../../functions/ingest/follow-analysis/aws.ts";
import { createHandler } from "../../../functions/ingest/follow-analysis/handler.ts";
import { failure } from "../../support/failure.ts";
import { caseId, request, runId } from "../support/ids.ts";
import { realCaseTable } from "../support/real-table.ts";

const executionArn = `arn:aws:states:us-east-1:000000000000:execution:svp-unit-case-analysis:${runId}`;
/** When the case was claimed, when its execution ended, and when that was redriven. */
const [claimedAt, stoppedAt, redrivenAt] = ["2026-11-26T12:00:00.000Z", "2026-11-26T13:00:00.000Z", "2026-11-26T14:00:00.000Z"];

const event = (status: string, detail: object = {}) => ({
  source: "aws.states",
  "detail-type": "Step Functions Execution Status Change",
  detail: {
    executionArn,
    name: runId,
    status,
    stopDate: Date.parse(stoppedAt),
    redriveCount: 0,
    redriveDate: null,
    inputDetails: { included: false },
    ...detail,
  },
});
const redriven = event("RUNNING", { stopDate: null, redriveCount: 1, redriveDate: Date.parse(redrivenAt) });

describe("ingest/follow-analysis", () => {
  let table: Awaited<ReturnType<typeof realCaseTable>>;
  before(async () => {
    table = await realCaseTable();
  });
  after(() => table.close());

  /** The case's summary before; what Step Functions tells of the execution; the case's summary after these events. */
  async function followed(stored: object, execution: { status: string; error?: string; cause?: string }, ...events: object[]): Promise<unknown> {
    const Item = { caseId, item: "SUMMARY", createdAt: claimedAt, list: "CASES", executionArn, runId, reasons: [], updatedAt: claimedAt, ...stored };
    await table.client.send(new PutCommand({ TableName: table.name, Item }));
    const change = changeStatus(table.client, table.name);
    const { error, cause, status } = execution;
    const handler = createHandler({ execution: async () => ({ status, input: JSON.stringify(request), error, cause }), change });
    for (const one of events) await handler(one);
    const found = await table.client.send(new GetCommand({ TableName: table.name, Key: { caseId, item: "SUMMARY" } }));
    const { status: now, reasons, updatedAt } = found.Item as Record<string, unknown>;
    return { status: now, reasons, updatedAt };
  }

  it("marks the case of an execution that was stopped, took too long, or failed before it could say so", async () => {
    const running = { status: "RUNNING" };
    const failed = (reason: string) => ({ status: "FAILED", reasons: [reason], updatedAt: stoppedAt });
    expect(await followed(running, { status: "ABORTED" }, event("ABORTED"))).to.deep.equal(
      failed("The analysis was stopped before its end. It can be redriven."),
    );
    expect(await followed(running, { status: "TIMED_OUT" }, event("TIMED_OUT"))).to.deep.equal(
      failed("The analysis took longer than it may, and was ended. It can be redriven."),
    );
    expect(await followed(running, { status: "FAILED", error: "States.Runtime", cause: "No such state." }, event("FAILED"))).to.deep.equal(
      failed("The analysis failed: States.Runtime: No such state."),
    );
    expect(await followed(running, { status: "FAILED" }, event("FAILED"))).to.deep.equal(failed("The analysis failed: unknown error"));
  });

  it("takes the case up again when its execution is redriven in the middle of its work", async () => {
    const stored = { status: "FAILED", reasons: ["It was stopped."], updatedAt: stoppedAt };
    const running = { status: "RUNNING", reasons: [], updatedAt: redrivenAt };
    expect(await followed(stored, { status: "RUNNING" }, redriven)).to.deep.equal(running);
    expect(await followed(stored, { status: "RUNNING" }, redriven, redriven), "told twice").to.deep.equal(running);
  });

  it("leaves what states said of the case, what another run or its deletion did to it, and what is over by now", async () => {
    for (const status of ["COMPLETE", "PARTIAL", "REJECTED", "QUARANTINED", "FAILED", "DELETING"]) {
      const stored = { status, reasons: ["x"], updatedAt: claimedAt };
      expect(await followed(stored, { status: "ABORTED" }, event("ABORTED")), status).to.deep.equal(stored);
    }
    const running = { status: "RUNNING", reasons: [], updatedAt: claimedAt };
    expect(await followed({ ...running, executionArn: `${executionArn}x` }, { status: "ABORTED" }, event("ABORTED"))).to.deep.equal(running);
    expect(await followed(running, { status: "RUNNING" }, event("ABORTED")), "redriven meanwhile").to.deep.equal(running);
    const late = { status: "FAILED", reasons: ["It failed again."], updatedAt: "2026-11-26T15:00:00.000Z" };
    expect(await followed(late, { status: "RUNNING" }, redriven), "failed since").to.deep.equal(late);
    const claimed = { ...running, updatedAt: redrivenAt };
    expect(await followed(claimed, { status: "FAILED" }, event("FAILED")), "claimed since").to.deep.equal(claimed);
  });

  it("refuses what is no such event, and an execution that is no analysis", async () => {
    const handler = createHandler({
      execution: async () => ({ status: "ABORTED", input: "{}", error: undefined, cause: undefined }),
      change: async () => {
        throw new Error("not to be called");
      },
    });
    for (const wrong of [event("SUCCEEDED"), event("RUNNING"), event("ABORTED", { name: "by-hand" }), event("ABORTED", { stopDate: null }), {}])
      expect((await failure(handler(wrong))).name).to.equal("InvalidInput");
    expect((await failure(handler(event("ABORTED")))).message).to.include("The input of an analysis breaks its contract.");
  });
});
