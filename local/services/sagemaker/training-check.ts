import { type CreateTrainingJobRequest, TrainingInstanceType } from "@aws-sdk/client-sagemaker";
import { notImplemented, ServiceError } from "../../wire/service.ts";
import { assertImplemented } from "../jobs/request.ts";
import { hasLocalDisks } from "./request-check.ts";

const members = [
  ...["TrainingJobName", "HyperParameters", "AlgorithmSpecification", "RoleArn", "InputDataConfig", "OutputDataConfig", "ResourceConfig"],
  ...["VpcConfig", "StoppingCondition", "Tags", "EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining"],
  ...["CheckpointConfig", "Environment"],
];
const instanceTypes = new Set<string>(Object.values(TrainingInstanceType));
const isS3Uri = (uri: string | undefined): boolean => /^s3:\/\/[^/]+\/?/.test(uri ?? "");

/**
 * Everything that is wrong with a request for a training job, at once; limits as in the API reference, CreateTrainingJob. Throws ValidationException,
 * or NotImplemented for what is right but not implemented.
 */
export function checkTrainingJob(input: CreateTrainingJobRequest): void {
  assertImplemented("CreateTrainingJob", input, members);
  const problems = [...checkWork(input), ...checkChannels(input), ...checkOutput(input), ...checkCluster(input), ...checkTime(input)];
  if (problems.length > 0) throw new ServiceError("ValidationException", problems.join(" "));
}

function checkWork({ TrainingJobName, AlgorithmSpecification, HyperParameters, Environment, Tags }: CreateTrainingJobRequest): string[] {
  const problems: string[] = [];
  if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(TrainingJobName ?? ""))
    problems.push(`TrainingJobName is "${TrainingJobName}"; it must be 1 to 63 letters, digits and hyphens, with no hyphen at its ends.`);
  assertImplemented("AlgorithmSpecification", AlgorithmSpecification ?? {}, ["TrainingImage", "TrainingInputMode", "MetricDefinitions"]);
  if (!AlgorithmSpecification?.TrainingImage) problems.push("AlgorithmSpecification.TrainingImage is missing.");
  if (AlgorithmSpecification?.TrainingInputMode !== "File")
    throw notImplemented(`AlgorithmSpecification.TrainingInputMode ${AlgorithmSpecification?.TrainingInputMode}`);
  for (const { Name, Regex } of AlgorithmSpecification.MetricDefinitions ?? [])
    if (!isExpression(Regex)) problems.push(`The metric ${Name} has the pattern ${Regex}, which is no regular expression.`);
  const parameters = Object.entries(HyperParameters ?? {});
  if (parameters.length > 100) problems.push(`HyperParameters has ${parameters.length} entries; at most 100 are allowed.`);
  for (const [name, value] of parameters)
    if (value.length > 2500) problems.push(`HyperParameters.${name} has ${value.length} characters; at most 2500 are allowed.`);
  if (Object.keys(Environment ?? {}).length > 100) problems.push("Environment has more than 100 entries.");
  if ((Tags?.length ?? 0) > 50) problems.push(`Tags has ${Tags?.length} entries; at most 50 are allowed.`);
  return problems;
}

function isExpression(text: string | undefined): boolean {
  try {
    new RegExp(text ?? "", "m");
    return true;
  } catch {
    return false;
  }
}

function checkChannels({ InputDataConfig = [] }: CreateTrainingJobRequest): string[] {
  const problems = InputDataConfig.length > 20 ? [`InputDataConfig has ${InputDataConfig.length} channels; at most 20 are allowed.`] : [];
  const names = InputDataConfig.map(({ ChannelName }) => ChannelName);
  for (const name of new Set(names.filter((one, i) => names.indexOf(one) !== i))) problems.push(`InputDataConfig has two channels "${name}".`);
  for (const [i, channel] of InputDataConfig.entries()) {
    const path = `InputDataConfig[${i}]`;
    assertImplemented(path, channel, ["ChannelName", "DataSource", "InputMode", "CompressionType"]);
    if ((channel.InputMode ?? "File") !== "File") throw notImplemented(`${path}.InputMode ${channel.InputMode}`);
    if ((channel.CompressionType ?? "None") !== "None") throw notImplemented(`${path}.CompressionType ${channel.CompressionType}`);
    if (!/^[A-Za-z0-9.\-_]{1,64}$/.test(channel.ChannelName ?? "")) problems.push(`${path}.ChannelName is "${channel.ChannelName}", which is not allowed.`);
    const source = channel.DataSource?.S3DataSource;
    if (!source) throw notImplemented(`${path}.DataSource without S3DataSource`);
    if (source.S3DataType !== "S3Prefix") throw notImplemented(`${path}.DataSource.S3DataSource.S3DataType ${source.S3DataType}`);
    if ((source.S3DataDistributionType ?? "FullyReplicated") !== "FullyReplicated")
      throw notImplemented(`${path}.DataSource.S3DataSource.S3DataDistributionType ${source.S3DataDistributionType}`);
    if (!isS3Uri(source.S3Uri)) problems.push(`${path}.DataSource.S3DataSource.S3Uri is "${source.S3Uri}"; it must be s3://bucket/prefix.`);
  }
  return problems;
}

