import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { TrainingPipeline, trainingPipelineArn } from "../../../../components/learning/training-pipeline/training-pipeline.ts";
import { TrainingRoles } from "../../../../components/learning/training-roles.ts";
import { readDefinition } from "../../../../local/services/sagemaker/pipeline-definition.ts";
import { failure } from "../../../support/failure.ts";
import { detector, image, jobNetwork, parts } from "../../parts.ts";
import { inAccount, place } from "../../place.ts";
import { datasetsBucket } from "../datasets.ts";

const trainingImage = {
  uri: "444444444444.dkr.ecr.us-east-1.amazonaws.com/svp/training@sha256:1",
  repositoryArn: "arn:aws:ecr:us-east-1:444444444444:repository/svp/training",
};

describe("TrainingPipeline", () => {
  const make = (model = detector) =>
    inAccount((opts) => {
      const made = parts(opts);
      const { lake, settings } = made;
      const datasets = datasetsBucket(made);
      const shared = { place, datasets, models: lake.models, network: jobNetwork, image: trainingImage };
      const roles = new TrainingRoles("training", { ...shared, logKey: settings.key, logRetentionDays: 2192 }, opts);
      const group = "svp-unit-instrument-detector";
      const { pipelineName, pipelineArn } = new TrainingPipeline(`train-${model.id}`, { ...shared, model, group, roles, servingImage: image }, opts);
      return { pipelineName, pipelineArn };
    });

  it("is one pipeline by a name that others know, in the role of pipelines", async () => {
    const stack = await make();
    const { pipelineDefinition, ...inputs } = stack.one(aws.sagemaker.Pipeline, "train-instrument-detector").inputs;
    expect(inputs).to.deep.equal({
      pipelineName: "svp-unit-train-instrument-detector",
      pipelineDisplayName: "svp-unit-train-instrument-detector",
      pipelineDescription: 'Trains the network "Instruments" and registers it for approval',
      roleArn: "arn:aws:iam::111111111111:role/svp-unit-training-pipeline",
    });
    expect(stack.outputs["pipelineName"]).to.equal("svp-unit-train-instrument-detector");
    expect(trainingPipelineArn(place, detector.id)).to.equal("arn:aws:sagemaker:us-east-1:111111111111:pipeline/svp-unit-train-instrument-detector");
    expect(readDefinition(String(pipelineDefinition)).Steps.map(({ Type }) => Type)).to.deep.equal(["Processing", "Training", "Processing", "Condition"]);
  });

  it("runs jobs in their network with the job's role, disks by the datasets' key and output by the models'", async () => {
    const stack = await make();
    const { Steps } = JSON.parse(String(stack.one(aws.sagemaker.Pipeline, "train-instrument-detector").inputs["pipelineDefinition"]));
    const key = (name: string) => stack.one(aws.kms.Key, `keys-${name}`).outputs["arn"];
    const [check, train] = Steps.map(({ Arguments }: { Arguments: object }) => Arguments);
    expect([train.RoleArn, check.RoleArn]).to.deep.equal(Array(2).fill("arn:aws:iam::111111111111:role/svp-unit-training-job"));
    expect(train.VpcConfig).to.deep.equal({ SecurityGroupIds: ["sg-jobs"], Subnets: ["subnet-a", "subnet-b"] });
    expect([train.ResourceConfig.VolumeKmsKeyId, train.OutputDataConfig.KmsKeyId]).to.deep.equal([key("datasets"), key("models")]);
    expect(check.ProcessingResources.ClusterConfig.VolumeKmsKeyId).to.equal(key("datasets"));
    expect(train.AlgorithmSpecification.TrainingImage).to.equal(trainingImage.uri);
  });

  it("refuses a network that no dataset version can teach", async () => {
    const gate = { ...detector, id: "out-of-body", task: "frame-classification", subject: "out-of-body", outputs: { scores: "scores" } } as const;
    expect((await failure(make(gate))).message).to.include(
      'must be one that a dataset version can hold: phases, boxes or masks, not "out-of-body" (out-of-body).',
    );
  });
});
