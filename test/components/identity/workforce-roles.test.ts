import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { emergencyRuleArn, WorkforceRoles } from "../../../components/identity/workforce-roles.ts";
import { createIam, type Iam } from "../../../local/services/iam/iam.ts";
import { failure } from "../../support/failure.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { datasetsBucket } from "../learning/datasets.ts";
import { alertTopicArn, parts, uploadEvents } from "../parts.ts";
import { inAccount, place } from "../place.ts";

const deadLetterArn = "arn:aws:sqs:us-east-1:111111111111:svp-unit-dead-letters";
const people = {
  dataScientists: { permissionSet: "DataScientist" },
  auditors: { permissionSet: "Auditor" },
  operators: { permissionSet: "Operator" },
  emergency: { principals: ["arn:aws:iam::444444444444:user/emergency-1"] },
};
const make = (who: object = {}) =>
  inAccount((opts) => {
    const made = parts(opts);
    const { raw, processed, models } = made.lake;
    const buckets = { raw, processed, models, datasets: datasetsBucket(made) };
    const roles = new WorkforceRoles(
      "people",
      { place, people: { ...people, ...who }, uploads: uploadEvents(made), buckets, table: made.table, alertTopicArn, deadLetterArn },
      opts,
    );
    return { dataScientist: roles.dataScientistArn, auditor: roles.auditorArn, emergency: roles.emergencyArn };
  });

const bucket = (suffix: string) => `arn:aws:s3:::svp-unit-111111111111-${suffix}`;
const sagemaker = (resource: string) => `arn:aws:sagemaker:us-east-1:111111111111:${resource}`;
const viaS3 = { "kms:ViaService": "s3.us-east-1.amazonaws.com" };

