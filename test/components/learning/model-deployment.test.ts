import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { type RenewableEndpoint, updateOf } from "../../../components/analysis/endpoint-update.ts";
import { renewEndpoint } from "../../../components/learning/endpoint-renewal.asl.ts";
import { modelDeploymentDefinition } from "../../../components/learning/model-deployment.asl.ts";
import { ModelDeployment, type ModelDeploymentArgs } from "../../../components/learning/model-deployment.ts";
import type { ComputeNetwork } from "../../../components/network/compute-network.ts";
import { StatesError } from "../../../local/services/states/error.ts";
import { definitionFaults } from "../../../local/services/states/lint.ts";
import type { Answer, Arguments } from "../analysis/execution.ts";
import { runDefinition } from "../machine-run.ts";
import { catalogue, image, jobNetwork, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

const deployment = "5d9b1f0e-3c0f-4a57-8d4c-0a4de3c1b2a3_7f0e4f67-9d4b-2f7a-4d0b-6c115d9b1f0e";
const packageArn = "arn:aws:sagemaker:us-east-1:111111111111:model-package/svp-unit-phase-classifier/2";
const event = { "detail-type": "SageMaker Model Package State Change", detail: { ModelPackageArn: packageArn, ModelApprovalStatus: "Approved" } };
const to = { package: packageArn, version: "1.1.0", sha256: "a".repeat(64) };
const wanted = { model: "phase-classifier", to, from: "training/run-1/model/", replaces: { package: null, version: "1.0.0", sha256: "b".repeat(64) } };

const target = (name: string) => ({ arn: `arn:aws:lambda:us-east-1:111111111111:function:${name}`, timeoutSeconds: 300 });
const renewable = (key: string, least: number): RenewableEndpoint => ({
  ...{ key, endpointName: `svp-unit-${key}-m5-large`, alarmNames: [`${key}-errors`, `${key}-latency`] },
  ...{ roleArn: "arn:aws:iam::111111111111:role/serving", update: updateOf(least), keepsCount: least > 1 },
  configuration: { KmsKeyId: "key", ...(key === "segments" && { AsyncInferenceConfig: { OutputConfig: { S3OutputPath: "s3://lake/" } } }) },
  variant: { VariantName: "current", InstanceType: "ml.m5.large", InitialInstanceCount: least },
});
const definition = modelDeploymentDefinition({
  ...{ ruleOnModel: target("rule"), switchModel: target("switch"), stageEndpointModels: target("stage"), namePrefix: "svp-unit-" },
  renewed: [
    { endpoint: renewable("inference", 2), models: ["instrument-detector", "smoke"] },
    { endpoint: renewable("segments", 1), models: ["smoke"] },
  ],
  trial: {
    ...{ imageUri: image.uri, roleArn: "arn:aws:iam::111111111111:role/trial", modelsBucket: "models" },
    network: { subnetIds: ["subnet-0a"], securityGroupId: "sg-0c" } as unknown as ComputeNetwork,
    keyArn: "arn:aws:kms:us-east-1:111111111111:key/models",
    cluster: { InstanceCount: 1, InstanceType: "ml.c5.xlarge", VolumeSizeInGB: 50 },
  },
});
const execute = (answers: Record<string, Answer>) => runDefinition(definition, { machine: "model-deployment", execution: deployment, input: event }, answers);

const fail = (error: string, cause: object) => () => {
  throw new StatesError(error, JSON.stringify(cause));
};
const whole: Record<string, Answer> = {
  RuleOnModel: () => ({ Payload: { verdict: "DEPLOY", switch: wanted } }),
  TryCandidate: () => ({}),
  ReadApproval: () => ({ ModelApprovalStatus: "Approved" }),
  SwitchModel: () => ({ Payload: to }),
  RejectVersion: () => ({}),
};
const names = (asked: readonly { name: string }[]) => asked.map(({ name }) => name);

describe("model-deployment", () => {
  it("is what Step Functions takes", async () => expect(await definitionFaults(definition)).to.deep.equal([]));

  it("judges an approved version, tries it, asks once more whether it is approved, and puts it into use", async () => {
    const { output, asked } = await execute(whole);
    expect(output).to.deep.equal(to);
    expect(names(asked)).to.deep.equal(["RuleOnModel", "TryCandidate", "ReadApproval", "SwitchModel"]);
    expect(asked[0]?.arguments.Payload).to.deep.equal({ package: packageArn });
    expect(asked[2]?.arguments).to.deep.equal({ ModelPackageName: packageArn });
    expect(asked[3]?.arguments.Payload).to.deep.equal({ switch: wanted, deployment });
  });

  it("tries the candidate alone, in an isolated job of the container that analyses", async () => {
    const { asked } = await execute(whole);
    const job = asked[1]?.arguments as Arguments;
    expect(job.ProcessingJobName)
      .to.equal(`svp-trial-${deployment.slice(0, 46)}-0-0`)
      .and.to.have.length.at.most(63);
    expect(job.AppSpecification.ContainerEntrypoint).to.deep.equal(["node", "models/serving/main.ts", "try"]);
    expect(job.Environment.MODEL).to.equal("phase-classifier");
    expect(job.ProcessingInputs.map(({ S3Input }: Arguments) => S3Input.S3Uri)).to.deep.equal(["s3://models/training/run-1/model/"]);
    expect(job.ProcessingOutputConfig.Outputs[0].S3Output.S3Uri).to.equal(`s3://models/training/trials/${deployment}/`);
    expect(job.NetworkConfig.EnableNetworkIsolation).to.equal(true);
  });

  it("puts back without a trial, and ends where nothing is to be done", async () => {
    const back = { ...wanted, from: "deployed-models/phase-classifier/x/" };
    const { asked } = await execute({ ...whole, RuleOnModel: () => ({ Payload: { verdict: "PUT_BACK", switch: back } }) });
    expect(names(asked)).to.deep.equal(["RuleOnModel", "SwitchModel"]);
    const nothing = await execute({ ...whole, RuleOnModel: () => ({ Payload: { verdict: "NOTHING", reason: "It is in use." } }) });
    expect([nothing.error, names(nothing.asked)]).to.deep.equal([undefined, ["RuleOnModel"]]);
  });

  it("puts nothing into use that was rejected while it was tried", async () => {
    const { asked, error } = await execute({ ...whole, ReadApproval: () => ({ ModelApprovalStatus: "Rejected" }) });
    expect([error, names(asked)]).to.deep.equal([undefined, ["RuleOnModel", "TryCandidate", "ReadApproval"]]);
  });

  it("rejects what it refuses, with every reason, and fails so that people are told", async () => {
    const reasons = ["The version's folder is missing.", "x".repeat(2000)];
    const { error, asked } = await execute({ ...whole, RuleOnModel: () => ({ Payload: { verdict: "REFUSED", reasons } }) });
    expect(names(asked)).to.deep.equal(["RuleOnModel", "RejectVersion"]);
    expect(asked[1]?.arguments).to.deep.equal({
      ModelPackageArn: packageArn,
      ModelApprovalStatus: "Rejected",
      ApprovalDescription: `Not deployed: ${reasons.join(" ")}`.slice(0, 1024),
    });
    expect([error?.error, error?.causeText]).to.deep.equal(["ModelRefused", reasons.join(" ")]);
  });

  describe("of a network that endpoints are asked for", () => {
    const smoke = { ...wanted, model: "smoke" };
    const staged = "s3://models/endpoint-models/d/";
    const nameOf = (key: string) => `svp-unit-${key}-${deployment.slice(0, 36)}`;
    /** SageMaker with two endpoints: where each stands, and what an update that a test stops comes back with. */
    function endpoints(stops: Record<string, string> = {}) {
      const on: Record<string, string> = { "svp-unit-inference-m5-large": "program-inference", "svp-unit-segments-m5-large": "program-segments" };
      const before = { ...on };
      const looks: Record<string, number> = {};
      const failed: Record<string, string> = {};
      const update = ({ EndpointName: name, EndpointConfigName: configuration }: Arguments) => {
        looks[name] = 0;
        const stopped = configuration.startsWith("svp-") ? stops[name] : undefined;
        if (stopped === undefined) on[name] = configuration;
        else failed[name] = stopped;
        return {};
      };
      const describeIt = ({ EndpointName: name }: Arguments) => {
        looks[name] = (looks[name] ?? 9) + 1;
        return {
          EndpointName: name,
          EndpointStatus: looks[name] === 1 ? "Updating" : "InService",
          EndpointConfigName: on[name] as string,
          ...(failed[name] !== undefined && { FailureReason: failed[name] }),
        };
      };
      const answers: Record<string, Answer> = {
        ...whole,
        RuleOnModel: () => ({ Payload: { verdict: "DEPLOY", switch: smoke } }),
        StageEndpointModels: () => ({ Payload: { uri: staged } }),
        DescribeEndpoint: describeIt,
        CreateModel: () => ({}),
        CreateConfiguration: () => ({}),
        UpdateEndpoint: update,
        ReplaceFleet: update,
        GiveFleetBack: update,
        AskForFleet: describeIt,
      };
      // Both endpoints are renewed by states of the same names, each with its key.
      const named = Object.entries(answers).flatMap(([state, answer]) =>
        ["", " (inference)", " (segments)", " (before)"].map((key) => [`${state}${key}`, answer] as const),
      );
      return { answers: Object.fromEntries(named), on, before };
    }
    const of = (asked: readonly { name: string; arguments: Arguments }[], name: string) =>
      asked.filter((one) => one.name.replace(/ \(.*\)$/, "") === name).map((one) => one.arguments);

    it("gives each a new fleet that loads what was staged, and only then lets jobs use it", async () => {
      const { answers, on } = endpoints();
      const { output, error, asked } = await execute(answers);
      expect(error?.causeText).to.equal(undefined);
      expect(output).to.deep.equal(to);
      expect(Object.values(on)).to.deep.equal([nameOf("inference"), nameOf("segments")]);
      expect(names(asked).slice(0, 4)).to.deep.equal(["RuleOnModel", "TryCandidate", "ReadApproval", "StageEndpointModels"]);
      expect(names(asked).at(-1)).to.equal("SwitchModel");
      expect(of(asked, "CreateModel")[0]).to.deep.equal({
        ...{ ModelName: nameOf("inference"), ExecutionRoleArn: "arn:aws:iam::111111111111:role/serving", EnableNetworkIsolation: true },
        VpcConfig: { Subnets: ["subnet-0a"], SecurityGroupIds: ["sg-0c"] },
        PrimaryContainer: {
          Image: image.uri,
          ModelDataSource: { S3DataSource: { S3Uri: staged, S3DataType: "S3Prefix", CompressionType: "None" } },
        },
      });
      expect(of(asked, "CreateConfiguration")).to.have.deep.members([
        {
          ...{ EndpointConfigName: nameOf("inference"), KmsKeyId: "key" },
          ProductionVariants: [{ VariantName: "current", ModelName: nameOf("inference"), InstanceType: "ml.m5.large", InitialInstanceCount: 2 }],
        },
        {
          ...{ EndpointConfigName: nameOf("segments"), KmsKeyId: "key", AsyncInferenceConfig: { OutputConfig: { S3OutputPath: "s3://lake/" } } },
          ProductionVariants: [{ VariantName: "current", ModelName: nameOf("segments"), InstanceType: "ml.m5.large", InitialInstanceCount: 1 }],
        },
      ]);
      expect(nameOf("inference")).to.have.length.at.most(63);
    });

    it("sends a canary of one instance ahead where there are two, and watches the alarms in any case", async () => {
      const { asked } = await execute(endpoints().answers);
      const policy = (routing: object) => ({
        BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: routing, TerminationWaitInSeconds: 300, MaximumExecutionTimeoutInSeconds: 3600 },
      });
      const alarms = (key: string) => ({ AutoRollbackConfiguration: { Alarms: [{ AlarmName: `${key}-errors` }, { AlarmName: `${key}-latency` }] } });
      expect(of(asked, "UpdateEndpoint")).to.have.deep.members([
        {
          ...{ EndpointName: "svp-unit-inference-m5-large", EndpointConfigName: nameOf("inference"), RetainAllVariantProperties: true },
          DeploymentConfig: {
            ...policy({ Type: "CANARY", WaitIntervalInSeconds: 300, CanarySize: { Type: "INSTANCE_COUNT", Value: 1 } }),
            ...alarms("inference"),
          },
        },
        {
          ...{ EndpointName: "svp-unit-segments-m5-large", EndpointConfigName: nameOf("segments"), RetainAllVariantProperties: false },
          DeploymentConfig: { ...policy({ Type: "ALL_AT_ONCE", WaitIntervalInSeconds: 300 }), ...alarms("segments") },
        },
      ]);
    });

    it("makes names that SageMaker takes, however long an endpoint's is", () => {
      const named = (key: string) => {
        const fleet = { imageUri: image.uri, network: { subnetIds: [], securityGroupId: "sg" } as unknown as ComputeNetwork, namePrefix: "svp-staging-" };
        return JSON.stringify(renewEndpoint({ endpoint: renewable(key, 1), models: ["smoke"] }, fleet)).match(/'svp-staging-[^%]*/)?.[0];
      };
      expect(named("inference")).to.equal("'svp-staging-inference-' & $substring($states.context.Execution.Name, 0, 36) ");
      // 12 + 40 + 1 + 10 = 63.
      const long = "segments-".padEnd(40, "x");
      expect(named(long)).to.equal(`'svp-staging-${long}-' & $substring($states.context.Execution.Name, 0, 10) `);
      expect(() => named("x".repeat(42))).to.throw(`"${"x".repeat(42)}" is too long for the names of an endpoint's models and configurations.`);
    });

    it("renews no endpoint that is not asked for it", async () => {
      const { asked } = await execute({
        ...endpoints().answers,
        RuleOnModel: () => ({ Payload: { verdict: "DEPLOY", switch: { ...wanted, model: "instrument-detector" } } }),
      });
      expect(of(asked, "UpdateEndpoint").map(({ EndpointName }) => EndpointName)).to.deep.equal(["svp-unit-inference-m5-large"]);
    });

    it("rejects a version that raised an alarm, gives every endpoint its fleet back, and lets no job use it", async () => {
      const reason = "One or more configured alarm(s) have gone into ALARM state: [segments-errors].";
      const { answers, on, before } = endpoints({ "svp-unit-segments-m5-large": reason });
      const { error, asked } = await execute(answers);
      expect(on).to.deep.equal(before);
      expect(of(asked, "GiveFleetBack")).to.deep.equal([
        {
          ...{ EndpointName: "svp-unit-inference-m5-large", EndpointConfigName: "program-inference", RetainAllVariantProperties: true },
          DeploymentConfig: {
            BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: "ALL_AT_ONCE", WaitIntervalInSeconds: 0 }, MaximumExecutionTimeoutInSeconds: 3600 },
          },
        },
      ]);
      expect(names(asked)).not.to.include("SwitchModel");
      expect(of(asked, "RejectVersion")[0]).to.deep.equal({
        ...{ ModelPackageArn: packageArn, ModelApprovalStatus: "Rejected" },
        ApprovalDescription: `Not deployed: The endpoint svp-unit-segments-m5-large was rolled back: ${reason}`,
      });
      expect(error?.error).to.equal("ModelRefused");
    });

    it("gives the fleets back without rejecting if another deployment came between", async () => {
      const { answers, on, before } = endpoints();
      const { error, asked } = await execute({ ...answers, SwitchModel: fail("Outdated", { errorMessage: "It was changed meanwhile." }) });
      expect(on).to.deep.equal(before);
      expect([error?.error, error?.causeText]).to.deep.equal(["Outdated", "It was changed meanwhile."]);
      expect(names(asked)).not.to.include("RejectVersion");
    });

    it("puts back for jobs first, then on the endpoints, whatever their alarms say", async () => {
      const back = { ...smoke, from: "deployed-models/smoke/x/" };
      const { answers, on } = endpoints();
      const { error, asked } = await execute({ ...answers, RuleOnModel: () => ({ Payload: { verdict: "PUT_BACK", switch: back } }) });
      expect(error?.causeText).to.equal(undefined);
      expect(names(asked).slice(0, 3)).to.deep.equal(["RuleOnModel", "SwitchModel", "StageEndpointModels"]);
      expect(of(asked, "UpdateEndpoint")).to.deep.equal([]);
      expect(of(asked, "ReplaceFleet")).to.have.length(2);
      expect(Object.values(on)).to.deep.equal([nameOf("inference"), nameOf("segments")]);
    });

    it("fails where an endpoint takes neither, and names it", async () => {
      const { answers } = endpoints();
      const broken = await execute({
        ...answers,
        "AskForFleet (segments)": () => ({
          EndpointName: "svp-unit-segments-m5-large",
          EndpointStatus: "UpdateRollbackFailed",
          EndpointConfigName: "x",
          FailureReason: "No capacity.",
        }),
      });
      expect(broken.error?.error).to.equal("EndpointNotRenewed");
      expect(broken.error?.causeText).to.equal("EndpointNotRenewed: svp-unit-segments-m5-large is UpdateRollbackFailed: No capacity.");
      const back = { ...smoke, from: "deployed-models/smoke/x/" };
      const stopped = endpoints({ "svp-unit-segments-m5-large": "The container did not answer." });
      const { error } = await execute({ ...stopped.answers, RuleOnModel: () => ({ Payload: { verdict: "PUT_BACK", switch: back } }) });
      expect([error?.error, error?.causeText]).to.deep.equal([
        "EndpointNotRenewed",
        "The endpoint svp-unit-segments-m5-large could not be given the version before: The container did not answer.",
      ]);
    });
  });

  it("rejects what failed its trial twice, and no version for a fault that is not its own", async () => {
    const failed = await execute({ ...whole, TryCandidate: fail("States.TaskFailed", { FailureReason: "AlgorithmError: It gave 7 scores." }) });
    expect(names(failed.asked)).to.deep.equal(["RuleOnModel", "TryCandidate", "TryCandidate", "RejectVersion"]);
    expect(failed.asked.at(-1)?.arguments.ApprovalDescription).to.equal("Not deployed: It failed its trial: AlgorithmError: It gave 7 scores.");
    expect(failed.error?.error).to.equal("ModelRefused");
    const tried = ["RuleOnModel", "TryCandidate", "TryCandidate"];
    const denied = await execute({ ...whole, TryCandidate: fail("SageMaker.AccessDeniedException", { errorMessage: "No." }) });
    expect([denied.error?.error, names(denied.asked)]).to.deep.equal(["SageMaker.AccessDeniedException", tried]);
    const short = await execute({ ...whole, TryCandidate: fail("States.TaskFailed", { FailureReason: "CapacityError: Unable to provision." }) });
    expect([short.error?.causeText, names(short.asked)]).to.deep.equal(["CapacityError: Unable to provision.", tried]);
    const outdated = await execute({ ...whole, SwitchModel: fail("Outdated", { errorMessage: "It was changed meanwhile." }) });
    expect([outdated.error?.error, outdated.error?.causeText]).to.deep.equal(["Outdated", "It was changed meanwhile."]);
  });
});

