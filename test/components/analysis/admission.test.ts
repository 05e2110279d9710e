import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { CaseAnalysis } from "../../../components/analysis/case-analysis.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { admission, catalogue, image, jobNetwork, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

describe("Admission", () => {
  let stack: Deployed;
  before(async () => {
    stack = await inAccount((opts) => {
      const { settings, keys, lake, table } = parts(opts);
      const rekognition = { enabled: true, labels: false, pollSeconds: 45, optOutPolicyId: "p-optout0000" };
      const analysis = new CaseAnalysis(
        "case-analysis",
        { settings, keys, lake, table, catalogue, image, network: jobNetwork, rekognition, analysesAtOnce: 4, scanned: false, pipelineVersion: "1" },
        opts,
      );
      admission(settings, keys, analysis, opts);
    });
  });

  it("keeps leases in an encrypted table that tells of no case", () => {
    const { serverSideEncryption, attributes, tags, ...table } = stack.one(aws.dynamodb.Table, "admission-leases").inputs;
    expect(serverSideEncryption).to.deep.equal({ enabled: true, kmsKeyArn: stack.one(aws.kms.Key, "keys-derived").outputs["arn"] });
    expect(attributes).to.deep.equal([{ name: "class", type: "S" }]);
    expect(tags).to.deep.equal({ "data-classification": "none" });
    expect(table).to.deep.include({ name: "svp-unit-admission-leases", hashKey: "class", deletionProtectionEnabled: true });
  });

  it("hears of every end of this machine's executions, however they end, and loses none", () => {
    const rule = stack.one(aws.cloudwatch.EventRule, "admission-rule");
    expect(JSON.parse(rule.inputs["eventPattern"] as string)).to.deep.equal({
      source: ["aws.states"],
      "detail-type": ["Step Functions Execution Status Change"],
      detail: {
        stateMachineArn: ["arn:aws:states:us-east-1:111111111111:stateMachine:svp-unit-case-analysis"],
        status: ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"],
      },
    });
    const lambda = stack.one(aws.lambda.Function, "ingest-release-lease");
    expect(stack.one(aws.cloudwatch.EventTarget, "admission-target").inputs).to.deep.include({
      arn: lambda.outputs["arn"],
      deadLetterConfig: { arn: stack.one(aws.sqs.Queue, "dead-letters").outputs["arn"] },
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
    });
    expect(stack.one(aws.lambda.Permission, "admission-permission").inputs).to.deep.include({
      principal: "events.amazonaws.com",
      sourceArn: rule.outputs["arn"],
      function: "svp-unit-ingest-release-lease",
    });
  });

  it("lets the function that gives leases back do nothing else", () => {
    const { ReleaseLease } = statements(stack.one(aws.iam.RolePolicy, "ingest-release-lease-role-policy").inputs["policy"]);
    expect(ReleaseLease.Action).to.deep.equal(["dynamodb:UpdateItem"]);
  });
});
