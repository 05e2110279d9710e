import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  SageMakerClient,
  type TrafficRoutingConfig,
  UpdateEndpointCommand,
} from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { expect } from "chai";
import { type CloudWatch, createCloudWatch } from "../../../../local/services/cloudwatch/service.ts";
import { createIam } from "../../../../local/services/iam/iam.ts";
import { createSageMaker, type SageMaker } from "../../../../local/services/sagemaker/service.ts";
import { startWire } from "../../../../local/wire/server.ts";
import { failure } from "../../../support/failure.ts";
import { account, createFolderCloud, type FolderCloud, jobRole, jobServiceOptions, region } from "../folder-store.ts";
import { imageUri } from "./requests.ts";

const context = fileURLToPath(new URL("container", import.meta.url));
const arn = (resource: string): string => `arn:aws:sagemaker:${region}:${account}:${resource}`;
const alarm = "inference-errors";
const alarmArn = `arn:aws:cloudwatch:${region}:${account}:alarm:${alarm}`;

/** Everything over HTTP, as the deployment machine asks for it. */
describe("Updates of endpoints", () => {
  let cloud: FolderCloud;
  let cloudwatch: CloudWatch;
  let sagemaker: SageMaker;
  let wire: Awaited<ReturnType<typeof startWire>>;
  let client: SageMakerClient;
  let runtime: SageMakerRuntimeClient;
  let watch: CloudWatchClient;

  async function open(): Promise<void> {
    cloudwatch = createCloudWatch({ dir: join(cloud.folder, "cloudwatch"), region, accountId: account });
    sagemaker = createSageMaker({
      ...(await jobServiceOptions(cloud, join(cloud.folder, "sagemaker"))),
      ...{ publish: async () => {}, alarms: cloudwatch, waitScale: 0 },
    });
    const iam = createIam({ accountId: account });
    const roleArn = `arn:aws:iam::${account}:role/deployer`;
    iam.putRole({
      arn: roleArn,
      trustPolicy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "states.amazonaws.com" }, Action: "sts:AssumeRole" }] },
    });
    iam.putRolePolicy(roleArn, "deploy", {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["sagemaker:Describe*", "sagemaker:CreateEndpointConfig", "sagemaker:UpdateEndpoint", "sagemaker:InvokeEndpoint"],
          Resource: "*",
        },
        { Effect: "Allow", Action: "sagemaker:CreateModel", Resource: arn("model/svp-*"), Condition: { Bool: { "sagemaker:NetworkIsolation": "true" } } },
        { Effect: "Allow", Action: ["cloudwatch:DescribeAlarms", "cloudwatch:SetAlarmState"], Resource: alarmArn },
        { Effect: "Allow", Action: "iam:PassRole", Resource: jobRole },
      ],
    });
    const services = [...sagemaker.services, cloudwatch.service];
    wire = await startWire({ iam, port: 0, log: () => undefined, services });
    const settings = () => ({
      ...{ endpoint: wire.endpoint, region, credentials: iam.credentialsOf(roleArn), maxAttempts: 1 },
      requestHandler: new NodeHttpHandler(),
    });
    client = new SageMakerClient(settings());
    runtime = new SageMakerRuntimeClient(settings());
    watch = new CloudWatchClient(settings());
    sagemaker.putImage({ imageUri, context, dockerfile: join(context, "Dockerfile") });
    cloudwatch.putAlarm(alarm);
    const model = { roleArn: jobRole, image: imageUri, environment: { MODEL_DIR: "/opt/ml/model" }, networkIsolation: true };
    sagemaker.putModel({ ...model, name: "program-model", arn: arn("model/program-model"), modelDataPrefix: "s3://models/models/" });
    const variant = { VariantName: "current", ModelName: "program-model", InstanceType: "ml.m5.large" as const, InitialInstanceCount: 2 };
    sagemaker.putEndpointConfig({
      ...{ name: "program", modelName: "program-model", variantName: "current" },
      described: { ProductionVariants: [variant], KmsKeyId: "key" },
    });
    sagemaker.putEndpoint({ name: "inference", arn: arn("endpoint/inference"), configName: "program" });
    sagemaker.start();
  }
  async function close(): Promise<void> {
    await wire.close();
    await sagemaker.close();
    cloudwatch.close();
  }
  beforeEach(async () => {
    cloud = await createFolderCloud();
    await cloud.write("models", "models/weights.txt", "old");
    await cloud.write("models", "endpoint-models/d1/weights.txt", "new");
    await open();
  });
  afterEach(async () => {
    await close();
    await cloud.remove();
  });

  async function stage(name: string, environment: Record<string, string> = { MODEL_DIR: "/opt/ml/model" }): Promise<void> {
    await client.send(
      new CreateModelCommand({
        ...{ ModelName: name, ExecutionRoleArn: jobRole, EnableNetworkIsolation: true, VpcConfig: { Subnets: ["subnet-a"], SecurityGroupIds: ["sg-a"] } },
        PrimaryContainer: {
          ...{ Image: imageUri, Environment: environment },
          ModelDataSource: { S3DataSource: { S3Uri: "s3://models/endpoint-models/d1/", S3DataType: "S3Prefix", CompressionType: "None" } },
        },
      }),
    );
    const { ProductionVariants = [] } = await client.send(new DescribeEndpointConfigCommand({ EndpointConfigName: "program" }));
    await client.send(
      new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: ProductionVariants.map((variant) => ({ ...variant, ModelName: name })) }),
    );
  }
  const update = (
    name: string,
    routing: TrafficRoutingConfig = { Type: "CANARY", WaitIntervalInSeconds: 300, CanarySize: { Type: "INSTANCE_COUNT", Value: 1 } },
  ) =>
    client.send(
      new UpdateEndpointCommand({
        ...{ EndpointName: "inference", EndpointConfigName: name, RetainAllVariantProperties: true },
        DeploymentConfig: {
          BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: routing, TerminationWaitInSeconds: 300, MaximumExecutionTimeoutInSeconds: 3600 },
          AutoRollbackConfiguration: { Alarms: [{ AlarmName: alarm }] },
        },
      }),
    );
  const found = () => client.send(new DescribeEndpointCommand({ EndpointName: "inference" }));
  const answer = async (): Promise<string> => {
    const { Body } = await runtime.send(new InvokeEndpointCommand({ EndpointName: "inference", Body: Buffer.from("a") }));
    return JSON.parse(Buffer.from(Body ?? "").toString()).model;
  };
  const raise = (StateValue: "ALARM" | "OK") => watch.send(new SetAlarmStateCommand({ AlarmName: alarm, StateValue, StateReason: "A test." }));

  it("make a model and a configuration beside the program's, and move over to them", async () => {
    await stage("svp-1");
    const made = await client.send(new DescribeModelCommand({ ModelName: "svp-1" }));
    expect(made).to.deep.include({ EnableNetworkIsolation: true, VpcConfig: { Subnets: ["subnet-a"], SecurityGroupIds: ["sg-a"] }, ExecutionRoleArn: jobRole });
    expect(await answer()).to.equal("old");
    await update("svp-1");
    const { EndpointStatus, PendingDeploymentSummary } = await found();
    expect(EndpointStatus).to.equal("Updating");
    expect(PendingDeploymentSummary).to.deep.include({ EndpointConfigName: "svp-1", ProductionVariants: [{ VariantName: "current" }] });
    expect(await answer()).to.equal("old");
    const inProgress = await failure(update("svp-1"));
    expect(inProgress.message).to.equal(`Cannot update in-progress endpoint "${arn("endpoint/inference")}".`);
    await sagemaker.settled("inference");
    expect(await found()).to.deep.include({ EndpointStatus: "InService", EndpointConfigName: "svp-1" });
    expect((await found()).PendingDeploymentSummary).to.equal(undefined);
    expect(await answer()).to.equal("new");
  });

  it("answer what the old fleet has in hand before that ends", async () => {
    await stage("svp-1");
    const ask = (body: string) => runtime.send(new InvokeEndpointCommand({ EndpointName: "inference", Body: Buffer.from(body) }));
    const held = ask("hold");
    const old = join(cloud.folder, "sagemaker/endpoints/inference/program/opt-ml/model");
    while (!existsSync(join(old, "held"))) await new Promise((resolve) => setImmediate(resolve));
    await update("svp-1");
    while ((await found()).EndpointConfigName !== "svp-1") await new Promise((resolve) => setImmediate(resolve));
    expect(await answer()).to.equal("new");
    writeFileSync(join(old, "go"), "");
    expect(JSON.parse(Buffer.from((await held).Body ?? "").toString()).model).to.equal("old");
    await sagemaker.settled("inference");
    expect(existsSync(old)).to.equal(false);
  });

  it("stay where they were if an alarm is raised, and say so", async () => {
    await stage("svp-1");
    await raise("ALARM");
    await update("svp-1");
    await sagemaker.settled("inference");
    expect(await found()).to.deep.include({
      ...{ EndpointStatus: "InService", EndpointConfigName: "program" },
      FailureReason: "Rolled back, because these alarms are in ALARM: inference-errors.",
    });
    expect(await answer()).to.equal("old");
    await raise("OK");
    await update("svp-1");
    await sagemaker.settled("inference");
    const { EndpointConfigName, FailureReason } = await found();
    expect([EndpointConfigName, FailureReason]).to.deep.equal(["svp-1", undefined]);
  });

  it("stay where they were if the new containers do not come up", async () => {
    await stage("svp-2", { BEHAVIOUR: "refuse" });
    await update("svp-2");
    await sagemaker.settled("inference");
    expect(await found()).to.deep.include({
      EndpointConfigName: "program",
      FailureReason: "The container of endpoint inference ended before it was healthy: No weights. (exit code 2)",
    });
  });

  it("are kept when the process ends and the program says again what it said before; a release counts", async () => {
    await stage("svp-1");
    await update("svp-1");
    await sagemaker.settled("inference");
    await close();
    await open();
    expect((await found()).EndpointConfigName).to.equal("svp-1");
    sagemaker.putEndpointConfig({ name: "release", modelName: "program-model", variantName: "current" });
    sagemaker.putEndpoint({ name: "inference", arn: arn("endpoint/inference"), configName: "release" });
    expect((await found()).EndpointConfigName).to.equal("release");
  });

  it("refuse what AWS refuses, and name what is not implemented", async () => {
    await stage("svp-1");
    const tooLarge = await failure(update("svp-1", { Type: "CANARY", WaitIntervalInSeconds: 0, CanarySize: { Type: "CAPACITY_PERCENT", Value: 60 } }));
    expect(tooLarge.message).to.equal("The canary is 60 (CAPACITY_PERCENT) of 2 instances; it must be half of them at most.");
    const linear = await failure(update("svp-1", { Type: "LINEAR", WaitIntervalInSeconds: 0 }));
    expect(linear.message).to.equal("The local cloud does not implement UpdateEndpoint with the routing LINEAR.");
    const outOfLimits = client.send(
      new UpdateEndpointCommand({
        ...{ EndpointName: "inference", EndpointConfigName: "svp-1" },
        DeploymentConfig: {
          BlueGreenUpdatePolicy: {
            TrafficRoutingConfiguration: { Type: "CANARY", WaitIntervalInSeconds: 3601, CanarySize: { Type: "INSTANCE_COUNT", Value: 0 } },
            ...{ TerminationWaitInSeconds: -1, MaximumExecutionTimeoutInSeconds: 599 },
          },
          AutoRollbackConfiguration: { Alarms: [] },
        },
      }),
    );
    expect((await failure(outOfLimits)).message).to.equal(
      "There are 0 alarms; there must be 1 to 10. TerminationWaitInSeconds is -1; it must be 0 to 3600. " +
        "MaximumExecutionTimeoutInSeconds is 599; it must be 600 to 28800. TrafficRoutingConfiguration.WaitIntervalInSeconds is 3601; it must be 0 to 3600. " +
        "MaximumExecutionTimeoutInSeconds is 599; it must be more than the 3600 seconds of waiting. CanarySize.Value is 0; it must be at least 1.",
    );
    expect((await failure(update("none"))).message).to.equal('The endpoint configuration "none" does not exist.');
    sagemaker.putEndpointConfig({ name: "other", modelName: "program-model", variantName: "blue" });
    expect((await failure(update("other", { Type: "ALL_AT_ONCE", WaitIntervalInSeconds: 0 }))).message).to.equal(
      "The variant is called blue; it must be current, as before.",
    );
    expect((await failure(stage("svp-1"))).message).to.equal(`Cannot create already existing model "${arn("model/svp-1")}".`);
    expect((await failure(stage("foreign"))).name).to.equal("AccessDeniedException");
    const unwatched = await failure(watch.send(new DescribeAlarmsCommand({ AlarmNames: ["another"] })));
    expect(unwatched.name).to.equal("AccessDeniedException");
  });
});

