import { type CreateProcessingJobRequest, ProcessingInstanceType } from "@aws-sdk/client-sagemaker";
import { notImplemented, ServiceError } from "../../wire/service.ts";
import { assertImplemented } from "../jobs/request.ts";

/**
 * Instance families with local NVMe disks, which SageMaker encrypts by itself: a volume key is refused.
 * (SDK documentation of ProcessingClusterConfig.VolumeKmsKeyId; EC2 user guide, "Instance store volumes")
 */
const nvmeFamily = /^ml\.(g4dn|g5|g6e?|g7e?|p3dn|p4de?|p5(e|en)?|p6\w*|[a-z]+\d+[a-z]*d[a-z]*)\./;
export const hasLocalDisks = (instanceType: string): boolean => nvmeFamily.test(instanceType);

const under = "/opt/ml/processing/";
const instanceTypes = new Set<string>(Object.values(ProcessingInstanceType));

/** Everything that is wrong with a request for a processing job, at once. Throws ValidationException, or NotImplemented for what is right but not implemented. */
export function checkProcessingJob(input: CreateProcessingJobRequest): void {
  const members = [
    "ProcessingJobName",
    "ProcessingInputs",
    "ProcessingOutputConfig",
    "ProcessingResources",
    "StoppingCondition",
    "AppSpecification",
    "Environment",
    "NetworkConfig",
    "RoleArn",
    "Tags",
  ];
  assertImplemented("CreateProcessingJob", input, members);
  const problems = [...checkWork(input), ...checkInputs(input), ...checkOutputs(input), ...checkCluster(input), ...checkNetwork(input)];
  if (problems.length > 0) throw new ServiceError("ValidationException", problems.join(" "));
}

/** Each limit is that of the API reference. */
function checkWork({ ProcessingJobName, AppSpecification, Environment, StoppingCondition, Tags }: CreateProcessingJobRequest): string[] {
  const problems: string[] = [];
  if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(ProcessingJobName ?? "")) {
    problems.push(`ProcessingJobName is "${ProcessingJobName}"; it must be 1 to 63 letters, digits and hyphens, with no hyphen at its ends.`);
  }
  if (!AppSpecification?.ImageUri) problems.push("AppSpecification.ImageUri is missing.");
  const entries = Object.entries(Environment ?? {});
  if (entries.length > 100) problems.push(`Environment has ${entries.length} entries; at most 100 are allowed.`);
  for (const [name, value] of entries) {
    if (!/^[a-zA-Z_]\w{0,255}$/.test(name)) problems.push(`Environment has the name "${name}"; it must be letters, digits and underscores.`);
    if (value.length > 256) problems.push(`Environment.${name} has ${value.length} characters; at most 256 are allowed.`);
  }
  const seconds = StoppingCondition?.MaxRuntimeInSeconds;
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds >= 1 && seconds <= 777_600)) {
    problems.push(`StoppingCondition.MaxRuntimeInSeconds is ${seconds}; it must be 1 to 777600.`);
  }
  if ((Tags?.length ?? 0) > 50) problems.push(`Tags has ${Tags?.length} entries; at most 50 are allowed.`);
  return problems;
}

const isLocalPath = (path: string | undefined): boolean => path?.startsWith(under) === true && !path.split("/").includes("..");
const isS3Uri = (uri: string | undefined): boolean => /^s3:\/\/[^/]+\/?/.test(uri ?? "");

function checkInputs({ ProcessingInputs = [] }: CreateProcessingJobRequest): string[] {
  const problems: string[] = [];
  if (ProcessingInputs.length > 10) problems.push(`ProcessingInputs has ${ProcessingInputs.length} entries; at most 10 are allowed.`);
  problems.push(
    ...repeated(
      "ProcessingInputs",
      ProcessingInputs.map((input) => input.InputName),
    ),
  );
  for (const [i, input] of ProcessingInputs.entries()) {
    const path = `ProcessingInputs[${i}]`;
    assertImplemented(path, input, ["InputName", "S3Input"]);
    const s3 = input.S3Input;
    if (!s3) {
      problems.push(`${path}.S3Input is missing.`);
      continue;
    }
    if (s3.S3DataType !== "S3Prefix") throw notImplemented(`${path}.S3Input.S3DataType ${s3.S3DataType}`);
    if ((s3.S3InputMode ?? "File") !== "File") throw notImplemented(`${path}.S3Input.S3InputMode ${s3.S3InputMode}`);
    if ((s3.S3DataDistributionType ?? "FullyReplicated") !== "FullyReplicated")
      throw notImplemented(`${path}.S3Input.S3DataDistributionType ${s3.S3DataDistributionType}`);
    if ((s3.S3CompressionType ?? "None") !== "None") throw notImplemented(`${path}.S3Input.S3CompressionType ${s3.S3CompressionType}`);
    if (!isS3Uri(s3.S3Uri)) problems.push(`${path}.S3Input.S3Uri is "${s3.S3Uri}"; it must be s3://bucket/prefix.`);
    if (!isLocalPath(s3.LocalPath)) problems.push(`${path}.S3Input.LocalPath is "${s3.LocalPath}"; it must be under ${under}.`);
  }
  return problems;
}

