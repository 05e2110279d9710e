import { type CreateTransformJobRequest, TransformInstanceType } from "@aws-sdk/client-sagemaker";
import { notImplemented, ServiceError } from "../../wire/service.ts";
import { assertImplemented } from "../jobs/request.ts";
import { machineImageProblems, transformImages } from "./machine-images.ts";
import { hasLocalDisks } from "./request-check.ts";

const instanceTypes = new Set<string>(Object.values(TransformInstanceType));
const isS3Uri = (uri: string | undefined): boolean => /^s3:\/\/[^/]+\/.+$/.test(uri ?? "");

/**
 * Everything that is wrong with a request for a transform job, at once. Throws ValidationException, or NotImplemented for what is
 * right but not implemented. Each limit is that of the API reference.
 */
export function checkTransformJob(input: CreateTransformJobRequest): void {
  const members = [
    ...["TransformJobName", "ModelName", "MaxConcurrentTransforms", "ModelClientConfig", "MaxPayloadInMB", "BatchStrategy", "Environment"],
    ...["TransformInput", "TransformOutput", "TransformResources", "Tags"],
  ];
  assertImplemented("CreateTransformJob", input, members);
  const problems = [...checkWork(input), ...checkInput(input), ...checkOutput(input), ...checkResources(input)];
  if (problems.length > 0) throw new ServiceError("ValidationException", problems.join(" "));
}

function checkWork(input: CreateTransformJobRequest): string[] {
  const { TransformJobName, MaxConcurrentTransforms = 1, MaxPayloadInMB = 6, BatchStrategy, ModelClientConfig = {}, Environment = {}, Tags } = input;
  const problems: string[] = [];
  if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(TransformJobName ?? ""))
    problems.push(`TransformJobName is "${TransformJobName}"; it must be 1 to 63 letters, digits and hyphens, with no hyphen at its ends.`);
  if (BatchStrategy !== undefined && BatchStrategy !== "SingleRecord") throw notImplemented(`CreateTransformJob.BatchStrategy ${BatchStrategy}`);
  if (MaxPayloadInMB < 1) throw notImplemented(`CreateTransformJob.MaxPayloadInMB ${MaxPayloadInMB}`);
  if (MaxConcurrentTransforms < 1) throw notImplemented(`CreateTransformJob.MaxConcurrentTransforms ${MaxConcurrentTransforms}`);
  if (MaxConcurrentTransforms * MaxPayloadInMB > 100)
    problems.push(`MaxConcurrentTransforms times MaxPayloadInMB is ${MaxConcurrentTransforms * MaxPayloadInMB}; at most 100 are allowed.`);
  const { InvocationsTimeoutInSeconds: seconds = 600, InvocationsMaxRetries: retries = 3 } = ModelClientConfig;
  if (seconds < 1 || seconds > 3600) problems.push(`ModelClientConfig.InvocationsTimeoutInSeconds is ${seconds}; it must be 1 to 3600.`);
  if (retries < 0 || retries > 3) problems.push(`ModelClientConfig.InvocationsMaxRetries is ${retries}; it must be 0 to 3.`);
  const entries = Object.entries(Environment);
  if (entries.length > 16) problems.push(`Environment has ${entries.length} entries; at most 16 are allowed.`);
  for (const [name, value] of entries) {
    if (!/^[a-zA-Z_]\w{0,1023}$/.test(name)) problems.push(`Environment has the name "${name}"; it must be letters, digits and underscores.`);
    if (value.length > 10_240) problems.push(`Environment.${name} has ${value.length} characters; at most 10240 are allowed.`);
  }
  if ((Tags?.length ?? 0) > 50) problems.push(`Tags has ${Tags?.length} entries; at most 50 are allowed.`);
  return problems;
}

function checkInput({ TransformInput }: CreateTransformJobRequest): string[] {
  const path = "TransformInput";
  assertImplemented(path, TransformInput ?? {}, ["DataSource", "ContentType", "CompressionType", "SplitType"]);
  const source = TransformInput?.DataSource?.S3DataSource;
  if ((TransformInput?.CompressionType ?? "None") !== "None") throw notImplemented(`${path}.CompressionType ${TransformInput?.CompressionType}`);
  if ((TransformInput?.SplitType ?? "None") !== "None") throw notImplemented(`${path}.SplitType ${TransformInput?.SplitType}`);
  // SageMaker also knows prefixes; a rendition's holds playlists beside its segments.
  if (source !== undefined && source.S3DataType !== "ManifestFile") throw notImplemented(`${path}.DataSource.S3DataSource.S3DataType ${source.S3DataType}`);
  return isS3Uri(source?.S3Uri) ? [] : [`${path}.DataSource.S3DataSource.S3Uri is "${source?.S3Uri}"; it must be s3://bucket/key.`];
}

function checkOutput({ TransformOutput }: CreateTransformJobRequest): string[] {
  assertImplemented("TransformOutput", TransformOutput ?? {}, ["S3OutputPath", "Accept", "AssembleWith", "KmsKeyId"]);
  if ((TransformOutput?.AssembleWith ?? "None") !== "None") throw notImplemented(`TransformOutput.AssembleWith ${TransformOutput?.AssembleWith}`);
  return isS3Uri(TransformOutput?.S3OutputPath) ? [] : [`TransformOutput.S3OutputPath is "${TransformOutput?.S3OutputPath}"; it must be s3://bucket/prefix.`];
}

function checkResources({ TransformResources }: CreateTransformJobRequest): string[] {
  const path = "TransformResources";
  assertImplemented(path, TransformResources ?? {}, ["InstanceType", "InstanceCount", "VolumeKmsKeyId", "TransformAmiVersion"]);
  const { InstanceType, InstanceCount = 0, VolumeKmsKeyId, TransformAmiVersion } = TransformResources ?? {};
  const problems: string[] = [];
  if (!instanceTypes.has(InstanceType ?? "")) problems.push(`${path}.InstanceType is "${InstanceType}", which no transform job can run on.`);
  if (InstanceCount < 1) problems.push(`${path}.InstanceCount is ${InstanceCount}; it must be at least 1.`);
  if (hasLocalDisks(InstanceType ?? "") && VolumeKmsKeyId !== undefined)
    problems.push(`${path}.VolumeKmsKeyId can't be given for ${InstanceType}: its local disks are encrypted by the instance itself.`);
  if (TransformAmiVersion !== undefined)
    problems.push(...machineImageProblems(`${path}.TransformAmiVersion`, TransformAmiVersion, transformImages, InstanceType));
  return problems;
}
