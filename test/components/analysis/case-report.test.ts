import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { caseReportDefinition } from "../../../components/analysis/case-report.asl.ts";
import { CaseReport } from "../../../components/analysis/case-report.ts";
import { parseDefinition } from "../../../local/services/states/lint.ts";
import { failure } from "../../support/failure.ts";
import { runDefinition, startTime } from "../machine-run.ts";
import { parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";
import { type Answer, type Arguments, caseId, failing, runId, thrown } from "./execution.ts";

const event = { source: "svp.case-analysis", "detail-type": "CaseAnalysed", detail: { caseId, runId, status: "COMPLETE" } };
const target = (name: string) => ({ arn: `arn:aws:lambda:us-east-1:111111111111:function:${name}`, timeoutSeconds: 120 });
const writer = { kind: "template", id: "svp-report-template", version: "1.0.0", drafts: 1 };
const good: Record<string, Answer> = {
  GatherEvidence: () => ({ Payload: { evidenceUri: "s3://processed/evidence.json", itemCount: 9 } }),
  WriteTemplate: () => ({ Payload: { writer } }),
  CheckGrounding: () => ({ Payload: { verdict: "GROUNDED", sentenceCount: 5, refusedCount: 0 } }),
  PublishReport: ({ Payload }) => ({
    Payload: { reportUri: `s3://processed/report/${Payload.language}.json`, sentenceCount: 5, refusedCount: 0, costUsd: 0.02, isPriced: true },
  }),
  RecordReport: () => ({}),
  RecordCost: () => ({}),
  AnnounceReportWritten: () => ({ FailedEntryCount: 0 }),
};

async function execute(answers: Record<string, Answer> = {}, drafter?: Parameters<typeof caseReportDefinition>[0]["drafter"]) {
  const definition = caseReportDefinition({
    tableName: "cases",
    functions: { gatherEvidence: target("gather"), writeTemplate: target("write"), checkGrounding: target("check"), publishReport: target("publish") },
    ...(drafter && { drafter }),
  });
  await parseDefinition(JSON.stringify(definition));
  const { asked, ...ended } = await runDefinition(definition, { machine: "case-report", execution: "report", input: event }, { ...good, ...answers });
  const byState = Map.groupBy(asked, ({ name }) => name);
  return { ...ended, asked: Object.fromEntries([...byState].map(([name, own]): [string, Arguments[]] => [name, own.map((one) => one.arguments)])) };
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
    expect(asked["PublishReport"]?.map(({ Payload }) => Payload.writtenAt)).to.deep.equal([startTime, startTime]);
    const item = asked["RecordReport"]?.[0].Item;
    expect(item).to.deep.equal({
      caseId: { S: caseId },
      item: { S: `REPORT#${runId}` },
      runId: { S: runId },
      writtenAt: { S: startTime },
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

describe("case-report with a language model", () => {
  const drafter = { draftReport: target("draft"), maxRedrafts: 1 };
  const model = { kind: "language-model", id: "a-model", version: "1.0.0", drafts: 1 };
  const drafted =
    (outcome: string): Answer =>
    () => ({ Payload: { outcome, writer: model } });
  const verdicts =
    (...wanted: string[]): Answer =>
    ({ Payload }) => ({ Payload: { verdict: wanted[Payload.draft - 1] ?? "GROUNDED", sentenceCount: 1, refusedCount: 0 } });
  /** What the English report went through. */
  const told = (asked: Record<string, Arguments[]>, state: string) =>
    (asked[state] ?? [])
      .filter(({ Payload }) => Payload.language === "en")
      .map(({ Payload: { draft, withoutModel } }) => (withoutModel ? `${draft} ${withoutModel}` : draft));
  const run = async (answers: Record<string, Answer>) => {
    const { error, asked } = await execute(answers, drafter);
    expect(error?.causeText).to.equal(undefined);
    return ["DraftReport", "WriteTemplate", "CheckGrounding", "PublishReport"].map((state) => told(asked, state));
  };

  it("publishes a draft that stands", async () => {
    expect(await run({ DraftReport: drafted("DRAFTED") })).to.deep.equal([[1], [], [1], [1]]);
  });
  it("keeps with the case what all its reports cost, for the run that they are of", async () => {
    const update = async (isPriced: (language: string) => boolean) => {
      const published: Answer = ({ Payload: { language } }) => ({
        Payload: {
          reportUri: `s3://processed/${language}`,
          sentenceCount: 1,
          refusedCount: 0,
          costUsd: language === "en" ? 0.02 : 0.0301,
          isPriced: isPriced(language),
        },
      });
      const { error, asked } = await execute({ DraftReport: drafted("DRAFTED"), PublishReport: published }, drafter);
      expect(error).to.equal(undefined);
      expect(asked["AnnounceReportWritten"]).to.have.length(1);
      return asked["RecordCost"]?.map((one) => one);
    };
    const [asked] = (await update(() => true)) ?? [];
    expect(asked).to.deep.include({
      Key: { caseId: { S: caseId }, item: { S: "SUMMARY" } },
      UpdateExpression: "SET reportCost = :cost",
      ConditionExpression: "runId = :run AND #status <> :deleting",
    });
    expect(asked?.ExpressionAttributeValues[":cost"]).to.deep.equal({ M: { runId: { S: runId }, usd: { N: "0.0501" }, isPriced: { BOOL: true } } });
    const [unpriced] = (await update((language) => language === "en")) ?? [];
    expect(unpriced?.ExpressionAttributeValues[":cost"].M.isPriced).to.deep.equal({ BOOL: false });
  });
  it("leaves the case alone that another run has claimed, and announces the report all the same", async () => {
    const gone = failing("DynamoDB.ConditionalCheckFailedException", "The conditional request failed");
    const { error, asked } = await execute({ DraftReport: drafted("DRAFTED"), RecordCost: gone }, drafter);
    expect(error).to.equal(undefined);
    expect(asked["AnnounceReportWritten"]).to.have.length(1);
    const broken = await execute(
      { DraftReport: drafted("DRAFTED"), RecordCost: failing("BrokenContract", thrown("BrokenContract", "It is broken.")) },
      drafter,
    );
    expect([broken.error?.error, broken.error?.causeText]).to.deep.equal(["BrokenContract", "It is broken."]);
  });
  it("lets what was refused be written again", async () => {
    expect(await run({ DraftReport: drafted("DRAFTED"), CheckGrounding: verdicts("REFUSED", "GROUNDED") })).to.deep.equal([[1, 2], [], [1, 2], [2]]);
  });
  it("has the template write after the last redraft, whatever the check says of it", async () => {
    const always = { DraftReport: drafted("UNREADABLE"), CheckGrounding: verdicts("REFUSED", "REFUSED", "REFUSED") };
    expect(await run(always)).to.deep.equal([[1, 2], [3], [1, 2, 3], [3]]);
  });
  it("asks no more once the guardrail stepped in", async () => {
    expect(await run({ DraftReport: drafted("INTERVENED"), CheckGrounding: verdicts("REFUSED", "GROUNDED") })).to.deep.equal([[1], [2], [1, 2], [2]]);
  });
  it("waits for a busy model, then has the template write and say why", async () => {
    const busy = failing("TryAgain", thrown("TryAgain", "busy"));
    expect(await run({ DraftReport: busy })).to.deep.equal([[1, 1, 1, 1, 1, 1, 1], [1], ["1 The language model stayed too busy to answer."], [1]]);
  });
  for (const cause of ["Sandbox.Timedout", "Runtime.OutOfMemory", "ValidationException", "ResourceNotFoundException"])
    it(`has the template write where the model gives no answer (${cause}), and say so`, async () => {
      expect(await run({ DraftReport: failing(cause, thrown(cause, "No answer.")) })).to.deep.equal([[1], [1], ["1 The language model gave no answer."], [1]]);
    });
  for (const cause of ["AccessDeniedException", "Misconfigured", "BrokenContract"])
    it(`fails where the platform is wrong and not the model: ${cause}`, async () => {
      const { error } = await execute({ DraftReport: failing(cause, thrown(cause, "No.")) }, drafter);
      expect([error?.error, error?.causeText]).to.deep.equal([cause, "No."]);
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

describe("CaseReport with a language model", () => {
  const modelArn = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";
  let stack: Awaited<ReturnType<typeof inAccount>>;
  before(async () => {
    stack = await inAccount((opts) => {
      const { settings, keys, lake, table } = parts(opts);
      new CaseReport(
        "case-report",
        { settings, keys, lake, table, drafter: { route: { kind: "bedrock", modelId: "amazon.nova-lite-v1:0" }, maxRedrafts: 2, pictures: 6 } },
        opts,
      );
    });
  });

  it("lets one function ask one model, behind one version of one guardrail, and tells it which", () => {
    const { guardrailArn, guardrailId } = stack.one(aws.bedrock.Guardrail, "case-report-model-guardrail").outputs;
    const { version } = stack.one(aws.bedrock.GuardrailVersion, "case-report-model-guardrail-version").outputs;
    const granted = statements(stack.one(aws.iam.RolePolicy, "report-draft-report-role-policy").inputs["policy"]);
    expect(granted["AskModel"]).to.deep.equal({
      Effect: "Allow",
      Action: ["bedrock:InvokeModel"],
      Resource: [modelArn],
      Condition: { StringEquals: { "bedrock:GuardrailIdentifier": `${guardrailArn}:${version}` } },
    });
    expect(granted["PassGuardrail"]).to.deep.equal({ Effect: "Allow", Action: ["bedrock:ApplyGuardrail"], Resource: [guardrailArn] });
    expect(granted["OpenGuardrail"]).to.deep.equal({
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: [stack.one(aws.kms.Key, "keys-derived").outputs["arn"]],
      Condition: { StringEquals: { "kms:CallerAccount": "111111111111" } },
    });
    const { variables } = stack.one(aws.lambda.Function, "report-draft-report").inputs["environment"] as { variables: Record<string, string> };
    expect(variables).to.include({
      MODEL_ROUTE: "bedrock",
      MODEL_STRUCTURED: "false",
      MODEL_PICTURES: "6",
      MODEL_ID: "amazon.nova-lite-v1:0",
      GUARDRAIL_ID: guardrailId,
      GUARDRAIL_VERSION: version,
    });
    const machine = statements(stack.one(aws.iam.RolePolicy, "case-report-role-policy").inputs["policy"]);
    expect(machine["RecordCost"]?.Action).to.deep.equal(["dynamodb:UpdateItem"]);
    expect(JSON.stringify(granted["ReadThumbnails"]?.Resource)).to.match(/-processed\/analysis-results\/\*/);
    const asking = stack
      .ofType(aws.iam.RolePolicy)
      .filter(({ inputs }) => (inputs["policy"] as string).includes("bedrock:"))
      .map(({ name }) => name);
    expect(asking).to.deep.equal(["report-draft-report-role-policy"]);
  });

  it("asks no more often than it was told to", () => {
    const { definition } = stack.one(aws.sfn.StateMachine, "case-report").inputs as { definition: string };
    expect(definition)
      .to.include("DraftReport")
      .and.to.match(/\$draft < 3|\$draft <= 2/);
  });
});

describe("CaseReport with the language model of a third party", () => {
  const secretArn = "arn:aws:secretsmanager:us-east-1:111111111111:secret:svp-unit-llm-AbCdEf";
  const secretKeyArn = "arn:aws:kms:us-east-1:111111111111:key/1";
  const thirdParty = {
    vendor: "Example",
    endpoint: "https://llm.example.org/v1/",
    secretArn,
    secretKeyArn,
    baaSignedOn: "2026-01-31",
    baaEndsOn: "2099-01-30",
  };
  const network = { subnetIds: [pulumi.output("subnet-out-a"), pulumi.output("subnet-out-b")], securityGroupId: pulumi.output("sg-outside") };
  const deploy = (changes: Partial<typeof thirdParty> = {}) =>
    inAccount((opts) => {
      const { settings, keys, lake, table } = parts(opts);
      const route = { kind: "third-party", modelId: "large-1", network, thirdParty: { ...thirdParty, ...changes } } as const;
      new CaseReport("case-report", { settings, keys, lake, table, drafter: { route, maxRedrafts: 1, pictures: 0 } }, opts);
    });
  let stack: Awaited<ReturnType<typeof inAccount>>;
  before(async () => {
    stack = await deploy();
  });

  it("gives one function a way out, which knows the agreement and reads one secret and nothing else", () => {
    const { inputs } = stack.one(aws.lambda.Function, "report-ask-third-party");
    expect(inputs["vpcConfig"]).to.deep.equal({ subnetIds: ["subnet-out-a", "subnet-out-b"], securityGroupIds: ["sg-outside"] });
    expect((inputs["environment"] as { variables: object }).variables).to.deep.equal({
      ...{ MODEL_VENDOR: "Example", MODEL_URL: "https://llm.example.org/v1/chat/completions", MODEL_SECONDS: "220" },
      ...{ AGREEMENT_SIGNED_ON: "2026-01-31", AGREEMENT_ENDS_ON: "2099-01-30", MODEL_SECRET_ARN: secretArn },
    });
    const granted = statements(stack.one(aws.iam.RolePolicy, "report-ask-third-party-role-policy").inputs["policy"]);
    const common = statements(stack.one(aws.iam.RolePolicy, "report-check-grounding-role-policy").inputs["policy"]);
    const own = Object.keys(granted).filter((sid) => !(sid in common));
    expect(own).to.deep.equal(["ReadKeyOfVendor", "OpenKeyOfVendor"]);
    expect(granted["ReadKeyOfVendor"]).to.deep.equal({ Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: [secretArn] });
    expect(granted["OpenKeyOfVendor"]).to.deep.equal({
      ...{ Effect: "Allow", Action: ["kms:Decrypt"], Resource: [secretKeyArn] },
      Condition: { StringEquals: { "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com" } },
    });
    expect(Object.values(granted).flatMap(({ Action }) => [Action].flat())).not.to.include.members(["s3:GetObject"]);
  });

  it("lets the drafting function ask that one, behind the guardrail, and no model of Bedrock", () => {
    const { arn } = stack.one(aws.lambda.Function, "report-ask-third-party").outputs;
    const { guardrailArn, guardrailId } = stack.one(aws.bedrock.Guardrail, "case-report-model-guardrail").outputs;
    const granted = statements(stack.one(aws.iam.RolePolicy, "report-draft-report-role-policy").inputs["policy"]);
    expect(granted["AskThirdParty"]).to.deep.equal({ Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: [arn] });
    expect(granted["PassGuardrail"]).to.deep.equal({ Effect: "Allow", Action: ["bedrock:ApplyGuardrail"], Resource: [guardrailArn] });
    expect(granted).not.to.have.any.keys("AskModel", "ReadThumbnails");
    const { variables } = stack.one(aws.lambda.Function, "report-draft-report").inputs["environment"] as { variables: Record<string, string> };
    expect(variables).to.include({ MODEL_ROUTE: "third-party", MODEL_ID: "large-1", MODEL_VENDOR: "Example", GUARDRAIL_ID: guardrailId });
    expect(variables["MODEL_FUNCTION"]).to.equal("svp-unit-report-ask-third-party");
  });

  it("refuses a secret that roles can't reach", async () => {
    const error = await failure(deploy({ secretArn: "arn:aws:secretsmanager:us-east-1:111111111111:secret:other-AbCdEf" }));
    expect(error.message).to.include("thirdParty.secretArn must begin with arn:aws:secretsmanager:us-east-1:111111111111:secret:svp-unit-");
  });
});
