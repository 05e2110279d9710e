import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { type TrainingPipelineDefinitionArgs, trainingPipelineDefinition } from "../../../../components/learning/training-pipeline/definition.ts";
import { isTrainable, qualityBar } from "../../../../components/learning/training-pipeline/quality-bars.ts";
import { readDefinition } from "../../../../local/services/sagemaker/pipeline-definition.ts";
import { readCatalogue } from "../../../../models/catalogue.ts";
import { detector } from "../../parts.ts";

const args: TrainingPipelineDefinitionArgs = {
  model: detector,
  job: {
    image: "registry/svp/training@sha256:1",
    roleArn: "job-role",
    subnetIds: ["subnet-a"],
    securityGroupId: "sg",
    volumeKeyArn: "volumes",
    outputKeyArn: "outputs",
  },
  datasetsBucket: "datasets",
  modelsBucket: "models",
  group: "svp-unit-instrument-detector",
  servingImage: "registry/svp/inference@sha256:2",
  trainingInstanceType: "ml.c5.2xlarge",
  processingInstanceType: "ml.c5.xlarge",
};
// biome-ignore lint/suspicious/noExplicitAny: what is asserted is the whole of it.
const definitionOf = async (more: Partial<TrainingPipelineDefinitionArgs> = {}): Promise<any> =>
  new Promise((resolve) => pulumi.output(trainingPipelineDefinition({ ...args, ...more })).apply(resolve));

const joined = (...Values: unknown[]) => ({ "Std:Join": { On: "", Values } });
const execution = { Get: "Execution.PipelineExecutionId" };
const own = (path: string) => joined("s3://models/training/instrument-detector/", execution, `/${path}`);
const dataset = joined("s3://datasets/datasets/", { Get: "Parameters.Dataset" }, "/v", { Get: "Parameters.DatasetVersion" }, "/");
const told = (Path: string) => ({ "Std:JsonGet": { PropertyFile: { Get: "Steps.Evaluate.PropertyFiles.Gate" }, Path } });

