import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { type FunctionSettings, PlatformFunction, type PlatformFunctionArgs } from "../../../components/compute/platform-function.ts";
import { allow } from "../../../components/security/policy.ts";
import { failure } from "../../support/failure.ts";
import { alertTopicArn, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

const what: Omit<PlatformFunctionArgs, "settings"> = {
  handler: "ingest/start-analysis",
  description: "Starts",
  timeoutSeconds: 30,
  memoryMb: 256,
  environment: { PIPELINE_VERSION: "1" },
  statements: [allow("Start", ["states:StartExecution"], ["arn:aws:states:us-east-1:111111111111:stateMachine:m"])],
};
const make = (opts: { provider: aws.Provider }, more: Partial<PlatformFunctionArgs> = {}, settings: Partial<FunctionSettings> = {}) =>
  new PlatformFunction({ ...what, ...more, settings: { ...parts(opts).settings, ...settings } }, opts);

const deadLettersArn = "arn:aws:sqs:us-east-1:111111111111:svp-unit-dead-letters";
const networkActions = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:UnassignPrivateIpAddresses",
];

describe("PlatformFunction", () => {
  it("runs the bundled handler on arm64, traced, its environment and log encrypted", async () => {
    const stack = await inAccount((opts) => void make(opts));
    const keyArn = stack.one(aws.kms.Key, "keys-logs").outputs["arn"];
    const { code, ...inputs } = stack.one(aws.lambda.Function, "ingest-start-analysis").inputs;
    expect(code).to.have.property("path", "bundles/ingest/start-analysis");
    expect(inputs).to.deep.equal({
      name: "svp-unit-ingest-start-analysis",
      description: "Starts",
      role: "arn:aws:iam::111111111111:role/svp-unit-ingest-start-analysis-role",
      handler: "index.handler",
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      timeout: 30,
      memorySize: 256,
      environment: { variables: { PIPELINE_VERSION: "1" } },
      kmsKeyArn: keyArn,
      vpcConfig: { subnetIds: ["subnet-a", "subnet-b"], securityGroupIds: ["sg-functions"] },
      deadLetterConfig: { targetArn: deadLettersArn },
      tracingConfig: { mode: "Active" },
      loggingConfig: { logFormat: "JSON", applicationLogLevel: "INFO", systemLogLevel: "INFO", logGroup: "/aws/lambda/svp-unit-ingest-start-analysis" },
    });
    expect(stack.one(aws.cloudwatch.LogGroup, "ingest-start-analysis-log").inputs).to.deep.equal({
      name: "/aws/lambda/svp-unit-ingest-start-analysis",
      kmsKeyId: keyArn,
      retentionInDays: 2192,
    });
  });

  it("raises an alarm when it fails, and when it is throttled", async () => {
    const stack = await inAccount((opts) => void make(opts));
    for (const [suffix, metricName] of [
      ["errors", "Errors"],
      ["throttles", "Throttles"],
    ] as const) {
      const { alarmDescription, ...inputs } = stack.one(aws.cloudwatch.MetricAlarm, `ingest-start-analysis-${suffix}`).inputs;
      expect(alarmDescription).to.be.a("string").and.not.equal("");
      expect(inputs).to.deep.equal({
        name: `svp-unit-ingest-start-analysis-${suffix}`,
        namespace: "AWS/Lambda",
        metricName,
        dimensions: { FunctionName: "svp-unit-ingest-start-analysis" },
        statistic: "Sum",
        period: 300,
        evaluationPeriods: 1,
        threshold: 0,
        comparisonOperator: "GreaterThanThreshold",
        treatMissingData: "notBreaching",
        alarmActions: [alertTopicArn],
      });
    }
  });

  it("may write its own log and trace, join its network, keep its dead letters, do what it was given, and nothing else", async () => {
    const stack = await inAccount((opts) => void make(opts));
    expect(statements(stack.one(aws.iam.RolePolicy, "ingest-start-analysis-role-policy").inputs["policy"])).to.deep.equal({
      WriteLog: {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: ["arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/svp-unit-ingest-start-analysis:*"],
      },
      WriteTrace: { Effect: "Allow", Action: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], Resource: ["*"] },
      JoinNetwork: { Effect: "Allow", Action: networkActions, Resource: ["*"] },
      CodeDoesNotTouchNetwork: {
        Effect: "Deny",
        Action: networkActions,
        Resource: ["*"],
        Condition: { ArnEquals: { "lambda:SourceFunctionArn": ["arn:aws:lambda:us-east-1:111111111111:function:svp-unit-ingest-start-analysis"] } },
      },
      KeepDeadLetters: { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [deadLettersArn] },
      KeepDeadLettersKey: {
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: [stack.one(aws.kms.Key, "keys-logs").outputs["arn"]],
        Condition: { StringEquals: { "kms:ViaService": "sqs.us-east-1.amazonaws.com" } },
      },
      Start: { Effect: "Allow", Action: ["states:StartExecution"], Resource: ["arn:aws:states:us-east-1:111111111111:stateMachine:m"] },
    });
  });

  it("keeps executions free only where asked to", async () => {
    const free = await inAccount((opts) => void make(opts));
    expect(free.one(aws.lambda.Function, "ingest-start-analysis").inputs).not.to.have.property("reservedConcurrentExecutions");
    const stack = await inAccount((opts) => void make(opts, {}, { reservedConcurrency: 5 }));
    expect(stack.one(aws.lambda.Function, "ingest-start-analysis").inputs["reservedConcurrentExecutions"]).to.equal(5);
  });

  it("refuses what Lambda would refuse, and code that was not bundled", async () => {
    const slow = await failure(inAccount((opts) => void make(opts, { timeoutSeconds: 901 })));
    expect(slow.message).to.contain('svp:compute:PlatformFunction "ingest-start-analysis": timeoutSeconds must be 1 to 900, not 901.');
    const absent = await failure(inAccount((opts) => void make(opts, {}, { bundles: new Map() })));
    expect(absent.message).to.contain('handler must be one of the bundled handlers, not "ingest/start-analysis".');
  });
});
