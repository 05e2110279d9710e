import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Model } from "../../../contracts/model.ts";
import type { InferenceImage } from "../../analysis/inference-image.ts";
import { PlatformComponent } from "../../component.ts";
import type { EncryptedBucket } from "../../data/encrypted-bucket.ts";
import type { ComputeNetwork } from "../../network/compute-network.ts";
import { type Place, physicalName, regionalArn } from "../../place.ts";
import type { TrainingRoles } from "../training-roles.ts";
import { type Search, trainingPipelineDefinition } from "./definition.ts";
import { isTrainable } from "./quality-bars.ts";

export interface TrainingPipelineArgs {
  place: Place;
  model: Model;
  /** Name of the network's group in the registry. */
  group: pulumi.Input<string>;
  roles: TrainingRoles;
  datasets: EncryptedBucket;
  models: EncryptedBucket;
  network: ComputeNetwork;
  /** What trains and judges. */
  image: InferenceImage;
  /** What answers with the network. */
  servingImage: InferenceImage;
  /** @default ml.c5.2xlarge: the shipped networks learn in minutes without a GPU. */
  trainingInstanceType?: string;
  /** A search over hyperparameters instead of one training. @default none */
  search?: Search;
  /** A smaller precision, taken where it wins. @default none */
  precision?: "fp16" | "int8";
}

/** Name of the pipeline that trains a network; whoever starts it knows it by this. */
export const trainingPipelineName = (place: Place, modelId: string): string => physicalName(place, `train-${modelId}`);
export const trainingPipelineArn = (place: Place, modelId: string): string =>
  regionalArn(place, "sagemaker", `pipeline/${trainingPipelineName(place, modelId)}`);

const instanceTypes = { training: "ml.c5.2xlarge", processing: "ml.c5.xlarge" };

/**
 * The SageMaker pipeline that trains one network: from a sealed dataset version to a version in the registry that waits for approval, or to the
 * reason why there is none. HIPAA 164.312(a)(2)(iv), (e)(1): its jobs have no way to any network but to S3 by SageMaker's own hand, and all they
 * write is encrypted. It costs nothing by itself; its jobs are paid by the second.
 */
export class TrainingPipeline extends PlatformComponent {
  readonly pipelineName: pulumi.Output<string>;
  readonly pipelineArn: pulumi.Output<string>;

  constructor(name: string, args: TrainingPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:learning:TrainingPipeline", name, opts);
    const { model, datasets, models, network } = args;
    if (!isTrainable(model)) this.reject("model", `must be one that a dataset version can hold: phases, boxes or masks, not "${model.id}" (${model.subject}).`);

    const definition = trainingPipelineDefinition({
      model,
      job: {
        image: args.image.uri,
        roleArn: args.roles.jobRoleArn,
        ...network,
        volumeKeyArn: datasets.key.arn,
        outputKeyArn: models.key.arn,
      },
      datasetsBucket: datasets.bucketName,
      modelsBucket: models.bucketName,
      group: args.group,
      servingImage: args.servingImage.uri,
      trainingInstanceType: args.trainingInstanceType ?? instanceTypes.training,
      processingInstanceType: instanceTypes.processing,
      ...(args.search && { search: args.search }),
      ...(args.precision && { precision: args.precision }),
    });
    const pipeline = new aws.sagemaker.Pipeline(
      name,
      {
        pipelineName: trainingPipelineName(args.place, model.id),
        pipelineDisplayName: trainingPipelineName(args.place, model.id),
        pipelineDescription: `Trains the network "${model.name}" and registers it for approval`,
        pipelineDefinition: pulumi.jsonStringify(definition),
        roleArn: args.roles.pipelineRoleArn,
      },
      this.child(),
    );
    this.pipelineName = pipeline.pipelineName;
    this.pipelineArn = pipeline.arn;
    this.registerOutputs({ pipelineName: this.pipelineName, pipelineArn: this.pipelineArn });
  }
}
