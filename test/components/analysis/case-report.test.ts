import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { caseReportDefinition } from "../../../components/analysis/case-report.asl.ts";
import { CaseReport } from "../../../components/analysis/case-report.ts";
import type { Definition, Json } from "../../../local/services/states/definition.ts";
import { StatesError } from "../../../local/services/states/error.ts";
import { type Run, runMachine } from "../../../local/services/states/interpreter.ts";
import { parseDefinition } from "../../../local/services/states/lint.ts";
import { parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";
import { type Answer, type Arguments, caseId, failing, runId, thrown, undistributed } from "./execution.ts";

const event = { source: "svp.case-analysis", "detail-type": "CaseAnalysed", detail: { caseId, runId, status: "COMPLETE" } };
const startedAt = "2026-11-26T10:00:00.000Z";
const target = (name: string) => ({ arn: `arn:aws:lambda:us-east-1:111111111111:function:${name}`, timeoutSeconds: 120 });
const writer = { kind: "template", id: "svp-report-template", version: "1.0.0", drafts: 1 };
const good: Record<string, Answer> = {
  GatherEvidence: () => ({ Payload: { evidenceUri: "s3://processed/evidence.json", itemCount: 9 } }),
  WriteTemplate: () => ({ Payload: { writer } }),
  CheckGrounding: () => ({ Payload: { verdict: "GROUNDED", sentenceCount: 5, refusedCount: 0 } }),
  PublishReport: ({ Payload }) => ({ Payload: { reportUri: `s3://processed/report/${Payload.language}.json`, sentenceCount: 5, refusedCount: 0 } }),
  RecordReport: () => ({}),
  AnnounceReportWritten: () => ({ FailedEntryCount: 0 }),
};

async function execute(answers: Record<string, Answer> = {}) {
  const definition = caseReportDefinition({
    tableName: "cases",
    functions: { gatherEvidence: target("gather"), writeTemplate: target("write"), checkGrounding: target("check"), publishReport: target("publish") },
  });
  await parseDefinition(JSON.stringify(definition));
  const asked: Record<string, Arguments[]> = {};
  const entries = new Map<string, { value: Json }>();
  const run: Run = {
    journal: {
      recall: (state, kind, attempt = 0) => entries.get(`${state} ${kind} ${attempt}`) as never,
      record: (state, kind, attempt, value) => {
        entries.set(`${state} ${kind} ${attempt}`, { value });
        return entries.size;
      },
    },
    context: {
      Execution: { Id: "execution", Name: "report", Input: event as unknown as Json, StartTime: startedAt, RoleArn: "role", RedriveCount: 0 },
      StateMachine: { Id: "machine", Name: "case-report" },
    },
    waitScale: 0,
    async task({ key, attempt, arguments: evaluate }) {
      const name = key.replace(/.*\//, "").replace(/#\d+$/, "");
      const given = await evaluate(undefined);
      asked[name] = [...(asked[name] ?? []), given];
      return { result: ({ ...good, ...answers }[name] as Answer)(given, attempt), lastEvent: 0 };
    },
    distributed: undistributed,
    notify: () => undefined,
  };
  const frame = { path: "", variables: {}, map: undefined, signal: new AbortController().signal, lastEvent: 0 };
  try {
    return { output: await runMachine(run, definition as unknown as Definition, event as unknown as Json, frame), error: undefined, asked };
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    return { output: undefined, error, asked };
  }
}

describe("case-report", () => {
  it("writes, checks and publishes every language, then records and announces", async () => {
    const { output, asked } = await execute();
    const reports = ["en", "zh-TW"].map((language) => ({ language, reportUri: `s3://processed/report/${language}.json`, sentenceCount: 5, refusedCount: 0 }));
    expect(output).to.deep.equal({ reports });
    expect(asked["GatherEvidence"]?.map(({ Payload }) => Payload)).to.deep.equal([{ caseId, runId }]);
    expect(asked["CheckGrounding"]?.map(({ Payload }) => Payload)).to.have.deep.members(
      ["en", "zh-TW"].map((language) => ({ caseId, runId, language, draft: 1, writer })),
    );
    expect(asked["PublishReport"]?.map(({ Payload }) => Payload.writtenAt)).to.deep.equal([startedAt, startedAt]);
    const item = asked["RecordReport"]?.[0].Item;
    expect(item).to.deep.equal({
      caseId: { S: caseId },
      item: { S: `REPORT#${runId}` },
      runId: { S: runId },
      writtenAt: { S: startedAt },
      reports: { L: reports.map(({ language, reportUri }) => ({ M: { language: { S: language }, uri: { S: reportUri } } })) },
    });
    expect(asked["AnnounceReportWritten"]?.[0].Entries[0]).to.deep.include({
      Source: "svp.case-report",
      DetailType: "ReportWritten",
      Detail: { caseId, runId, languages: ["en", "zh-TW"] },
    });
  });

  it("tries again what passes", async () => {
    const busy = failing("Lambda.TooManyRequestsException", "busy", 2, { Payload: { writer } });
    const { error, asked } = await execute({ WriteTemplate: busy });
    expect(error).to.equal(undefined);
    expect(asked["WriteTemplate"]).to.have.length(6);
  });

  for (const state of ["GatherEvidence", "WriteTemplate", "CheckGrounding", "PublishReport", "RecordReport", "AnnounceReportWritten"])
    it(`fails with the reason in words when ${state} fails`, async () => {
      const { error } = await execute({ [state]: failing("BrokenContract", thrown("BrokenContract", "It is broken.")) });
      expect([error?.error, error?.causeText]).to.deep.equal(["BrokenContract", "It is broken."]);
    });
});

describe("CaseReport", () => {
  let stack: Awaited<ReturnType<typeof inAccount>>;
  before(async () => {
    stack = await inAccount((opts) => {
      const { settings, keys, lake, table } = parts(opts);
      new CaseReport("case-report", { settings, keys, lake, table }, opts);
    });
  });

  it("is started by finished analyses, in a role that can do nothing else; what can't start is kept", () => {
    const machineArn = "arn:aws:states:us-east-1:111111111111:stateMachine:svp-unit-case-report";
    expect(JSON.parse(stack.one(aws.cloudwatch.EventRule, "case-report-rule").inputs["eventPattern"] as string)).to.deep.equal({
      source: ["svp.case-analysis"],
      "detail-type": ["CaseAnalysed"],
    });
    const { arn, roleArn, deadLetterConfig } = stack.one(aws.cloudwatch.EventTarget, "case-report-target").inputs;
    expect({ arn, roleArn }).to.deep.equal({ arn: machineArn, roleArn: "arn:aws:iam::111111111111:role/svp-unit-case-report-start-role" });
    expect(deadLetterConfig).to.deep.equal({ arn: "arn:aws:sqs:us-east-1:111111111111:svp-unit-dead-letters" });
    const granted = statements(stack.one(aws.iam.RolePolicy, "case-report-start-role-policy").inputs["policy"]);
    expect(granted).to.deep.equal({ StartReport: { Effect: "Allow", Action: ["states:StartExecution"], Resource: [machineArn] } });
  });

  it("lets its functions read and write what the platform concluded, and nothing else of the lake", () => {
    for (const name of ["gather-evidence", "write-template", "check-grounding", "publish-report"]) {
      const granted = Object.values(statements(stack.one(aws.iam.RolePolicy, `report-${name}-role-policy`).inputs["policy"]));
      const objects = granted.flatMap(({ Action, Resource }) =>
        [Action]
          .flat()
          .filter((action) => /^s3:(Get|Put)/.test(action))
          .map((action) => `${action} ${String([Resource].flat()[0]).replace(/.*processed\//, "")}`),
      );
      expect(objects).to.deep.equal(["s3:GetObject processed-metadata/*", "s3:PutObject processed-metadata/*"]);
    }
  });
});