describe("WorkforceRoles", () => {
  let stack: Deployed;
  let iam: Iam;
  before(async () => {
    stack = await make();
    // What a role may really do is asked of the evaluator that the local cloud enforces roles with.
    iam = createIam({ accountId: "111111111111" });
    for (const { inputs, outputs } of stack.ofType(aws.iam.Role)) {
      iam.putRole({ arn: outputs["arn"] as string, trustPolicy: JSON.parse(inputs["assumeRolePolicy"] as string) });
    }
    for (const { inputs } of stack.ofType(aws.iam.RolePolicy)) {
      iam.putRolePolicy(`arn:aws:iam::111111111111:role/${inputs["role"]}`, "permissions", JSON.parse(inputs["policy"] as string));
    }
  });

  /** Whether a role may; the key of a class of data is used through S3. */
  function may(role: string, action: string, resource: string, context: Record<string, string> = viaS3): boolean {
    try {
      iam.authorize({ arn: `arn:aws:iam::111111111111:role/svp-unit-people-${role}` }, action, resource, context);
      return true;
    } catch {
      return false;
    }
  }
  const key = (name: string) => stack.one(aws.kms.Key, `keys-${name}`).outputs["arn"] as string;

  it("makes four roles that last an hour", () => {
    expect(stack.outputs).to.deep.equal({
      dataScientist: "arn:aws:iam::111111111111:role/svp-unit-people-data-scientist",
      auditor: "arn:aws:iam::111111111111:role/svp-unit-people-auditor",
      emergency: "arn:aws:iam::111111111111:role/svp-unit-people-emergency",
    });
    const roles = stack.ofType(aws.iam.Role);
    expect(roles.map(({ inputs }) => inputs["maxSessionDuration"])).to.deep.equal([3600, 3600, 3600, 3600]);
    for (const role of roles) expect(role.parent).to.match(new RegExp(`svp:identity:TrustedRole::${role.name}$`));
  });

  it("lets an operator start, follow and stop backfills, and give dead letters back", () => {
    const states = (resource: string) => `arn:aws:states:us-east-1:111111111111:${resource}`;
    const sqs = (name: string) => `arn:aws:sqs:us-east-1:111111111111:svp-unit-upload-events-${name}`;
    for (const [action, resource] of [
      ["states:StartExecution", states("stateMachine:svp-unit-backfill")],
      ["states:StopExecution", states("execution:svp-unit-backfill:b")],
      ["states:ListMapRuns", states("execution:svp-unit-backfill:b")],
      ["states:DescribeMapRun", states("mapRun:svp-unit-backfill/AnalyseVideos:r")],
      ["s3:PutObject", `${bucket("processed")}/backfills/b/manifest.jsonl`],
      ["s3:GetObject", `${bucket("processed")}/backfills/b/results/r/FAILED_0.json`],
      ["sqs:StartMessageMoveTask", sqs("queue-dead-letters")],
      ["sqs:ReceiveMessage", sqs("queue-dead-letters")],
      ["sqs:SendMessage", sqs("queue")],
    ] as const)
      expect(may("operator", action, resource), `${action} ${resource}`).to.equal(true);
    expect(may("operator", "s3:ListBucket", bucket("raw"), { "s3:prefix": "raw-videos/" })).to.equal(true);
  });

  it("shows an operator no case, lets them start no other machine, write nothing else and take no upload out of its queue", () => {
    const states = (resource: string) => `arn:aws:states:us-east-1:111111111111:${resource}`;
    for (const [action, resource] of [
      ["s3:GetObject", `${bucket("raw")}/raw-videos/c/u/source`],
      ["s3:GetObject", `${bucket("processed")}/analysis-metadata/c/r/analysis.json`],
      ["s3:GetObject", `${bucket("processed")}/analysis-results/c/r/x`],
      ["s3:PutObject", `${bucket("processed")}/analysis-results/c/r/x`],
      ["s3:PutObject", `${bucket("processed")}/backfills/b/results/r/FAILED_0.json`],
      ["dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111111111111:table/svp-unit-cases"],
      ["states:StartExecution", states("stateMachine:svp-unit-case-analysis")],
      ["states:GetExecutionHistory", states("execution:svp-unit-backfill:b")],
      ["sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:111111111111:svp-unit-upload-events-queue"],
    ] as const)
      expect(may("operator", action, resource), `${action} ${resource}`).to.equal(false);
  });

  it("makes no operator where nobody is one", async () => {
    const without = await make({ operators: undefined });
    expect(without.ofType(aws.iam.Role).map(({ name }) => name)).to.have.length(3);
  });

  it("lets a data scientist read datasets, results and measures, and train", () => {
    for (const object of [`${bucket("datasets")}/datasets/d/v1/x`, `${bucket("processed")}/analysis-results/c/r/x`, `${bucket("models")}/training/x`])
      expect(may("data-scientist", "s3:GetObject", object), object).to.equal(true);
    for (const name of ["datasets", "derived", "models"]) expect(may("data-scientist", "kms:Decrypt", key(name)), name).to.equal(true);
    expect(may("data-scientist", "sagemaker:StartPipelineExecution", sagemaker("pipeline/svp-unit-retrain"))).to.equal(true);
    expect(may("data-scientist", "sagemaker:DescribePipelineExecution", sagemaker("pipeline/svp-unit-retrain/execution/abc"))).to.equal(true);
  });

  it("never lets a data scientist see a video, approve a version or administer a key", () => {
    for (const object of [`${bucket("raw")}/raw-videos/c/u/source`, `${bucket("processed")}/processed-videos/c/r/review/review.mp4`])
      expect(may("data-scientist", "s3:GetObject", object), object).to.equal(false);
    expect(may("data-scientist", "kms:Decrypt", key("raw"))).to.equal(false);
    expect(may("data-scientist", "kms:PutKeyPolicy", key("datasets"))).to.equal(false);
    expect(may("data-scientist", "sagemaker:UpdateModelPackage", sagemaker("model-package/svp-unit-instrument-detector/1"))).to.equal(false);
    // The Deny holds whatever is granted beside.
    iam.putRolePolicy("arn:aws:iam::111111111111:role/svp-unit-people-data-scientist", "mistake", {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    });
    expect(may("data-scientist", "s3:GetObject", `${bucket("raw")}/raw-videos/c/u/source`)).to.equal(false);
    expect(may("data-scientist", "kms:Decrypt", key("raw"))).to.equal(false);
  });

  it("lets an auditor look at everything but data", () => {
    for (const action of ["cloudtrail:LookupEvents", "config:GetResourceConfigHistory", "securityhub:GetFindings", "iam:GetAccountAuthorizationDetails"])
      expect(may("auditor", action, "*"), action).to.equal(true);
    expect(may("auditor", "s3:GetBucketPolicy", bucket("raw"))).to.equal(true);
    expect(may("auditor", "kms:GetKeyPolicy", key("raw"))).to.equal(true);
    for (const [action, resource] of [
      ["s3:GetObject", `${bucket("processed")}/processed-metadata/c/r/analysis.json`],
      ["dynamodb:Query", "arn:aws:dynamodb:us-east-1:111111111111:table/svp-unit-cases"],
      ["kms:Decrypt", key("derived")],
      ["logs:GetLogEvents", "arn:aws:logs:us-east-1:111111111111:log-group:x"],
    ] as const)
      expect(may("auditor", action, resource), action).to.equal(false);
  });

  it("lets an auditor change nothing", () => {
    const policy = JSON.parse(stack.one(aws.iam.RolePolicy, "people-auditor-policy").inputs["policy"] as string);
    const allowed = policy.Statement.filter(({ Effect }: { Effect: string }) => Effect === "Allow").flatMap(({ Action }: { Action: string[] }) => Action);
    expect(allowed.filter((action: string) => !/:(Get|List|Describe|Lookup|GenerateCredentialReport)/.test(action))).to.deep.equal([]);
  });

  it("lets the emergency role read any case, and write none", () => {
    for (const object of [
      `${bucket("raw")}/raw-videos/c/u/source`,
      `${bucket("processed")}/processed-videos/c/r/x`,
      `${bucket("processed")}/processed-metadata/c/r/x`,
    ])
      expect(may("emergency", "s3:GetObject", object), object).to.equal(true);
    for (const name of ["raw", "derived"]) expect(may("emergency", "kms:Decrypt", key(name)), name).to.equal(true);
    expect(may("emergency", "dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111111111111:table/svp-unit-cases", {})).to.equal(true);
    expect(may("emergency", "s3:PutObject", `${bucket("raw")}/raw-videos/c/u/source`)).to.equal(false);
    expect(may("emergency", "dynamodb:UpdateItem", "arn:aws:dynamodb:us-east-1:111111111111:table/svp-unit-cases", {})).to.equal(false);
  });

  it("lets the emergency role be taken only where its use is watched", () => {
    const trust = JSON.parse(stack.one(aws.iam.Role, "people-emergency").inputs["assumeRolePolicy"] as string).Statement[0];
    expect(trust.Condition.StringEquals).to.deep.equal({ "aws:PrincipalOrgID": "o-unit000000", "aws:RequestedRegion": "us-east-1" });
    expect(trust.Condition.Bool).to.deep.equal({ "aws:MultiFactorAuthPresent": "true" });
    const others = JSON.parse(stack.one(aws.iam.Role, "people-data-scientist").inputs["assumeRolePolicy"] as string).Statement[0];
    expect(others.Condition).not.to.have.property("StringEquals");
  });

  it("tells of every use of the emergency role, without the session's token", () => {
    const rule = stack.one(aws.cloudwatch.EventRule, "people-emergency-used");
    expect(rule.inputs["name"]).to.equal("svp-unit-people-emergency-used");
    expect(rule.outputs["arn"]).to.equal(emergencyRuleArn(place, "people"));
    expect(JSON.parse(rule.inputs["eventPattern"] as string)).to.deep.equal({
      source: ["aws.sts"],
      "detail-type": ["AWS API Call via CloudTrail"],
      detail: {
        eventSource: ["sts.amazonaws.com"],
        eventName: ["AssumeRole", "AssumeRoleWithSAML"],
        requestParameters: { roleArn: [stack.outputs["emergency"]] },
      },
    });
    const { inputTransformer, ...target } = stack.one(aws.cloudwatch.EventTarget, "people-emergency-alert").inputs;
    expect(target).to.deep.equal({
      rule: "svp-unit-people-emergency-used",
      targetId: "alert",
      arn: alertTopicArn,
      deadLetterConfig: { arn: deadLetterArn },
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
    });
    const { inputPaths, inputTemplate } = inputTransformer as { inputPaths: Record<string, string>; inputTemplate: string };
    expect(Object.values(inputPaths).filter((path) => path.includes("responseElements"))).to.deep.equal([]);
    expect([...inputTemplate.matchAll(/<(\w+)>/g)].map(([, name]) => name).sort()).to.deep.equal(Object.keys(inputPaths).sort());
    expect(JSON.parse(inputTemplate)).to.be.a("string");
  });

  it("refuses people who can't be told apart from others", async () => {
    const error = async (who: object) => (await failure(make(who))).message;
    expect(await error({ emergency: { principals: [] } })).to.contain(
      'svp:identity:WorkforceRoles "people": people.emergency must name at least one principal.',
    );
    expect(await error({ auditors: { permissionSet: "*" } })).to.contain('people.auditors must name a permission set, without a wildcard, not "*".');
  });
});