describe("ModelDeployment", () => {
  let stack: Awaited<ReturnType<typeof inAccount>>;
  before(async () => {
    stack = await inAccount((opts) => {
      const { settings, keys, lake } = parts(opts);
      const endpoints: ModelDeploymentArgs["endpoints"] = [{ endpoint: renewable("inference", 2), models: ["instrument-detector"] }];
      new ModelDeployment("model-deployment", { settings, keys, lake, catalogue, image, network: jobNetwork, instanceType: "ml.c5.xlarge", endpoints }, opts);
    });
  });
  const policy = (name: string) => statements(stack.one(aws.iam.RolePolicy, name).inputs["policy"]);
  const objects = (name: string) =>
    Object.values(policy(name))
      .flatMap(({ Action, Resource }) => [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${resource}`)))
      .filter((grant) => /^s3:(Get|Put)/.test(grant))
      .map((grant) => grant.replace(/arn:aws:s3:::[^/]*\//, ""))
      .sort();

  it("follows approvals and rejections of the catalogue's networks, and of no others", () => {
    expect(JSON.parse(stack.one(aws.cloudwatch.EventRule, "model-deployment-rule").inputs["eventPattern"] as string)).to.deep.equal({
      source: ["aws.sagemaker"],
      "detail-type": ["SageMaker Model Package State Change"],
      detail: { ModelPackageGroupName: ["svp-unit-instrument-detector"], ModelApprovalStatus: ["Approved", "Rejected"] },
    });
  });

  it("lets one function change networks in use, and the trial none", () => {
    expect(objects("learn-switch-model-role-policy")).to.deep.equal([
      "s3:GetObject deployed-models/*",
      "s3:GetObject models/*",
      "s3:GetObject training/*",
      "s3:PutObject deployed-models/*",
      "s3:PutObject models/*",
    ]);
    expect(objects("learn-rule-on-model-role-policy")).to.deep.equal([
      "s3:GetObject deployed-models/*/record.json*",
      "s3:GetObject models/*",
      "s3:GetObject training/*",
    ]);
    expect(objects("model-deployment-trial-role-policy")).to.deep.equal(["s3:GetObject training/*", "s3:PutObject training/trials/*"]);
  });

  it("lets the machine give the endpoint a fleet of isolated containers, and touch no other", () => {
    const granted = policy("model-deployment-role-policy");
    const arn = (resource: string) => `arn:aws:sagemaker:us-east-1:111111111111:${resource}`;
    expect(granted["MakeModels"]).to.deep.equal({
      ...{ Effect: "Allow", Action: ["sagemaker:CreateModel"], Resource: [arn("model/svp-unit-*")] },
      Condition: { Bool: { "sagemaker:NetworkIsolation": "true" } },
    });
    expect(granted["RenewEndpoints"]?.Resource).to.deep.equal([arn("endpoint/svp-unit-inference-m5-large"), arn("endpoint-config/*")]);
    expect(granted["WatchAlarms"]?.Resource).to.deep.equal([
      "arn:aws:cloudwatch:us-east-1:111111111111:alarm:inference-errors",
      "arn:aws:cloudwatch:us-east-1:111111111111:alarm:inference-latency",
    ]);
    expect(granted["PassServingRoles"]?.Resource).to.deep.equal(["arn:aws:iam::111111111111:role/serving"]);
    expect(objects("learn-stage-endpoint-models-role-policy")).to.deep.equal([
      "s3:GetObject deployed-models/*",
      "s3:GetObject models/*",
      "s3:GetObject training/*",
      "s3:PutObject endpoint-models/*",
    ]);
  });

  it("lets the machine reject versions, and approve none", () => {
    expect(policy("model-deployment-role-policy")["RejectVersions"]).to.deep.equal({
      Effect: "Allow",
      Action: ["sagemaker:UpdateModelPackage"],
      Resource: ["arn:aws:sagemaker:us-east-1:111111111111:model-package/svp-unit-*"],
      Condition: { StringEquals: { "sagemaker:ModelApprovalStatus": "Rejected" } },
    });
  });
});
