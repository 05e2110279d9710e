import type { CreateProcessingJobRequest, CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import { account, jobRole, kmsKeyArn, region } from "../folder-store.ts";

export const imageUri = `${account}.dkr.ecr.${region}.amazonaws.com/inference@sha256:${"0".repeat(64)}`;

/** A processing job as the state machine asks for it. */
export const processingRequest = (more: Partial<CreateProcessingJobRequest> = {}): CreateProcessingJobRequest => ({
  ProcessingJobName: "job",
  RoleArn: jobRole,
  AppSpecification: { ImageUri: imageUri, ContainerEntrypoint: ["node", "main.ts", "process"] },
  Environment: { BEHAVIOUR: "copy", INPUT_DIR: "/opt/ml/processing/input/video", OUTPUT_DIR: "/opt/ml/processing/output", BOTH: "job" },
  NetworkConfig: { EnableNetworkIsolation: true, EnableInterContainerTrafficEncryption: true },
  ProcessingInputs: [
    { InputName: "video", S3Input: { S3Uri: "s3://lake/video/", LocalPath: "/opt/ml/processing/input/video", S3DataType: "S3Prefix", S3InputMode: "File" } },
  ],
  ProcessingOutputConfig: {
    KmsKeyId: kmsKeyArn,
    Outputs: [{ OutputName: "results", S3Output: { S3Uri: "s3://lake/results/", LocalPath: "/opt/ml/processing/output", S3UploadMode: "EndOfJob" } }],
  },
  ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: "ml.m5.large", VolumeSizeInGB: 50 } },
  StoppingCondition: { MaxRuntimeInSeconds: 60 },
  ...more,
});

export const trainingImageUri = `${account}.dkr.ecr.${region}.amazonaws.com/training@sha256:${"1".repeat(64)}`;

/** A training job as a pipeline asks for it. */
export const trainingRequest = (more: Partial<CreateTrainingJobRequest> = {}): CreateTrainingJobRequest => ({
  TrainingJobName: "job",
  RoleArn: jobRole,
  AlgorithmSpecification: {
    TrainingImage: trainingImageUri,
    TrainingInputMode: "File",
    MetricDefinitions: ["loss", "accuracy"].map((Name) => ({ Name, Regex: `^metric ${Name}=([0-9.eE+-]+)$` })),
  },
  HyperParameters: { behaviour: "learn" },
  InputDataConfig: [{ ChannelName: "training", DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "s3://lake/datasets/phases/v1.0.0/" } } }],
  OutputDataConfig: { S3OutputPath: "s3://lake/trained", KmsKeyId: kmsKeyArn, CompressionType: "NONE" },
  CheckpointConfig: { S3Uri: "s3://lake/checkpoints" },
  ResourceConfig: { InstanceCount: 1, InstanceType: "ml.c5.2xlarge", VolumeSizeInGB: 50, VolumeKmsKeyId: kmsKeyArn },
  EnableManagedSpotTraining: true,
  EnableNetworkIsolation: true,
  EnableInterContainerTrafficEncryption: true,
  VpcConfig: { Subnets: ["subnet-0a"], SecurityGroupIds: ["sg-0c"] },
  StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 120 },
  ...more,
});