describe("Alarms", () => {
  it("have no data until somebody sets them, and keep what was set", async () => {
    const cloud = await createFolderCloud();
    const dir = join(cloud.folder, "cloudwatch");
    const first = createCloudWatch({ dir, region, accountId: account });
    first.putAlarm(alarm);
    expect([first.stateOf(alarm), first.stateOf("none")]).to.deep.equal(["INSUFFICIENT_DATA", undefined]);
    await cloud.call(first.service, "SetAlarmState", { AlarmName: alarm, StateValue: "ALARM", StateReason: "A test." });
    first.close();
    const second = createCloudWatch({ dir, region, accountId: account });
    second.putAlarm(alarm);
    const { MetricAlarms } = await cloud.call<{ MetricAlarms: { StateValue: string; StateReason: string; AlarmArn: string }[] }>(
      second.service,
      "DescribeAlarms",
      {
        StateValue: "ALARM",
      },
    );
    expect(MetricAlarms.map(({ StateValue, StateReason, AlarmArn }) => [StateValue, StateReason, AlarmArn])).to.deep.equal([["ALARM", "A test.", alarmArn]]);
    const unknown = await failure(cloud.call(second.service, "SetAlarmState", { AlarmName: "none", StateValue: "OK", StateReason: "A test." }));
    expect(unknown.message).to.equal('The alarm "none" does not exist.');
    const misspelt = await failure(cloud.call(second.service, "SetAlarmState", { AlarmName: alarm, StateValue: "RED" }));
    expect(misspelt.message).to.equal("StateValue is RED; it must be one of OK, ALARM, INSUFFICIENT_DATA. StateReason is missing.");
    const tooLong = await failure(cloud.call(second.service, "SetAlarmState", { AlarmName: alarm, StateValue: "OK", StateReason: "x".repeat(1024) }));
    expect(tooLong.message).to.equal("StateReason has 1024 characters; it may have at most 1023.");
    const withData = { AlarmName: alarm, StateValue: "OK", StateReason: "A test.", StateReasonData: "{}" };
    expect((await failure(cloud.call(second.service, "SetAlarmState", withData))).message).to.include("SetAlarmState.StateReasonData");
    const both = { AlarmNames: Array(101).fill(alarm), AlarmNamePrefix: "inference", StateValue: "RED" };
    expect((await failure(cloud.call(second.service, "DescribeAlarms", both))).message).to.equal(
      "There are AlarmNames and an AlarmNamePrefix; only one of them may be given. There are 101 AlarmNames; at most 100 may be given. " +
        "StateValue is RED; it must be one of OK, ALARM, INSUFFICIENT_DATA.",
    );
    second.close();
    await cloud.remove();
  });
});
