import { type CreateModelPackageInput, ModelApprovalStatus } from "@aws-sdk/client-sagemaker";
import { notImplemented, ServiceError } from "../../wire/service.ts";
import { assertImplemented } from "../jobs/request.ts";

const members = [
  "ModelPackageGroupName",
  "ModelPackageDescription",
  "InferenceSpecification",
  "ModelApprovalStatus",
  "ModelMetrics",
  "MetadataProperties",
  "CustomerMetadataProperties",
  "Domain",
  "Task",
  "ClientToken",
  "Tags",
];

/**
 * Everything that is wrong with a version that is to be registered, at once; limits as in the API reference. Throws ValidationException, or
 * NotImplemented for what is right but not implemented.
 */
export function checkModelPackage(input: CreateModelPackageInput): void {
  assertImplemented("CreateModelPackage", input, members);
  if (input.ModelPackageGroupName === undefined) throw notImplemented("CreateModelPackage without ModelPackageGroupName");
  const problems: string[] = [];
  if (input.Tags !== undefined) problems.push("Tags can't be given with ModelPackageGroupName: a version has the tags of its group.");
  if ((input.ModelPackageDescription?.length ?? 0) > 1024) problems.push("ModelPackageDescription has more than 1024 characters.");
  problems.push(...checkContainers(input), ...checkMetadata(input));
  if (problems.length > 0) throw new ServiceError("ValidationException", problems.join(" "));
  checkApproval(input);
}

const approvals = Object.values(ModelApprovalStatus);

/** Throws ValidationException unless what is said of a version is one of the values that SageMaker knows. */
export function checkApproval({ ModelApprovalStatus: status }: Pick<CreateModelPackageInput, "ModelApprovalStatus">): void {
  if (status !== undefined && !approvals.includes(status))
    throw new ServiceError("ValidationException", `ModelApprovalStatus is ${status}; it must be one of ${approvals.join(", ")}.`);
}

function checkContainers({ InferenceSpecification }: CreateModelPackageInput): string[] {
  const containers = InferenceSpecification?.Containers ?? [];
  if (containers.length < 1 || containers.length > 15) return [`InferenceSpecification.Containers has ${containers.length} entries; it must have 1 to 15.`];
  return containers.flatMap((container, i) => {
    const path = `InferenceSpecification.Containers[${i}]`;
    assertImplemented(path, container, ["Image", "ModelDataUrl", "ModelDataSource", "Environment"]);
    const problems: string[] = [];
    if (!container.Image) problems.push(`${path}.Image is missing.`);
    if (container.ModelDataUrl !== undefined && container.ModelDataSource !== undefined) {
      problems.push(`${path} must have ModelDataUrl or ModelDataSource, not both.`);
    }
    const uri = container.ModelDataUrl ?? container.ModelDataSource?.S3DataSource?.S3Uri;
    if (uri !== undefined && !/^s3:\/\/[^/]+\/./.test(uri)) problems.push(`${path} has its data at "${uri}"; it must be s3://bucket/key.`);
    return problems;
  });
}

function checkMetadata({ CustomerMetadataProperties }: CreateModelPackageInput): string[] {
  const entries = Object.entries(CustomerMetadataProperties ?? {});
  const problems = entries.length > 50 ? [`CustomerMetadataProperties has ${entries.length} entries; at most 50 are allowed.`] : [];
  for (const [name, value] of entries) {
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(name)) problems.push(`CustomerMetadataProperties has the name "${name}", which is not allowed.`);
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u.test(value)) problems.push(`CustomerMetadataProperties.${name} is "${value}", which is not allowed.`);
  }
  return problems;
}
