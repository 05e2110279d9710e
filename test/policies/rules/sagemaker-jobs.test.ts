import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { evaluatePolicies } from "../../../local/deploy/policy/in-process.ts";
import { unknownValue } from "../../../local/deploy/values.ts";
import { jobsAreIsolatedAndEncrypted } from "../../../policies/rules/sagemaker/jobs-are-isolated-and-encrypted.ts";
import { jobsRunPinnedImages } from "../../../policies/rules/sagemaker/jobs-run-pinned-images.ts";
import { pipelinesRegisterForApproval } from "../../../policies/rules/sagemaker/pipelines-register-for-approval.ts";
import { applications, violations } from "../../support/policies.ts";
import { deploymentOf } from "../../support/programs.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const key = "arn:aws:kms:us-east-1:111111111111:key/models";
const roleArn = "arn:aws:iam::111111111111:role/r";
const image = `777777777777.dkr.ecr.us-east-1.amazonaws.com/svp/training@sha256:${"0".repeat(64)}`;

const network = {
  enableNetworkIsolation: true,
  enableInterContainerTrafficEncryption: true,
  vpcConfig: { subnets: ["subnet-1"], securityGroupIds: ["sg-1"] },
};
const cluster = { instanceType: "ml.m5.xlarge", instanceCount: 1, volumeSizeInGb: 50, volumeKmsKeyId: key };
const training = {
  roleArn,
  ...network,
  algorithmSpecification: { trainingImage: image, trainingInputMode: "File" },
  outputDataConfig: { s3OutputPath: "s3://lake/training/", kmsKeyId: key },
  resourceConfig: cluster,
  stoppingCondition: { maxRuntimeInSeconds: 3600 },
};
const train =
  (change: object = {}): Program =>
  (opts) =>
    new aws.sagemaker.TrainingJob("t", { trainingJobName: "t", ...training, ...change } as aws.sagemaker.TrainingJobArgs, opts);
const tune =
  (definitions: object): Program =>
  (opts) =>
    new aws.sagemaker.HyperParameterTuningJob(
      "h",
      { config: { strategy: "Random", resourceLimits: { maxParallelTrainingJobs: 1 } }, ...definitions } as aws.sagemaker.HyperParameterTuningJobArgs,
      opts,
    );
const output = { kmsKeyId: key, monitoringOutputs: { s3Output: { s3Uri: "s3://lake/drift/", localPath: "/out" } } };
const quality =
  (change: object = {}): Program =>
  (opts) =>
    new aws.sagemaker.DataQualityJobDefinition(
      "q",
      {
        roleArn,
        dataQualityAppSpecification: { imageUri: image },
        dataQualityJobInput: { endpointInput: { endpointName: "e" } },
        dataQualityJobOutputConfig: output,
        jobResources: { clusterConfig: cluster },
        networkConfig: network,
        ...change,
      } as aws.sagemaker.DataQualityJobDefinitionArgs,
      opts,
    );
const schedule =
  (change?: object): Program =>
  (opts) =>
    new aws.sagemaker.MonitoringSchedule(
      "s",
      {
        monitoringScheduleConfig: {
          monitoringType: "DataQuality",
          ...(change === undefined
            ? { monitoringJobDefinitionName: "q" }
            : {
                monitoringJobDefinition: {
                  roleArn,
                  monitoringAppSpecification: { imageUri: image },
                  monitoringInputs: { endpointInput: { endpointName: "e", localPath: "/in" } },
                  monitoringOutputConfig: output,
                  monitoringResources: { clusterConfig: cluster },
                  networkConfig: network,
                  ...change,
                },
              }),
        },
      } as aws.sagemaker.MonitoringScheduleArgs,
      opts,
    );

