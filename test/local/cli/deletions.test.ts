import { expect } from "chai";
import type { DeletionRecord } from "../../../contracts/case-deletion.ts";
import { PlatformClient } from "../../../local/cli/client.ts";
import { type DeletionSources, deletionOf, redriveDeletion } from "../../../local/cli/deletions.ts";
import { failure } from "../../support/failure.ts";

const caseId = "0b5e0c0e-6f0a-4e0e-9d0f-3a1b2c3d4e5f";
const request = { caseId, reason: "study-ended", requestedBy: "sub-1", requestedAt: "2026-11-26T10:00:00.000Z" } as const;
const record = { ...request, schemaVersion: 1 } as unknown as DeletionRecord;

type Execution = NonNullable<Awaited<ReturnType<DeletionSources["execution"]>>>;
const execution = (status: string, more: Partial<Execution> = {}): Execution => ({
  ...{ status, input: JSON.stringify(request), cause: undefined, isRedrivable: false },
  ...more,
});
function sources(found: Execution | undefined, more: Partial<DeletionSources> = {}) {
  const redriven: string[] = [];
  const all: DeletionSources = {
    execution: async () => found,
    summary: async () => undefined,
    record: async () => undefined,
    redrive: async (id) => void redriven.push(id),
    ...more,
  };
  return { all, redriven };
}

describe("a deletion without a person's token", () => {
  it("is told from its execution, as the API tells it", async () => {
    const told = async (status: string, more: Partial<DeletionSources> = {}) => deletionOf(sources(execution(status), more).all, caseId);
    expect(await told("RUNNING")).to.deep.equal({ ...request, status: "RUNNING", error: null, record: null });
    expect(await told("PENDING_REDRIVE")).to.include({ status: "RUNNING" });
    expect(await told("SUCCEEDED", { record: async () => record })).to.deep.equal({ ...request, status: "DELETED", error: null, record });
    expect(await told("TIMED_OUT")).to.include({ status: "FAILED", error: "The deletion ended as TIMED_OUT." });
    const summary = async () => ({ status: "DELETING", reasons: ["A lock holds.", "Look at it."] });
    expect(await told("FAILED", { summary })).to.include({ error: "A lock holds. Look at it." });
    const cause = sources(execution("FAILED", { cause: "No." }), { summary: async () => ({ status: "FAILED", reasons: ["Of the analysis."] }) });
    expect(await deletionOf(cause.all, caseId)).to.include({ error: "No." });
  });

  it("is told from its record once Step Functions has forgotten it, and not at all where nobody asked for it", async () => {
    expect(await deletionOf(sources(undefined, { record: async () => record }).all, caseId)).to.deep.equal({
      ...request,
      ...{ status: "DELETED", error: null, record },
    });
    const error = await failure(deletionOf(sources(undefined).all, caseId));
    expect([error.name, error.message]).to.deep.equal(["CommandError", `Nobody has asked for the deletion of case ${caseId}, or it is not kept any more.`]);
  });

  it("is redriven where it failed, and refused where it did not", async () => {
    const failed = sources(execution("FAILED", { isRedrivable: true }));
    await redriveDeletion(failed.all, caseId);
    expect(failed.redriven).to.deep.equal([caseId]);
    for (const found of [execution("RUNNING"), undefined]) {
      const other = sources(found);
      expect((await failure(redriveDeletion(other.all, caseId))).message).to.match(/can't be redriven: only one that failed/);
      expect(other.redriven).to.deep.equal([]);
    }
  });

  it("calls no API of a stack on AWS: what needs a person says so", async () => {
    const client = new PlatformClient({ region: "us-east-1", outputs: {} });
    for (const asked of [
      async () => client.requestDeletion(caseId, "study-ended"),
      () => client.reanalyse(caseId, () => undefined),
      () => client.upload("a.mp4", () => undefined),
    ])
      expect((await failure(asked())).message).to.equal("The HTTP API of a stack on AWS asks for a person's token, which no command has: use the page.");
  });
});
