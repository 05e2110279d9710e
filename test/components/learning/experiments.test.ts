import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { experimentsDefinition } from "../../../components/learning/experiments.asl.ts";
import { Experiments } from "../../../components/learning/experiments.ts";
import { TrainingRoles } from "../../../components/learning/training-roles.ts";
import type { ComputeNetwork } from "../../../components/network/compute-network.ts";
import { StatesError } from "../../../local/services/states/error.ts";
import { definitionFaults } from "../../../local/services/states/lint.ts";
import type { Answer, Arguments } from "../analysis/execution.ts";
import { runDefinition } from "../machine-run.ts";
import { detector, image, jobNetwork, parts } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

const definition = experimentsDefinition({
  planExperiments: { arn: "arn:aws:lambda:us-east-1:111111111111:function:plan", timeoutSeconds: 300 },
  network: { subnetIds: ["subnet-0a"], securityGroupId: "sg-0c" } as unknown as ComputeNetwork,
  ...{ keyArn: "arn:aws:kms:us-east-1:111111111111:key/models", modelsBucket: "models" },
  training: {
    ...{ imageUri: "training@sha256:0", roleArn: "arn:aws:iam::111111111111:role/job" },
    resources: { InstanceCount: 1, InstanceType: "ml.c5.2xlarge", VolumeSizeInGB: 50, VolumeKmsKeyId: "key" },
  },
  asking: {
    ...{ imageUri: "serving@sha256:0", roleArn: "arn:aws:iam::111111111111:role/asking" },
    resources: { InstanceCount: 1, InstanceType: "ml.c5.xlarge", VolumeKmsKeyId: "key" },
  },
});
const request = {
  itemList: [{ id: "small", model: "instrument-detector", dataset: "instruments", datasetVersion: "1.2.0", hyperParameters: { epochs: "3" } }],
};
const planned = (id: string) => ({
  ...{ id, model: "instrument-detector", dataset: "s3://datasets/datasets/instruments/v1.2.0/" },
  hyperParameters: { epochs: "3", sagemaker_program: "train_instrument_detector.py", layout: "version" },
  ...{ manifest: `s3://models/training/experiments/batch-1/${id}/pictures.manifest`, folder: `training/experiments/batch-1/${id}/` },
});
const artifacts = "s3://models/training/experiments/batch-1/small/trained/job/output/model/";
const plan =
  (ids: string[], toleratedFailures = 0): Answer =>
  () => ({ Payload: { experiments: ids.map(planned), toleratedFailures } });
const whole: Record<string, Answer> = {
  PlanExperiments: plan(["small"]),
  TrainItem: () => ({ ModelArtifacts: { S3ModelArtifacts: artifacts } }),
  MakeModel: ({ ModelName }) => ({ ModelArn: `arn:aws:sagemaker:us-east-1:111111111111:model/${ModelName}` }),
  AskItem: () => ({}),
};
const execute = (answers: Record<string, Answer>) =>
  runDefinition(definition, { machine: "experiments", execution: "batch-1", input: request }, { ...whole, ...answers });
const trained = (id: string) => ({
  id,
  status: "SUCCEEDED",
  model: artifacts,
  answers: `s3://models/training/experiments/batch-1/${id}/answers/`,
  error: null,
});
/** Fails the training of these. */
const failing = (...ids: string[]): Record<string, Answer> => ({
  TrainItem: ({ OutputDataConfig }) => {
    const id = /batch-1\/([^/]+)\//.exec(OutputDataConfig.S3OutputPath)?.[1] as string;
    if (ids.includes(id)) throw new StatesError("States.TaskFailed", JSON.stringify({ FailureReason: "AlgorithmError: It does not learn." }));
    return { ModelArtifacts: { S3ModelArtifacts: artifacts } };
  },
});