const api = {
  isolated: { EnableNetworkIsolation: true, EnableInterContainerTrafficEncryption: true, VpcConfig: { Subnets: ["subnet-1"], SecurityGroupIds: ["sg-1"] } },
  cluster: { InstanceType: "ml.g5.xlarge", InstanceCount: 1, VolumeSizeInGB: 50 },
};
const steps = {
  Prepare: {
    Type: "Processing",
    Arguments: {
      AppSpecification: { ImageUri: image },
      NetworkConfig: api.isolated,
      ProcessingOutputConfig: { KmsKeyId: key },
      ProcessingResources: { ClusterConfig: api.cluster },
    },
  },
  Train: {
    Type: "Training",
    Arguments: { ...api.isolated, AlgorithmSpecification: { TrainingImage: image }, OutputDataConfig: { KmsKeyId: key }, ResourceConfig: api.cluster },
  },
  Transform: { Type: "Transform", Arguments: { TransformOutput: { KmsKeyId: key }, TransformResources: api.cluster } },
  Model: { Type: "Model", Arguments: { PrimaryContainer: { Image: image }, EnableNetworkIsolation: true, VpcConfig: api.isolated.VpcConfig } },
};
const named = (all: Readonly<Record<string, object>>): object[] => Object.entries(all).map(([Name, step]) => ({ Name, ...step }));
const pipeline =
  (all: Readonly<Record<string, object>>, more?: object): Program =>
  (opts) =>
    new aws.sagemaker.Pipeline(
      "p",
      {
        pipelineName: "p",
        pipelineDisplayName: "p",
        roleArn,
        ...(more ?? { pipelineDefinition: JSON.stringify({ Version: "2020-12-01", Steps: named(all) }) }),
      },
      opts,
    );
const register = (ModelApprovalStatus?: unknown): object => ({ Type: "RegisterModel", Arguments: { ModelPackageGroupName: "g", ModelApprovalStatus } });
const gated = (branch: "IfSteps" | "ElseSteps", step: object): object => ({
  Type: "Condition",
  Arguments: { Conditions: [], [branch]: named({ Register: step }) },
});
const tuned = { Type: "Tuning", Arguments: { TrainingJobDefinition: { ...steps.Train.Arguments, EnableNetworkIsolation: false } } };

