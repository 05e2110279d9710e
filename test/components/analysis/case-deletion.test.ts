import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { caseDeletionDefinition } from "../../../components/analysis/case-deletion.asl.ts";
import type { CaseInventory, DeletionRequest } from "../../../contracts/case-deletion.ts";
import type { Definition, Json } from "../../../local/services/states/definition.ts";
import { StatesError } from "../../../local/services/states/error.ts";
import { type Run, runMachine } from "../../../local/services/states/interpreter.ts";
import { failure } from "../../support/failure.ts";
import { machines, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";
import { type Answer, type Arguments, caseId, failing, thrown, undistributed } from "./execution.ts";

const request: DeletionRequest = { caseId, reason: "patient-request", requestedBy: "sub-1", requestedAt: "2026-11-26T10:00:00.000Z" };
const inventory = (versionCount: number, itemCount: number): CaseInventory => ({
  prefixes: [
    { bucket: "raw", prefix: "raw-videos/", versionCount: 0, markerCount: 0, bytes: 0, openUploadCount: 0 },
    { bucket: "processed", prefix: "exports/", versionCount, markerCount: 0, bytes: 10 * versionCount, openUploadCount: 0 },
  ],
  itemCount,
  total: versionCount + itemCount,
  digest: "0".repeat(64),
});
const keeping = { retentionClass: "research", keptUntil: "2026-11-20T00:00:00.000Z" };
const recorded = { recordUri: `s3://records/deletions/${caseId}.json`, deletedAt: "2026-11-26T10:20:00.000Z" };

/** Answers in turn, the last for good. */
const inTurn = (...values: Json[]): Answer => {
  const left = [...values];
  return () => (left.length > 1 ? left.shift() : left[0]) as Json;
};
const goodAnswers = (): Record<string, Answer> => ({
  CheckHolds: () => ({ Payload: keeping }),
  Claim: () => ({}),
  StopExecutions: () => ({ Payload: { stoppedCount: 0 } }),
  TakeInventory: () => ({ Payload: inventory(7, 3) }),
  DeleteObjects: () => ({ Payload: { isDone: true } }),
  DeleteItems: () => ({ Payload: { itemCount: 3 } }),
  CheckRemains: () => ({ Payload: inventory(0, 0) }),
  RecordDeletion: () => ({ Payload: recorded }),
  Bury: () => ({}),
  MarkFailed: () => ({}),
  AnnounceCaseDeleted: () => ({ FailedEntryCount: 0 }),
});

/** Runs the definition in the local interpreter; with `redriveWith` an execution that fails is redriven once, with other answers. */
async function execute(answers: Record<string, Answer> = {}, redriveWith?: Record<string, Answer>) {
  const target = (name: string) => ({ arn: `arn:aws:lambda:us-east-1:111111111111:function:${name}`, timeoutSeconds: 60 });
  const definition = caseDeletionDefinition({
    tableName: "cases",
    functions: {
      checkHolds: target("check-holds"),
      stopExecutions: target("stop-executions"),
      takeInventory: target("take-inventory"),
      deleteObjects: target("delete-objects"),
      deleteItems: target("delete-items"),
      recordDeletion: target("record-deletion"),
    },
    settleSeconds: 900,
  }) as unknown as Definition;
  let all = { ...goodAnswers(), ...answers };
  const asked: Record<string, Arguments> = {};
  const attempts: string[] = [];
  const entries = new Map<string, { value: Json }>();
  const run = (redrives: number): Run => ({
    journal: {
      recall: (state, kind, attempt = 0) => (kind === "entered" ? { value: "2026-11-26T10:00:01.000Z" } : entries.get(`${state} ${kind} ${attempt}`)) as never,
      record: (state, kind, attempt, value) => {
        entries.set(`${state} ${kind} ${attempt}`, { value });
        return entries.size;
      },
    },
    context: {
      Execution: { Id: "execution", Name: caseId, Input: request as unknown as Json, StartTime: request.requestedAt, RoleArn: "role", RedriveCount: redrives },
      StateMachine: { Id: "machine", Name: "case-deletion" },
    },
    waitScale: 0,
    async task({ key, attempt, arguments: evaluate }) {
      const name = key.replace(/.*\//, "").replace(/#\d+$/, "");
      attempts.push(name);
      asked[name] = await evaluate(undefined);
      return { result: (all[name] as Answer)(asked[name], attempt), lastEvent: 0 };
    },
    distributed: undistributed,
    notify: () => undefined,
  });
  const frame = () => ({ path: "", variables: {}, map: undefined, signal: new AbortController().signal, lastEvent: 0 });
  const runOnce = (redrives: number) => runMachine(run(redrives), definition, request as unknown as Json, frame());
  let first: StatesError | undefined;
  try {
    const output = await runOnce(0).catch((error: unknown) => {
      if (redriveWith === undefined || !(error instanceof StatesError)) throw error;
      first = error;
      for (const key of entries.keys()) {
        const [state, kind] = key.split(" ") as [string, string];
        if (kind !== "input" && !entries.has(`${state} exit 0`)) entries.delete(key);
      }
      attempts.push("(redriven)");
      all = { ...goodAnswers(), ...redriveWith };
      return runOnce(1);
    });
    return { output, error: undefined, first: first?.causeText, asked, attempts };
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    return { output: undefined, error: error.causeText, first: first?.causeText, asked, attempts };
  }
}
const usual = ["CheckHolds", "Claim", "StopExecutions", "StopExecutions", "TakeInventory", "DeleteObjects", "DeleteItems", "CheckRemains"];
const end = ["RecordDeletion", "Bury", "AnnounceCaseDeleted"];

describe("case-deletion", () => {
  it("checks, claims, stops, counts, deletes, looks again, records, and leaves a tombstone", async () => {
    const { output, asked, attempts } = await execute();
    expect(output).to.deep.equal({ recordUri: recorded.recordUri });
    expect(attempts).to.deep.equal([...usual, ...end]);
    expect(asked["Claim"]).to.deep.include({
      Key: { caseId: { S: caseId }, item: { S: "SUMMARY" } },
      ConditionExpression: "attribute_exists(#status) AND #status <> :deleted",
    });
    for (const state of ["CheckHolds", "StopExecutions", "TakeInventory", "DeleteObjects", "DeleteItems", "CheckRemains"])
      expect(asked[state].Payload, state).to.deep.equal({ caseId });
    expect(asked["RecordDeletion"].Payload).to.deep.equal({ ...request, ...keeping, stoppedCount: 0, deleted: inventory(7, 3) });
    expect(asked["Bury"].Item).to.deep.equal({ caseId: { S: caseId }, item: { S: "SUMMARY" }, status: { S: "DELETED" }, deletedAt: { S: recorded.deletedAt } });
    expect(asked["AnnounceCaseDeleted"].Entries[0]).to.deep.include({ DetailType: "CaseDeleted", Detail: { caseId, reason: "patient-request" } });
  });

  it("waits after what it stopped until a look finds nothing more", async () => {
    const { asked, attempts } = await execute({
      StopExecutions: inTurn({ Payload: { stoppedCount: 2 } }, { Payload: { stoppedCount: 1 } }, { Payload: { stoppedCount: 0 } }),
    });
    expect(attempts.filter((name) => name === "StopExecutions")).to.have.length(3);
    expect(asked["RecordDeletion"].Payload.stoppedCount).to.equal(3);
  });

  it("goes on deleting until all is deleted", async () => {
    const { attempts } = await execute({
      DeleteObjects: inTurn({ Payload: { isDone: false } }, { Payload: { isDone: false } }, { Payload: { isDone: true } }),
    });
    expect(attempts.filter((name) => name === "DeleteObjects")).to.have.length(3);
    expect(attempts.slice(-3)).to.deep.equal(end);
  });

  it("touches nothing of a case that must be kept, and says why", async () => {
    const why = "The case is clinical: this platform keeps such cases for 2557 days at least, this one until 2033-01-01T00:00:00.000Z.";
    const { error, attempts, asked } = await execute({ CheckHolds: failing("InvalidInput", thrown("InvalidInput", why)) });
    expect(error)
      .to.match(/kept|keeps/)
      .and.include(why);
    expect(attempts).to.deep.equal(["CheckHolds", "MarkFailed"]);
    expect(asked["MarkFailed"].ConditionExpression, "a case that was not claimed").to.equal("#status = :deleting");
  });

  it("fails if anything is left, names where, and records nothing; redriven it deletes again", async () => {
    const { first, output, attempts, asked } = await execute({ CheckRemains: () => ({ Payload: inventory(2, 1) }) }, {});
    const why = "Something of the case is left: 2 under processed/exports/, 1 in the case table.";
    expect(first).to.include(why);
    expect(asked["MarkFailed"].ExpressionAttributeValues[":reasons"]).to.deep.equal({ L: [{ S: why }] });
    expect(output).to.deep.equal({ recordUri: recorded.recordUri });
    expect(attempts).to.deep.equal([...usual, "MarkFailed", "(redriven)", "DeleteObjects", "DeleteItems", "CheckRemains", ...end]);
    expect(asked["RecordDeletion"].Payload.deleted, "what there was at first").to.deep.equal(inventory(7, 3));
  });

  it("names one remnant in the table alone", async () => {
    const { error } = await execute({ CheckRemains: () => ({ Payload: inventory(0, 1) }) });
    expect(error).to.match(/Something of the case is left: 1 in the case table\.$/);
  });

  it("goes on, redriven, in the state that failed", async () => {
    const failed = failing("Error", thrown("Error", "S3 kept 3 of 7 versions: AccessDenied."));
    const { first, output, attempts } = await execute({ DeleteObjects: failed }, {});
    expect(first).to.match(/S3 kept 3 of 7 versions: AccessDenied\.$/);
    expect(output).to.deep.equal({ recordUri: recorded.recordUri });
    expect(attempts.slice(attempts.indexOf("(redriven)") + 1)).to.deep.equal(["DeleteObjects", "DeleteItems", "CheckRemains", ...end]);
    const late = await execute({ Bury: failing("DynamoDB.ConditionalCheckFailedException", "no") }, {});
    expect(late.attempts.slice(late.attempts.indexOf("(redriven)") + 1)).to.deep.equal(["Bury", "AnnounceCaseDeleted"]);
  });
});

describe("CaseDeletion", () => {
  let stack: Awaited<ReturnType<typeof inAccount>>;
  before(async () => {
    stack = await inAccount((opts) => void machines(parts(opts)));
  });
  const grantsOf = (policy: unknown): string[] =>
    Object.values(statements(policy)).flatMap(({ Effect, Action, Resource }) =>
      Effect === "Allow" ? [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${resource}`)) : [],
    );

  it("gives the right to delete versions to one function alone, under the prefixes of cases", () => {
    const holders = stack
      .ofType(aws.iam.RolePolicy)
      .flatMap(({ name, inputs }) => grantsOf(inputs["policy"]).flatMap((grant) => (/^(s3:Delete|s3:\*|\*)/.test(grant) ? [`${name} ${grant}`] : [])));
    const bucket = "arn:aws:s3:::svp-unit-111111111111";
    expect(holders).to.have.members(
      [
        "raw/raw-videos/",
        ...["processed-videos", "screened-pictures", "converted-videos", "analysis-results", "processed-metadata", "exports", "annotations"].map(
          (area) => `processed/${area}/`,
        ),
      ].map((place) => `delete-delete-objects-role-policy s3:DeleteObjectVersion ${bucket}-${place}*`),
    );
  });

  it("lets one function stop executions, of machines that work on cases", () => {
    const grants = grantsOf(stack.one(aws.iam.RolePolicy, "delete-stop-executions-role-policy").inputs["policy"]);
    expect(grants.filter((grant) => grant.startsWith("states:StopExecution"))).to.have.members(
      ["case-analysis", "case-report", "case-export"].map((name) => `states:StopExecution arn:aws:states:us-east-1:111111111111:execution:svp-unit-${name}:*`),
    );
  });

  it("keeps its records under lock for six years", () => {
    const { rule } = stack.one(aws.s3.BucketObjectLockConfiguration, "lake-records-lock").inputs as { rule: object };
    expect(rule).to.deep.equal({ defaultRetention: { mode: "COMPLIANCE", days: 2192 } });
  });

  it("asks for locks only where videos have any", () => {
    const { variables } = stack.one(aws.lambda.Function, "delete-check-holds").inputs["environment"] as { variables: Record<string, string> };
    expect(variables).to.include({ OBJECT_LOCK: "false", RETENTION_DAYS: '{"clinical":2557,"research":1096}' });
    expect(grantsOf(stack.one(aws.iam.RolePolicy, "delete-check-holds-role-policy").inputs["policy"]).filter((grant) => grant.startsWith("s3:"))).to.deep.equal(
      [],
    );
  });

  it("refuses a retention and a pause that make no sense", async () => {
    const made = (more: object) => failure(inAccount((opts) => void machines(parts(opts), more)));
    expect((await made({ retentionDays: { clinical: -1, research: 0 } })).message).to.include("retentionDays.clinical must be a whole number of days");
    expect((await made({ settleSeconds: 0 })).message).to.include("settleSeconds must be 1 to 3600");
  });
});