describe("experiments", () => {
  it("is a definition that Step Functions takes", async () => {
    expect(await definitionFaults(JSON.parse(JSON.stringify(definition)))).to.deep.equal([]);
  });

  it("trains, makes a model of what was trained, and asks it about the pictures", async () => {
    const { output, asked } = await execute({});
    expect(output).to.deep.equal({ outcomes: [trained("small")] });
    expect(asked.map(({ name }) => name)).to.deep.equal(["PlanExperiments", "TrainItem", "MakeModel", "AskItem"]);
    const [plans, training, model, asking] = asked.map((one) => one.arguments) as [Arguments, Arguments, Arguments, Arguments];
    expect(plans.Payload).to.deep.equal({ batch: "batch-1", request });
    const folder = "s3://models/training/experiments/batch-1/small/";
    expect(training.TrainingJobName).to.equal("svp-experiment-batch-1-0-0-0");
    expect(training.HyperParameters).to.deep.equal(planned("small").hyperParameters);
    expect(training.InputDataConfig[0].DataSource.S3DataSource.S3Uri).to.equal("s3://datasets/datasets/instruments/v1.2.0/");
    expect([training.OutputDataConfig.S3OutputPath, training.CheckpointConfig.S3Uri]).to.deep.equal([`${folder}trained`, `${folder}checkpoints`]);
    expect(model.PrimaryContainer).to.deep.equal({
      ...{ Image: "serving@sha256:0", Environment: { MODEL_ID: "instrument-detector" } },
      ModelDataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: artifacts, CompressionType: "None" } },
    });
    expect(asking.ModelName).to.equal(model.ModelName);
    expect(asking.TransformInput.DataSource.S3DataSource).to.deep.equal({ S3DataType: "ManifestFile", S3Uri: `${folder}pictures.manifest` });
    expect(asking.TransformOutput.S3OutputPath).to.equal(`${folder}answers`);
    for (const job of [training, model]) expect(job.EnableNetworkIsolation).to.equal(true);
  });

  it("goes on with the others where one fails, and fails itself if more fail than the batch tolerates", async () => {
    const tolerant = await execute({ ...failing("b"), PlanExperiments: plan(["a", "b", "c"], 34) });
    expect(tolerant.output).to.deep.equal({
      outcomes: [trained("a"), { id: "b", status: "FAILED", model: null, answers: null, error: "AlgorithmError: It does not learn." }, trained("c")],
    });
    const strict = await execute({ ...failing("b", "c"), PlanExperiments: plan(["a", "b", "c"], 34) });
    expect([strict.error?.error, strict.error?.causeText]).to.deep.equal([
      "TooManyFailed",
      "2 of 3 experiments failed. b: AlgorithmError: It does not learn. c: AlgorithmError: It does not learn.",
    ]);
    expect(strict.asked.filter(({ name }) => name === "AskItem")).to.have.length(1);
    expect((await execute(failing("small"))).error?.error).to.equal("TooManyFailed");
  });

  it("fails with every reason of a batch that is wrong, and starts nothing", async () => {
    const { error, asked } = await execute({
      PlanExperiments: () => {
        throw new StatesError("InvalidInput", JSON.stringify({ errorMessage: "One. Two." }));
      },
    });
    expect([error?.error, error?.causeText, asked.length]).to.deep.equal(["InvalidInput", "One. Two.", 1]);
  });
});

describe("Experiments", () => {
  let stack: Awaited<ReturnType<typeof inAccount>>;
  before(async () => {
    stack = await inAccount((opts) => {
      const { settings, keys, lake } = parts(opts);
      const roles = new TrainingRoles(
        "training",
        { place, datasets: lake.datasets, models: lake.models, network: jobNetwork, image, logKey: keys.logs, logRetentionDays: 2192 },
        opts,
      );
      const instanceTypes = { training: "ml.g5.xlarge", asking: "ml.c5.xlarge" };
      new Experiments(
        "experiments",
        {
          settings,
          keys,
          lake,
          models: [detector],
          trainingImage: image,
          servingImage: image,
          roles,
          network: jobNetwork,
          instanceTypes,
          hasTransformLog: false,
        },
        opts,
      );
    });
  });

  it("runs jobs of its own names, and registers and approves nothing", () => {
    const granted = statements(stack.one(aws.iam.RolePolicy, "experiments-role-policy").inputs["policy"]);
    const jobs = Object.values(granted).filter(({ Action }) => [Action].flat().some((action) => String(action).startsWith("sagemaker:")));
    for (const { Resource } of jobs)
      expect(String(Resource)).to.match(/^arn:aws:sagemaker:us-east-1:111111111111:(training-job|transform-job|model)\/svp-experiment-\*$/);
    expect(jobs.flatMap(({ Action }) => Action)).to.not.include.members(["sagemaker:CreateModelPackage", "sagemaker:UpdateModelPackage"]);
  });

  it("names a key for disks that have none of their own, and none for others", () => {
    const { States } = JSON.parse(stack.one(aws.sfn.StateMachine, "experiments").inputs["definition"] as string);
    const { TrainItem, AskItem } = States.RunExperiments.ItemProcessor.States;
    expect(TrainItem.Arguments.ResourceConfig).to.deep.equal({ InstanceCount: 1, InstanceType: "ml.g5.xlarge", VolumeSizeInGB: 50 });
    expect(AskItem.Arguments.TransformResources).to.have.all.keys("InstanceCount", "InstanceType", "VolumeKmsKeyId");
  });
});
