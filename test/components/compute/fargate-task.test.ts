import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { FargateTask, type FargateTaskArgs, fargateUsesKey } from "../../../components/compute/fargate-task.ts";
import { allow } from "../../../components/security/policy.ts";
import { failure } from "../../support/failure.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { image, jobNetwork, parts } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

const make = (more: Partial<FargateTaskArgs> = {}) =>
  inAccount((opts) => {
    const { keys } = parts(opts);
    const task = new FargateTask(
      "normalise",
      {
        place,
        image,
        architecture: "X86_64",
        command: ["convert"],
        cpuUnits: 4096,
        memoryMb: 16_384,
        scratchGib: 100,
        network: jobNetwork,
        scratchKey: keys.derived,
        logKey: keys.logs,
        logRetentionDays: 2192,
        environment: { PROCESSED_BUCKET: "processed", CASE_TABLE: "cases" },
        statements: [allow("ReadSources", ["s3:GetObject"], ["arn:aws:s3:::raw/*"])],
        ...more,
      },
      opts,
    );
    return { runArguments: task.runArguments, statements: task.statements };
  });

describe("FargateTask", () => {
  let stack: Deployed;
  before(async () => {
    stack = await make();
  });

  it("is a task of Fargate, in its own network, with two roles and a disk", () => {
    const { containerDefinitions, ...inputs } = stack.one(aws.ecs.TaskDefinition, "normalise").inputs;
    expect(containerDefinitions).to.be.a("string");
    expect(inputs).to.deep.equal({
      family: "svp-unit-normalise",
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "4096",
      memory: "16384",
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "X86_64" },
      ephemeralStorage: { sizeInGib: 100 },
      volumes: [{ name: "scratch" }],
      taskRoleArn: "arn:aws:iam::111111111111:role/svp-unit-normalise-task-role",
      executionRoleArn: "arn:aws:iam::111111111111:role/svp-unit-normalise-execution-role",
    });
  });

  it("runs its container as nobody, without capabilities, on a file system that can't be written", () => {
    expect(JSON.parse(stack.one(aws.ecs.TaskDefinition, "normalise").inputs["containerDefinitions"] as string)).to.deep.equal([
      {
        name: "main",
        image: image.uri,
        essential: true,
        command: ["convert"],
        user: "65534:65534",
        readonlyRootFilesystem: true,
        linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"] } },
        environment: [
          { name: "CASE_TABLE", value: "cases" },
          { name: "PROCESSED_BUCKET", value: "processed" },
        ],
        mountPoints: [{ sourceVolume: "scratch", containerPath: "/scratch", readOnly: false }],
        logConfiguration: {
          logDriver: "awslogs",
          options: { "awslogs-group": "/aws/ecs/svp-unit-normalise", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "main" },
        },
      },
    ]);
  });

  it("stands in a cluster of its own: measured, without shells, its disks encrypted with a customer key", () => {
    const key = stack.one(aws.kms.Key, "keys-derived").outputs["keyId"];
    expect(stack.one(aws.ecs.Cluster, "normalise-cluster").inputs).to.deep.equal({
      name: "svp-unit-normalise",
      settings: [{ name: "containerInsights", value: "enabled" }],
      configuration: {
        executeCommandConfiguration: { logging: "NONE" },
        managedStorageConfiguration: { fargateEphemeralStorageKmsKeyId: key },
      },
    });
    expect(fargateUsesKey(place, "normalise").map(({ Sid, Action, Condition }) => ({ Sid, Action, Condition }))).to.deep.equal([
      {
        Sid: "FargateMakesDiskKeys",
        Action: ["kms:GenerateDataKeyWithoutPlaintext"],
        Condition: {
          StringEquals: { "kms:EncryptionContext:aws:ecs:clusterAccount": "111111111111", "kms:EncryptionContext:aws:ecs:clusterName": "svp-unit-normalise" },
        },
      },
      {
        Sid: "FargateGrantsDiskKeys",
        Action: ["kms:CreateGrant"],
        Condition: {
          StringEquals: { "kms:EncryptionContext:aws:ecs:clusterAccount": "111111111111", "kms:EncryptionContext:aws:ecs:clusterName": "svp-unit-normalise" },
          "ForAllValues:StringEquals": { "kms:GrantOperations": ["Decrypt"] },
        },
      },
    ]);
  });

  it("keeps encrypted logs of the container and of the cluster's measures", () => {
    const logs = stack.ofType(aws.cloudwatch.LogGroup).map(({ name, inputs }) => [name, inputs]);
    const common = { kmsKeyId: stack.one(aws.kms.Key, "keys-logs").outputs["arn"], retentionInDays: 2192 };
    expect(Object.fromEntries(logs)).to.deep.equal({
      "normalise-insights-log": { name: "/aws/ecs/containerinsights/svp-unit-normalise/performance", ...common },
      "normalise-log": { name: "/aws/ecs/svp-unit-normalise", ...common },
    });
  });

  it("gives the container what it needs, and fetching and logging to ECS alone", () => {
    const task = statements(stack.one(aws.iam.RolePolicy, "normalise-task-role-policy").inputs["policy"]);
    expect(Object.keys(task)).to.deep.equal(["ReadSources"]);
    const execution = statements(stack.one(aws.iam.RolePolicy, "normalise-execution-role-policy").inputs["policy"]);
    expect(Object.keys(execution)).to.deep.equal(["SignInToRegistry", "PullImage", "WriteLog"]);
    expect(execution["WriteLog"]?.Resource).to.deep.equal(["arn:aws:logs:us-east-1:111111111111:log-group:/aws/ecs/svp-unit-normalise:*"]);
    for (const role of ["normalise-task-role", "normalise-execution-role"]) {
      expect(statements(stack.one(aws.iam.Role, role).inputs["assumeRolePolicy"])["ServiceTakesRole"]?.Condition).to.deep.equal({
        StringEquals: { "aws:SourceAccount": "111111111111" },
        ArnLike: { "aws:SourceArn": "arn:aws:ecs:us-east-1:111111111111:*" },
      });
    }
  });

  it("tells a state machine how to run it, without a public address", () => {
    expect(stack.outputs["runArguments"]).to.deep.equal({
      Cluster: "svp-unit-normalise",
      TaskDefinition: "arn:aws:ecs:us-east-1:111111111111:task-definition/svp-unit-normalise:1",
      LaunchType: "FARGATE",
      PlatformVersion: "LATEST",
      EnableExecuteCommand: false,
      NetworkConfiguration: {
        AwsvpcConfiguration: { Subnets: ["subnet-a", "subnet-b"], SecurityGroups: ["sg-jobs"], AssignPublicIp: "DISABLED" },
      },
    });
  });

  it("tells what a state machine must be allowed: this task, in this cluster, with these roles", () => {
    const inCluster = { ArnEquals: { "ecs:cluster": "arn:aws:ecs:us-east-1:111111111111:cluster/svp-unit-normalise" } };
    expect(stack.outputs["statements"]).to.deep.equal([
      allow("RunTask", ["ecs:RunTask"], ["arn:aws:ecs:us-east-1:111111111111:task-definition/svp-unit-normalise:*"], inCluster),
      allow("FollowTask", ["ecs:DescribeTasks", "ecs:StopTask"], ["arn:aws:ecs:us-east-1:111111111111:task/svp-unit-normalise/*"], inCluster),
      allow(
        "PassTaskRoles",
        ["iam:PassRole"],
        ["arn:aws:iam::111111111111:role/svp-unit-normalise-task-role", "arn:aws:iam::111111111111:role/svp-unit-normalise-execution-role"],
        { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      ),
      allow(
        "FollowTaskEvents",
        ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
        ["arn:aws:events:us-east-1:111111111111:rule/StepFunctionsGetEventsForECSTaskRule"],
      ),
    ]);
  });

  it("refuses sizes that Fargate does not sell", async () => {
    const error = async (more: Partial<FargateTaskArgs>) => (await failure(make(more))).message;
    expect(await error({ cpuUnits: 3000 })).to.contain('svp:compute:FargateTask "normalise": cpuUnits must be one of 256, 512, 1024');
    expect(await error({ memoryMb: 4096 })).to.contain("memoryMb must be 8192 to 30720 in steps of 1024 with 4096 CPU units, not 4096.");
    expect(await error({ cpuUnits: 8192, memoryMb: 18_432 })).to.contain("in steps of 4096 with 8192 CPU units, not 18432.");
    for (const scratchGib of [20, 201, 50.5])
      expect(await error({ scratchGib })).to.contain(`scratchGib must be a whole number, 21 to 200, not ${scratchGib}.`);
  });
});