describe("rules of SageMaker's jobs", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [jobsAreIsolatedAndEncrypted, "accepts a training job", train()],
    [
      jobsAreIsolatedAndEncrypted,
      "accepts disks that encrypt themselves",
      train({ resourceConfig: { instanceType: "ml.g5.xlarge", instanceCount: 1, volumeSizeInGb: 50 } }),
    ],
    [
      jobsAreIsolatedAndEncrypted,
      "refuses a training job that says nothing",
      train({
        enableNetworkIsolation: undefined,
        enableInterContainerTrafficEncryption: undefined,
        vpcConfig: undefined,
        outputDataConfig: { s3OutputPath: "s3://lake/" },
        resourceConfig: { ...cluster, volumeKmsKeyId: undefined },
        remoteDebugConfig: { enableRemoteDebug: true },
      }),
      'Training job "t" must not set remoteDebugConfig.enableRemoteDebug.',
      'Training job "t" must set enableInterContainerTrafficEncryption to true.',
      'Training job "t" must set enableNetworkIsolation to true.',
      'Training job "t" must set outputDataConfig.kmsKeyId to a customer-managed key, written out.',
      'Training job "t" must set vpcConfig.securityGroupIds.',
      'Training job "t" must set vpcConfig.subnets.',
      'Training job "t" runs on ml.m5.xlarge and must set volumeKmsKeyId to a customer-managed key, written out.',
    ],
    [
      jobsAreIsolatedAndEncrypted,
      "refuses groups of instances that disagree, and none at all",
      (opts) => {
        const groups = ["ml.m5.xlarge", "ml.g5.xlarge"].map((instanceType, i) => ({ instanceType, instanceCount: 1, instanceGroupName: `${i}` }));
        train({ resourceConfig: { instanceGroups: groups, volumeSizeInGb: 50 } })(opts);
        new aws.sagemaker.TrainingJob("u", { trainingJobName: "u", ...training, resourceConfig: {} }, opts);
      },
      'Training job "t" may run on ml.m5.xlarge, ml.g5.xlarge, some of which refuse a volume key while others need one.',
      'Training job "u" names no instance type that can be judged.',
    ],
    [jobsAreIsolatedAndEncrypted, "accepts a tuning job", tune({ trainingJobDefinition: training })],
    [
      jobsAreIsolatedAndEncrypted,
      "refuses any training of a tuning job",
      tune({ trainingJobDefinitions: [training, { ...training, enableNetworkIsolation: false }] }),
      'Tuning job "h" must set enableNetworkIsolation to true.',
    ],
    [jobsAreIsolatedAndEncrypted, "accepts a job that measures drift", quality()],
    [
      jobsAreIsolatedAndEncrypted,
      "refuses an open one",
      quality({
        networkConfig: undefined,
        dataQualityJobOutputConfig: { ...output, kmsKeyId: undefined },
        jobResources: { clusterConfig: { ...cluster, volumeKmsKeyId: undefined } },
      }),
      'Data quality job "q" must set dataQualityJobOutputConfig.kmsKeyId to a customer-managed key, written out.',
      'Data quality job "q" must set networkConfig.enableInterContainerTrafficEncryption to true.',
      'Data quality job "q" must set networkConfig.enableNetworkIsolation to true.',
      'Data quality job "q" must set networkConfig.vpcConfig.securityGroupIds.',
      'Data quality job "q" must set networkConfig.vpcConfig.subnets.',
      'Data quality job "q" runs on ml.m5.xlarge and must set volumeKmsKeyId to a customer-managed key, written out.',
    ],
    [jobsAreIsolatedAndEncrypted, "accepts a schedule that says what runs", schedule({})],
    [
      jobsAreIsolatedAndEncrypted,
      "refuses an open one that a schedule writes down",
      schedule({ networkConfig: { ...network, enableNetworkIsolation: false }, monitoringOutputConfig: { ...output, kmsKeyId: "alias/aws/s3" } }),
      'Schedule "s" must set monitoringOutputConfig.kmsKeyId to a customer-managed key, written out.',
      'Schedule "s" must set networkConfig.enableNetworkIsolation to true.',
    ],
    [jobsAreIsolatedAndEncrypted, "accepts a pipeline", pipeline({ ...steps, Approve: { Type: "RegisterModel" } })],
    [jobsAreIsolatedAndEncrypted, "accepts a model within a request", pipeline({ Model: { Type: "Model", Arguments: { Request: steps.Model.Arguments } } })],
    [
      jobsAreIsolatedAndEncrypted,
      "refuses what parameters of a pipeline fill in",
      pipeline({
        Train: {
          ...steps.Train,
          Arguments: {
            ...steps.Train.Arguments,
            EnableNetworkIsolation: { Get: "Parameters.Isolated" },
            OutputDataConfig: { KmsKeyId: { Get: "Parameters.Key" } },
            ResourceConfig: { ...api.cluster, InstanceType: { Get: "Parameters.Type" } },
          },
        },
      }),
      'Step "Train" must set EnableNetworkIsolation to true.',
      'Step "Train" must set OutputDataConfig.KmsKeyId to a customer-managed key, written out.',
      'Step "Train" names no instance type that can be judged.',
    ],
    [
      jobsAreIsolatedAndEncrypted,
      "looks inside conditions, and at tuning",
      pipeline({
        Decide: { Type: "Condition", Arguments: { IfSteps: named({ Tune: tuned }), ElseSteps: named({ Model: { ...steps.Model, Arguments: {} } }) } },
      }),
      'Step "Model" must set EnableNetworkIsolation to true.',
      'Step "Model" must set VpcConfig.SecurityGroupIds.',
      'Step "Model" must set VpcConfig.Subnets.',
      'Step "Tune" must set EnableNetworkIsolation to true.',
    ],
    [
      jobsAreIsolatedAndEncrypted,
      "refuses steps that it can't judge",
      pipeline({ Cluster: { Type: "EMR" } }),
      'Step "Cluster" is of type EMR, which nothing here judges.',
    ],
    [
      jobsAreIsolatedAndEncrypted,
      "refuses a pipeline that is written down elsewhere",
      pipeline({}, { pipelineDefinitionS3Location: { bucket: "lake", objectKey: "pipeline.json" } }),
      'Pipeline "p" has its definition elsewhere, where nothing judges it; pipelineDefinition must be set.',
    ],

    [jobsRunPinnedImages, "accepts digests", pipeline(steps)],
    [jobsRunPinnedImages, "accepts them of training jobs", train()],
    ...[
      ['Training job "t"', train({ algorithmSpecification: { trainingImage: "x:v1", trainingInputMode: "File" } })],
      ['Tuning job "h"', tune({ trainingJobDefinition: { ...training, algorithmSpecification: { trainingImage: "x:v1", trainingInputMode: "File" } } })],
      ['Data quality job "q"', quality({ dataQualityAppSpecification: { imageUri: "x:v1" } })],
      ['Schedule "s"', schedule({ monitoringAppSpecification: { imageUri: "x:v1" } })],
      ['Step "Prepare"', pipeline({ Prepare: { ...steps.Prepare, Arguments: { AppSpecification: { ImageUri: "x:v1" } } } })],
    ].map(([subject, program]): [Policies[number], string, Program, string] => [
      jobsRunPinnedImages,
      `refuses a tag of ${subject as string}`,
      program as Program,
      `${subject as string} runs the image "x:v1", which must be named by its digest in a private registry of ECR.`,
    ]),
    [
      pipelinesRegisterForApproval,
      "accepts a version that passed a condition and waits",
      pipeline({ Gate: gated("IfSteps", register("PendingManualApproval")) }),
    ],
    [pipelinesRegisterForApproval, "accepts it in the other branch", pipeline({ Gate: gated("ElseSteps", register("PendingManualApproval")) })],
    [
      pipelinesRegisterForApproval,
      "refuses to register whatever was trained",
      pipeline({ ...steps, Register: register("PendingManualApproval") }),
      'Step "Register" registers whatever was trained; it must stand behind a condition.',
    ],
    ...["Approved", undefined, { Get: "Parameters.Status" }].map((status): [Policies[number], string, Program, string] => [
      pipelinesRegisterForApproval,
      `refuses the status ${JSON.stringify(status)}`,
      pipeline({ Gate: gated("IfSteps", register(status)) }),
      'Step "Register" must set ModelApprovalStatus to PendingManualApproval, written out.',
    ]),
  ];
  for (const [rule, what, program, ...messages] of cases) {
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  it("take keys and subnets that are yet to be made as given, and don't judge an image that is", async () => {
    const hidden = [key, "subnet-1", "sg-1", image];
    const hide = (value: unknown): unknown => {
      if (typeof value === "string") return hidden.includes(value) ? unknownValue : value;
      if (Array.isArray(value)) return value.map(hide);
      return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hide(inner)])) : value;
    };
    const deployment = await deploymentOf(train());
    const resources = deployment.resources.map((resource) => ({ ...resource, inputs: hide(resource.inputs) as Record<string, unknown> }));
    const { findings } = await evaluatePolicies([jobsAreIsolatedAndEncrypted, jobsRunPinnedImages], { ...deployment, resources });
    expect(findings.map(({ rule, enforcementLevel }) => [rule, enforcementLevel])).to.deep.equal([[jobsRunPinnedImages.name, "advisory"]]);
  });

  it("apply to what starts jobs", async () => {
    for (const program of [schedule(), pipeline({ Fail: { Type: "Fail" } }), (opts: Opts) => new aws.s3.Bucket("b", {}, opts)])
      expect(await applications(jobsAreIsolatedAndEncrypted, program)).to.equal(0);
    for (const program of [pipeline(steps), pipeline({}, {})]) expect(await applications(pipelinesRegisterForApproval, program)).to.equal(0);
    expect(await applications(pipelinesRegisterForApproval, pipeline({ Register: register() }))).to.equal(1);
  });
});