describe("the definition of a training pipeline", () => {
  it("keeps to the form of pipeline definitions", async () => {
    for (const more of [{}, { precision: "int8" as const }]) {
      const read = readDefinition(JSON.stringify(await definitionOf(more)));
      expect(read.Steps.map(({ Name }) => Name)).to.deep.equal(["CheckDataset", "Train", ...(more.precision ? ["Quantise"] : []), "Evaluate", "Gate"]);
    }
  });

  it("is told a dataset, its version and why, by these names", async () => {
    expect((await definitionOf()).Parameters).to.deep.equal([
      { Name: "Dataset", Type: "String" },
      { Name: "DatasetVersion", Type: "String" },
      { Name: "Reason", Type: "String", DefaultValue: "manual" },
      { Name: "Minutes", Type: "String", DefaultValue: "30" },
      { Name: "Steps", Type: "String", DefaultValue: "0" },
    ]);
  });

  it("trains on Spot instances from the sealed version, isolated and encrypted, and keeps checkpoints", async () => {
    const [check, train] = (await definitionOf()).Steps;
    expect(check.Arguments.AppSpecification.ContainerEntrypoint).to.deep.equal(["python3", "models/training/check_dataset.py"]);
    expect(train).to.deep.equal({
      Name: "Train",
      Type: "Training",
      DependsOn: ["CheckDataset"],
      Arguments: {
        AlgorithmSpecification: {
          TrainingImage: "registry/svp/training@sha256:1",
          TrainingInputMode: "File",
          MetricDefinitions: ["loss", "mean_ap50"].map((Name) => ({ Name, Regex: `^metric ${Name}=([0-9.eE+-]+)$` })),
        },
        RoleArn: "job-role",
        InputDataConfig: [
          {
            ChannelName: "training",
            DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: dataset, S3DataDistributionType: "FullyReplicated" } },
          },
        ],
        OutputDataConfig: { S3OutputPath: own("trained"), KmsKeyId: "outputs", CompressionType: "NONE" },
        ResourceConfig: { InstanceCount: 1, InstanceType: "ml.c5.2xlarge", VolumeSizeInGB: 100, VolumeKmsKeyId: "volumes" },
        CheckpointConfig: { S3Uri: own("checkpoints"), LocalPath: "/opt/ml/checkpoints" },
        EnableManagedSpotTraining: true,
        StoppingCondition: { MaxRuntimeInSeconds: 43_200, MaxWaitTimeInSeconds: 86_400 },
        EnableNetworkIsolation: true,
        EnableInterContainerTrafficEncryption: true,
        VpcConfig: { SecurityGroupIds: ["sg"], Subnets: ["subnet-a"] },
        HyperParameters: {
          sagemaker_program: "train_instrument_detector.py",
          layout: "version",
          minutes: { Get: "Parameters.Minutes" },
          steps: { Get: "Parameters.Steps" },
        },
      },
    });
  });

  it("measures the candidate beside the network in use, on the same dataset", async () => {
    const evaluate = (await definitionOf()).Steps[2];
    const { ProcessingInputs, ProcessingOutputConfig, NetworkConfig, AppSpecification } = evaluate.Arguments;
    expect(
      ProcessingInputs.map(({ InputName, S3Input }: { InputName: string; S3Input: { S3Uri: unknown; LocalPath: string } }) => [
        InputName,
        S3Input.S3Uri,
        S3Input.LocalPath,
      ]),
    ).to.deep.equal([
      ["model", { Get: "Steps.Train.ModelArtifacts.S3ModelArtifacts" }, "/opt/ml/processing/model"],
      ["incumbent", "s3://models/models/instrument-detector/", "/opt/ml/processing/incumbent"],
      ["dataset", dataset, "/opt/ml/processing/dataset"],
    ]);
    expect(AppSpecification.ContainerEntrypoint).to.deep.equal(["python3", "models/training/judge.py"]);
    expect(ProcessingOutputConfig.Outputs.map(({ S3Output }: { S3Output: { S3Uri: unknown } }) => S3Output.S3Uri)).to.deep.equal([
      own("candidate"),
      own("quality"),
    ]);
    expect(NetworkConfig).to.deep.equal({
      EnableNetworkIsolation: true,
      EnableInterContainerTrafficEncryption: true,
      VpcConfig: { SecurityGroupIds: ["sg"], Subnets: ["subnet-a"] },
    });
    expect(evaluate.PropertyFiles).to.deep.equal([{ PropertyFileName: "Gate", OutputName: "quality", FilePath: "gate.json" }]);
  });

  it("registers for approval only what is above the bar, not worse, and has nothing else against it", async () => {
    const gate = (await definitionOf()).Steps.at(-1);
    expect(gate.Arguments.Conditions).to.deep.equal([
      { Type: "GreaterThanOrEqualTo", LeftValue: told("score"), RightValue: 0.3 },
      { Type: "GreaterThanOrEqualTo", LeftValue: told("gain"), RightValue: 0 },
      { Type: "LessThanOrEqualTo", LeftValue: told("faults"), RightValue: 0 },
    ]);
    expect(gate.Arguments.IfSteps).to.deep.equal([
      {
        Name: "Register",
        Type: "RegisterModel",
        Arguments: {
          ModelPackageGroupName: "svp-unit-instrument-detector",
          ModelPackageDescription: joined(
            ...[
              "Instruments, learned from ",
              { Get: "Parameters.Dataset" },
              " ",
              { Get: "Parameters.DatasetVersion" },
              " (",
              { Get: "Parameters.Reason" },
              ")",
            ],
          ),
          ModelApprovalStatus: "PendingManualApproval",
          InferenceSpecification: {
            Containers: [
              {
                Image: "registry/svp/inference@sha256:2",
                ModelDataSource: { S3DataSource: { S3Uri: own("candidate/"), S3DataType: "S3Prefix", CompressionType: "None" } },
              },
            ],
            SupportedContentTypes: ["application/json"],
            SupportedResponseMIMETypes: ["application/json"],
          },
          ModelMetrics: { ModelQuality: { Statistics: { ContentType: "application/json", S3Uri: own("quality/quality.json") } } },
          CustomerMetadataProperties: {
            ...{ version: told("version"), sha256: told("sha256"), dataset: { Get: "Parameters.Dataset" } },
            ...{ datasetVersion: { Get: "Parameters.DatasetVersion" }, reason: { Get: "Parameters.Reason" }, execution, headline: "map50" },
          },
        },
      },
    ]);
    const [refuse, ...others] = gate.Arguments.ElseSteps;
    expect([refuse.Type, others]).to.deep.equal(["Fail", []]);
    expect(refuse.Arguments.ErrorMessage["Std:Join"].Values[0]).to.match(/^The candidate must reach map50 0\.3, be no worse than the network in use/);
    const outside = (await definitionOf()).Steps.filter(({ Type }: { Type: string }) => Type === "RegisterModel");
    expect(outside).to.deep.equal([]);
  });

  it("takes the smaller network where it wins, and the best of a search", async () => {
    const [, , quantise, evaluate] = (await definitionOf({ precision: "int8" })).Steps;
    expect(quantise.Arguments.AppSpecification.ContainerArguments).to.include.members(["--precision", "int8", "--or-same"]);
    expect(evaluate.Arguments.ProcessingInputs[0].S3Input.S3Uri).to.deep.equal(own("quantised"));
    const search = {
      ...{ objective: { metric: "mean_ap50", better: "Maximize" as const }, jobs: 6, parallelJobs: 2 },
      ranges: { rate: { from: "0.0001", to: "0.01", scale: "Logarithmic" as const } },
    };
    const [, tune, after] = (await definitionOf({ search })).Steps;
    expect([tune.Type, tune.Arguments.HyperParameterTuningJobConfig.ResourceLimits]).to.deep.equal([
      "Tuning",
      { MaxNumberOfTrainingJobs: 6, MaxParallelTrainingJobs: 2 },
    ]);
    expect(after.Arguments.ProcessingInputs[0].S3Input.S3Uri).to.deep.equal(
      joined("s3://models/training/instrument-detector/", execution, "/trained/", { Get: "Steps.Tune.BestTrainingJob.TrainingJobName" }, "/output/model/"),
    );
  });

  it("is there for each network that a dataset version can teach, with a bar between nothing and all", () => {
    const models = readCatalogue().models.map(({ model }) => model);
    expect(models.filter(isTrainable).map(({ id }) => id)).to.deep.equal([
      "instrument-detector",
      "instrument-segmenter",
      "organ-segmenter",
      "phase-classifier",
    ]);
    for (const model of models) expect(qualityBar(model).least).to.be.within(0.01, 0.99);
  });
});