function checkOutput({ OutputDataConfig, CheckpointConfig }: CreateTrainingJobRequest): string[] {
  const problems = isS3Uri(OutputDataConfig?.S3OutputPath)
    ? []
    : [`OutputDataConfig.S3OutputPath is "${OutputDataConfig?.S3OutputPath}"; it must be s3://bucket/prefix.`];
  // (API reference, OutputDataConfig.CompressionType: the default is GZIP)
  if (OutputDataConfig?.CompressionType !== "NONE") throw notImplemented(`OutputDataConfig.CompressionType ${OutputDataConfig?.CompressionType ?? "GZIP"}`);
  if (CheckpointConfig === undefined) return problems;
  if (!isS3Uri(CheckpointConfig.S3Uri)) problems.push(`CheckpointConfig.S3Uri is "${CheckpointConfig.S3Uri}"; it must be s3://bucket/prefix.`);
  if ((CheckpointConfig.LocalPath ?? "/opt/ml/checkpoints") !== "/opt/ml/checkpoints")
    throw notImplemented(`CheckpointConfig.LocalPath ${CheckpointConfig.LocalPath}`);
  return problems;
}

function checkCluster({ ResourceConfig: cluster, VpcConfig }: CreateTrainingJobRequest): string[] {
  assertImplemented("ResourceConfig", cluster ?? {}, ["InstanceCount", "InstanceType", "VolumeSizeInGB", "VolumeKmsKeyId"]);
  const problems: string[] = [];
  if (cluster?.InstanceCount !== 1) throw notImplemented(`ResourceConfig.InstanceCount ${cluster?.InstanceCount}`);
  const type = cluster.InstanceType ?? "";
  if (!instanceTypes.has(type)) problems.push(`ResourceConfig.InstanceType is "${type}", which is no instance type of training jobs.`);
  else if (cluster.VolumeKmsKeyId !== undefined && hasLocalDisks(type))
    problems.push(`ResourceConfig.VolumeKmsKeyId can't be given for ${type}, whose disks encrypt themselves.`);
  if (!((cluster.VolumeSizeInGB ?? 0) >= 1)) problems.push(`ResourceConfig.VolumeSizeInGB is ${cluster.VolumeSizeInGB}; it must be 1 or more.`);
  if (VpcConfig && !(VpcConfig.Subnets?.length && VpcConfig.SecurityGroupIds?.length))
    problems.push("VpcConfig must name at least one subnet and one security group.");
  return problems;
}

const mostSeconds = 28 * 24 * 3600;

function checkTime({ StoppingCondition, EnableManagedSpotTraining: spot = false }: CreateTrainingJobRequest): string[] {
  const run = StoppingCondition?.MaxRuntimeInSeconds ?? 24 * 3600;
  const wait = StoppingCondition?.MaxWaitTimeInSeconds;
  const problems: string[] = [];
  if (!(Number.isInteger(run) && run >= 1 && run <= mostSeconds))
    problems.push(`StoppingCondition.MaxRuntimeInSeconds is ${run}; it must be 1 to ${mostSeconds}.`);
  if (spot && !((wait ?? 0) >= run))
    problems.push("StoppingCondition.MaxWaitTimeInSeconds must be given with EnableManagedSpotTraining, and be no less than MaxRuntimeInSeconds.");
  if (!spot && wait !== undefined) problems.push("StoppingCondition.MaxWaitTimeInSeconds is for EnableManagedSpotTraining only.");
  return problems;
}
