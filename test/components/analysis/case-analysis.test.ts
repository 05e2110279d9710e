import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { CaseAnalysis, type CaseAnalysisArgs } from "../../../components/analysis/case-analysis.ts";
import { alertTopicArn, catalogue, image, jobNetwork, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

const make = (rekognition: Omit<CaseAnalysisArgs["rekognition"], "optOutPolicyId">) =>
  inAccount((opts) => {
    const { settings, keys, lake, table } = parts(opts);
    new CaseAnalysis(
      "case-analysis",
      {
        settings,
        keys,
        lake,
        table,
        catalogue,
        image,
        network: jobNetwork,
        rekognition: { ...rekognition, optOutPolicyId: "p-optout0000" },
        analysesAtOnce: 4,
        scanned: false,
        pipelineVersion: "1.2.3",
      },
      opts,
    );
  });

describe("CaseAnalysis", () => {
  let stack: Awaited<ReturnType<typeof make>>;
  before(async () => {
    stack = await make({ enabled: true, labels: false, pollSeconds: 45 });
  });
  const policy = (name: string) => statements(stack.one(aws.iam.RolePolicy, name).inputs["policy"]);
  const environment = (name: string) => (stack.one(aws.lambda.Function, name).inputs["environment"] as { variables: Record<string, string> }).variables;

  it("makes an encrypted, traced machine that logs every event and no data", () => {
    const { definition: _, ...machine } = stack.one(aws.sfn.StateMachine, "case-analysis").inputs;
    expect(machine).to.deep.equal({
      name: "svp-unit-case-analysis",
      type: "STANDARD",
      roleArn: "arn:aws:iam::111111111111:role/svp-unit-case-analysis-role",
      encryptionConfiguration: {
        type: "CUSTOMER_MANAGED_KMS_KEY",
        kmsKeyId: stack.one(aws.kms.Key, "keys-derived").outputs["arn"],
        kmsDataKeyReusePeriodSeconds: 300,
      },
      loggingConfiguration: {
        level: "ALL",
        includeExecutionData: false,
        logDestination: "arn:aws:logs:us-east-1:111111111111:log-group:/aws/vendedlogs/states/svp-unit-case-analysis:*",
      },
      tracingConfiguration: { enabled: true },
      tags: { "ai-services-opt-out": "p-optout0000" },
    });
  });

  it("hears of executions that did not succeed, and of those that are redriven, and may do no more than mark their cases", () => {
    const rule = stack.one(aws.cloudwatch.EventRule, "case-analysis-follow-rule").inputs;
    expect([rule["name"], JSON.parse(rule["eventPattern"] as string)]).to.deep.equal([
      "svp-unit-follow-analysis",
      {
        source: ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        detail: {
          stateMachineArn: ["arn:aws:states:us-east-1:111111111111:stateMachine:svp-unit-case-analysis"],
          $or: [{ status: ["FAILED", "TIMED_OUT", "ABORTED"] }, { status: ["RUNNING"], redriveCount: [{ numeric: [">", 0] }] }],
        },
      },
    ]);
    const { ReadAnalysis, ReadAnalysisKey, FollowAnalysis } = policy("ingest-follow-analysis-role-policy");
    expect(ReadAnalysis).to.deep.include({
      Action: ["states:DescribeExecution"],
      Resource: ["arn:aws:states:us-east-1:111111111111:execution:svp-unit-case-analysis:*"],
    });
    expect(ReadAnalysisKey.Action).to.deep.equal(["kms:Decrypt"]);
    expect(FollowAnalysis.Action).to.deep.equal(["dynamodb:UpdateItem"]);
  });

  it("tells of a stopped analysis by what it did to a case, since the deletion of a case stops analyses, too", () => {
    expect(stack.one(aws.cloudwatch.MetricAlarm, "case-analysis-stopped").inputs).to.deep.include({
      name: "svp-unit-case-analysis-stopped",
      alarmDescription: "The analysis of a case was stopped.",
      namespace: "SurgicalVideoPlatform",
      metricName: "StoppedAnalyses",
      threshold: 0,
      treatMissingData: "notBreaching",
      alarmActions: [alertTopicArn],
    });
    const aborted = stack.ofType(aws.cloudwatch.MetricAlarm).filter(({ inputs }) => inputs["metricName"] === "ExecutionsAborted");
    expect(aborted).to.deep.equal([]);
  });

  it("names every function, role and place in its definition, and leaves none to be filled in", () => {
    const text = stack.one(aws.sfn.StateMachine, "case-analysis").inputs["definition"] as string;
    for (const name of ["index-source", "admit", "index-rendition", "plan-review", "decide-gate"])
      expect(text).to.contain(`:function:svp-unit-prepare-${name}"`);
    expect(text).to.contain(":function:svp-unit-analyse-collect-shots").and.to.contain(":function:svp-unit-aggregate-merge-timeline");
    expect(text).to.contain(image.uri).and.to.contain("'s3://svp-unit-111111111111-processed/processed-videos/'");
    expect(text).not.to.match(/\$\{|undefined|\[object/);
  });

  it("runs its jobs in the network of jobs", () => {
    const text = stack.one(aws.sfn.StateMachine, "case-analysis").inputs["definition"] as string;
    const networks = [...text.matchAll(/"NetworkConfig":(\{.*?\}\})/g)].map(([, json]) => JSON.parse(json as string));
    expect(networks).to.have.length(2);
    for (const network of networks) {
      expect(network).to.deep.equal({
        EnableNetworkIsolation: true,
        EnableInterContainerTrafficEncryption: true,
        VpcConfig: { Subnets: ["subnet-a", "subnet-b"], SecurityGroupIds: ["sg-jobs"] },
      });
    }
    const { CreateInterfaces, HandInterfacesOver } = policy("case-analysis-sagemaker-role-policy");
    const subnets = ["a", "b"].map((zone) => `arn:aws:ec2:us-east-1:111111111111:subnet/subnet-${zone}`);
    expect(CreateInterfaces.Resource).to.deep.equal([
      "arn:aws:ec2:us-east-1:111111111111:network-interface/*",
      "arn:aws:ec2:us-east-1:111111111111:security-group/sg-jobs",
      ...subnets,
    ]);
    expect(HandInterfacesOver.Condition).to.deep.equal({ ArnEquals: { "ec2:Subnet": subnets } });
  });

  it("raises an alarm when an analysis fails, takes too long or is held back", () => {
    const alarms = stack.ofType(aws.cloudwatch.MetricAlarm).filter(({ inputs }) => inputs["namespace"] === "AWS/States");
    expect(alarms.map(({ name, inputs: { metricName } }) => [name, metricName])).to.have.deep.members([
      ["case-analysis-failed", "ExecutionsFailed"],
      ["case-analysis-timedout", "ExecutionsTimedOut"],
      ["case-analysis-throttled", "ExecutionThrottled"],
    ]);
    for (const { inputs } of alarms) {
      expect(inputs).to.deep.include({
        dimensions: { StateMachineArn: "arn:aws:states:us-east-1:111111111111:stateMachine:svp-unit-case-analysis" },
        threshold: 0,
        alarmActions: [alertTopicArn],
      });
    }
  });

  it("passes each role to one service only", () => {
    const { PassTranscodingRole, PassJobRole } = policy("case-analysis-role-policy");
    expect(PassTranscodingRole).to.deep.equal({
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: ["arn:aws:iam::111111111111:role/svp-unit-case-analysis-preprocessing-role"],
      Condition: { StringEquals: { "iam:PassedToService": "mediaconvert.amazonaws.com" } },
    });
    expect(PassJobRole.Resource).to.deep.equal(["arn:aws:iam::111111111111:role/svp-unit-case-analysis-sagemaker-role"]);
    expect(PassJobRole.Condition).to.deep.equal({ StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } });
  });

  it("converts in a task of its own, which reads sources and writes copies and no more", () => {
    const { PassTaskRoles, RunTask, ProbeCopies } = policy("case-analysis-role-policy");
    expect(PassTaskRoles.Condition).to.deep.equal({ StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } });
    expect(RunTask.Resource).to.deep.equal(["arn:aws:ecs:us-east-1:111111111111:task-definition/svp-unit-conversion:*"]);
    const copies = "arn:aws:s3:::svp-unit-111111111111-processed/converted-videos/*";
    expect(ProbeCopies).to.deep.equal({ Effect: "Allow", Action: ["s3:GetObject"], Resource: [copies] });
    const task = policy("conversion-task-role-policy");
    expect(Object.keys(task)).to.deep.equal(["ReadSource", "ReadSourceKey", "WriteCopy", "WriteCopyKey"]);
    expect(task["ReadSource"]).to.deep.include({ Action: ["s3:GetObjectVersion"], Resource: ["arn:aws:s3:::svp-unit-111111111111-raw/raw-videos/*"] });
    expect(task["WriteCopy"]).to.deep.include({ Action: ["s3:AbortMultipartUpload", "s3:PutObject"], Resource: [copies] });
    const { cpu, memory, ephemeralStorage, containerDefinitions } = stack.one(aws.ecs.TaskDefinition, "conversion").inputs;
    expect([cpu, memory, ephemeralStorage]).to.deep.equal(["8192", "16384", { sizeInGib: 200 }]);
    const [{ command, environment, image: uri }] = JSON.parse(containerDefinitions as string);
    expect([command, environment, uri]).to.deep.equal([["convert"], [{ name: "SCRATCH_DIR", value: "/scratch" }], image.uri]);
    const definition = JSON.parse(stack.one(aws.sfn.StateMachine, "case-analysis").inputs["definition"] as string);
    expect(definition.States.Convert.Arguments).to.deep.include({ Cluster: "svp-unit-conversion", LaunchType: "FARGATE", PlatformVersion: "LATEST" });
    // The task's disk holds what somebody uploaded.
    const key = stack.one(aws.ecs.Cluster, "conversion-cluster").inputs["configuration"] as { managedStorageConfiguration: object };
    expect(key.managedStorageConfiguration).to.deep.equal({ fargateEphemeralStorageKmsKeyId: stack.one(aws.kms.Key, "keys-raw").outputs["keyId"] });
    const users = Object.values(statements(stack.one(aws.kms.Key, "keys-raw").inputs["policy"])).filter(({ Principal }) =>
      JSON.stringify(Principal ?? {}).includes("fargate"),
    );
    expect(users).to.have.length(2);
    for (const { Condition } of users) expect(JSON.stringify(Condition)).to.contain('"kms:EncryptionContext:aws:ecs:clusterName":"svp-unit-conversion"');
  });

  it("allows the machine just what its states do", () => {
    const granted = Object.values(policy("case-analysis-role-policy")).flatMap(({ Action }) => Action);
    expect([...new Set(granted)].sort()).to.deep.equal(
      [
        "dynamodb:UpdateItem",
        "ecs:DescribeTasks",
        "ecs:RunTask",
        "ecs:StopTask",
        "events:DescribeRule",
        "events:PutEvents",
        "events:PutRule",
        "events:PutTargets",
        "iam:PassRole",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "lambda:InvokeFunction",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
        "mediaconvert:CancelJob",
        "mediaconvert:CreateJob",
        "mediaconvert:GetJob",
        "mediaconvert:Probe",
        "rekognition:GetSegmentDetection",
        "rekognition:StartSegmentDetection",
        "s3:GetObject",
        "s3:GetObjectVersionTagging",
        "s3:PutObjectVersionTagging",
        "sagemaker:AddTags",
        "sagemaker:CreateProcessingJob",
        "sagemaker:DescribeProcessingJob",
        "sagemaker:StopProcessingJob",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
      ].sort(),
    );
    const wide = Object.entries(policy("case-analysis-role-policy")).filter(([, { Resource }]) => Resource.includes("*"));
    expect(wide.map(([sid]) => sid)).to.have.members(["Probe", "DetectSegments", "DeliverLog", "WriteTrace"]);
  });

  it("binds its use of the key for executions to this machine", () => {
    expect(policy("case-analysis-role-policy")["EncryptExecutions"].Condition).to.deep.equal({
      StringEquals: { "kms:EncryptionContext:aws:states:stateMachineArn": "arn:aws:states:us-east-1:111111111111:stateMachine:svp-unit-case-analysis" },
    });
  });

  it("lets jobs read renditions, metadata and models, and write results; nothing else of the lake", () => {
    const onObjects = Object.entries(policy("case-analysis-sagemaker-role-policy"))
      .filter(([, { Action }]) => Action.some((action: string) => action.startsWith("s3:")))
      .map(([sid, { Action, Resource }]) => [sid, Action, Resource]);
    const processed = "arn:aws:s3:::svp-unit-111111111111-processed";
    const models = "arn:aws:s3:::svp-unit-111111111111-models";
    expect(onObjects).to.deep.equal([
      ["ReadRenditions", ["s3:GetObject"], [`${processed}/processed-videos/*`]],
      ["ListRenditions", ["s3:ListBucket"], [processed]],
      ["ReadMetadata", ["s3:GetObject"], [`${processed}/processed-metadata/*`]],
      ["ListMetadata", ["s3:ListBucket"], [processed]],
      ["ReadModels", ["s3:GetObject"], [`${models}/models/*`]],
      ["ListModels", ["s3:ListBucket"], [models]],
      ["WriteResults", ["s3:AbortMultipartUpload", "s3:PutObject"], [`${processed}/analysis-results/*`]],
    ]);
  });

  it("uploads each network beside its description", () => {
    const keys = stack.ofType(aws.s3.BucketObjectv2).map(({ inputs }) => `${inputs["bucket"]}/${inputs["key"]}`);
    expect(keys).to.have.members([
      "svp-unit-111111111111-processed/assets/cover.png",
      "svp-unit-111111111111-models/models/instrument-detector/model.json",
      "svp-unit-111111111111-models/models/instrument-detector/model.onnx",
    ]);
  });

  it("gives each function the settings that it reads", () => {
    const processed = { PROCESSED_BUCKET: "svp-unit-111111111111-processed" };
    const PROCESSED_KEY_ARN = stack.one(aws.kms.Key, "keys-derived").outputs["arn"] as string;
    expect(environment("prepare-index-source")).to.deep.equal(processed);
    const { PLANNED_WORK, ...admit } = environment("prepare-admit") as Record<string, string>;
    expect(admit).to.deep.equal({ ...processed, PROCESSED_KEY_ARN });
    expect(JSON.parse(PLANNED_WORK as string)).to.deep.equal({
      analysers: [
        { id: "gate", instanceType: "ml.c5.xlarge", sampleRate: 2 },
        { id: "frame-analysis", instanceType: "ml.c5.xlarge", sampleRate: 5 },
      ],
      rekognition: true,
      scanned: false,
      labels: false,
    });
    expect(environment("prepare-plan-review")).to.deep.equal({
      ...processed,
      PROCESSED_KEY_ARN,
      COVER_IMAGE_URI: "s3://svp-unit-111111111111-processed/assets/cover.png",
    });
    expect(environment("aggregate-merge-timeline")).to.deep.equal({
      ...processed,
      CASE_TABLE: "svp-unit-cases",
      NODE_OPTIONS: "--max-semi-space-size=4",
      OPTIONAL_ANALYSERS: '["rekognition-labels"]',
      PIPELINE_VERSION: "1.2.3",
      ANALYSER_INSTANCE_TYPES: '{"gate":"ml.c5.xlarge","frame-analysis":"ml.c5.xlarge"}',
    });
  });

  it("grants what labels take where they are switched on, and only there", async () => {
    const granted = (of: typeof stack) =>
      of
        .ofType(aws.iam.RolePolicy)
        .flatMap(({ name, inputs }) =>
          Object.values(statements(inputs["policy"])).flatMap(({ Action }) =>
            Action.filter((action: string) => action.includes("LabelDetection")).map((action: string) => `${name} ${action}`),
          ),
        );
    expect(granted(stack)).to.deep.equal([]);
    expect(granted(await make({ enabled: true, labels: true, pollSeconds: 45 }))).to.have.members([
      "analyse-collect-labels-role-policy rekognition:GetLabelDetection",
      "case-analysis-role-policy rekognition:GetLabelDetection",
      "case-analysis-role-policy rekognition:StartLabelDetection",
    ]);
  });

  it("grants nothing of Rekognition where the environment has it off", async () => {
    const off = await make({ enabled: false, labels: false, pollSeconds: 45 });
    const granted = off.ofType(aws.iam.RolePolicy).flatMap(({ inputs }) => Object.values(statements(inputs["policy"])).flatMap(({ Action }) => Action));
    expect(granted.filter((action: string) => action.startsWith("rekognition:"))).to.deep.equal([]);
  });
});