function checkOutputs({ ProcessingOutputConfig }: CreateProcessingJobRequest): string[] {
  if (!ProcessingOutputConfig) return [];
  const outputs = ProcessingOutputConfig.Outputs ?? [];
  const problems = repeated(
    "ProcessingOutputConfig.Outputs",
    outputs.map((output) => output.OutputName),
  );
  if (outputs.length > 10) problems.push(`ProcessingOutputConfig.Outputs has ${outputs.length} entries; at most 10 are allowed.`);
  for (const [i, output] of outputs.entries()) {
    const path = `ProcessingOutputConfig.Outputs[${i}]`;
    assertImplemented(path, output, ["OutputName", "S3Output"]);
    const s3 = output.S3Output;
    if (!s3) {
      problems.push(`${path}.S3Output is missing.`);
      continue;
    }
    if (s3.S3UploadMode !== "EndOfJob") throw notImplemented(`${path}.S3Output.S3UploadMode ${s3.S3UploadMode}`);
    if (!isS3Uri(s3.S3Uri)) problems.push(`${path}.S3Output.S3Uri is "${s3.S3Uri}"; it must be s3://bucket/prefix.`);
    if (!isLocalPath(s3.LocalPath)) problems.push(`${path}.S3Output.LocalPath is "${s3.LocalPath}"; it must be under ${under}.`);
  }
  return problems;
}

function checkCluster({ ProcessingResources }: CreateProcessingJobRequest): string[] {
  const cluster = ProcessingResources?.ClusterConfig;
  const path = "ProcessingResources.ClusterConfig";
  if (!cluster) return [`${path} is missing.`];
  assertImplemented(path, cluster, ["InstanceCount", "InstanceType", "InstancePreferences", "VolumeSizeInGB", "VolumeKmsKeyId"]);
  const { InstanceCount, InstanceType, InstancePreferences, VolumeSizeInGB, VolumeKmsKeyId } = cluster;
  if (InstanceCount !== undefined && InstanceCount > 1) throw notImplemented(`${path}.InstanceCount ${InstanceCount}`);
  const problems: string[] = [];
  if (InstanceCount !== 1) problems.push(`${path}.InstanceCount is ${InstanceCount}; it must be at least 1.`);
  if (InstanceType !== undefined && InstancePreferences !== undefined) problems.push(`${path} must have InstanceType or InstancePreferences, not both.`);
  const preferred = InstancePreferences?.map((preference, i) => {
    // A count for each type is SageMaker's other way to tell how many run.
    assertImplemented(`${path}.InstancePreferences[${i}]`, preference, ["InstanceType"]);
    return preference.InstanceType;
  });
  if (preferred?.length === 0) problems.push(`${path}.InstancePreferences is empty; it must name at least one type.`);
  problems.push(...repeated(`${path}.InstancePreferences`, preferred ?? []));
  for (const type of preferred ?? [InstanceType]) {
    if (!instanceTypes.has(type ?? "")) problems.push(`${path}.InstanceType is "${type}", which no processing job can run on.`);
  }
  if (!Number.isInteger(VolumeSizeInGB) || (VolumeSizeInGB as number) < 1 || (VolumeSizeInGB as number) > 16_384) {
    problems.push(`${path}.VolumeSizeInGB is ${VolumeSizeInGB}; it must be 1 to 16384.`);
  }
  for (const type of (preferred ?? [InstanceType]).filter((candidate) => hasLocalDisks(candidate ?? ""))) {
    if (VolumeKmsKeyId !== undefined) problems.push(`${path}.VolumeKmsKeyId can't be given for ${type}: its local disks are encrypted by the instance itself.`);
  }
  return problems;
}

/** Nothing here routes packets; what AWS would refuse is refused. */
function checkNetwork({ NetworkConfig }: CreateProcessingJobRequest): string[] {
  const vpc = NetworkConfig?.VpcConfig;
  if (vpc === undefined) return [];
  const path = "NetworkConfig.VpcConfig";
  const check = (name: "Subnets" | "SecurityGroupIds", pattern: RegExp, most: number): string[] => {
    const ids = vpc[name] ?? [];
    return ids.length >= 1 && ids.length <= most && ids.every((id) => pattern.test(id))
      ? []
      : [`${path}.${name} is ${JSON.stringify(ids)}; it must be 1 to ${most} ids.`];
  };
  return [...check("Subnets", /^subnet-[0-9a-f]+$/, 16), ...check("SecurityGroupIds", /^sg-[0-9a-f]+$/, 5)];
}

function repeated(path: string, names: readonly (string | undefined)[]): string[] {
  return names.flatMap((name, i) => (names.indexOf(name) < i ? [`${path} has the name "${name}" twice.`] : []));
}
