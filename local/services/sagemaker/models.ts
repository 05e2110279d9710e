import type { CreateModelInput, CreateModelOutput } from "@aws-sdk/client-sagemaker";
import { type Call, notImplemented, type Operation, ServiceError } from "../../wire/service.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import { assertImplemented } from "../jobs/request.ts";
import type { Registry } from "./registry.ts";
import type { Model } from "./serving-records.ts";

/** Models that somebody makes while the platform runs, beside those that the program declares. */
export function createModels({ region, account }: Pick<JobServiceOptions, "region" | "account">, registry: Registry): Readonly<Record<string, Operation>> {
  async function create(input: CreateModelInput, call: Call): Promise<CreateModelOutput> {
    const name = input.ModelName as string;
    const arn = `arn:aws:sagemaker:${region}:${account}:model/${name}`;
    const { Subnets, SecurityGroupIds } = input.VpcConfig ?? {};
    // Service authorization reference, "Amazon SageMaker", CreateModel.
    call.authorize("sagemaker:CreateModel", arn, {
      ...(input.EnableNetworkIsolation !== undefined && { "sagemaker:NetworkIsolation": String(input.EnableNetworkIsolation) }),
      ...(Subnets && { "sagemaker:VpcSubnets": Subnets }),
      ...(SecurityGroupIds && { "sagemaker:VpcSecurityGroupIds": SecurityGroupIds }),
    });
    assertImplemented("CreateModel", input, ["ModelName", "ExecutionRoleArn", "EnableNetworkIsolation", "VpcConfig", "PrimaryContainer"]);
    const container = input.PrimaryContainer ?? {};
    assertImplemented("PrimaryContainer", container, ["Image", "Environment", "ModelDataSource"]);
    const { S3Uri, S3DataType, CompressionType } = container.ModelDataSource?.S3DataSource ?? {};
    if (S3DataType !== "S3Prefix" || CompressionType !== "None") throw notImplemented(`ModelDataSource of ${S3DataType}, ${CompressionType}`);
    const problems = [
      ...(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(name ?? "") ? [] : [`ModelName is "${name}"; it must be 1 to 63 letters, digits and hyphens.`]),
      ...(/^s3:\/\/[^/]+\/.+\/$/.test(S3Uri ?? "") ? [] : [`ModelDataSource.S3DataSource.S3Uri is "${S3Uri}"; of a prefix it must end with a slash.`]),
      ...(registry.get("image", container.Image ?? "") ? [] : [`Requested image ${container.Image} not found.`]),
      ...(registry.get("model", name) ? [`Cannot create already existing model "${arn}".`] : []),
    ];
    if (problems.length > 0) throw new ServiceError("ValidationException", problems.join(" "));
    call.authorize("iam:PassRole", input.ExecutionRoleArn as string, { "iam:PassedToService": "sagemaker.amazonaws.com" });
    const model: Model = {
      ...{ name, arn, roleArn: input.ExecutionRoleArn as string, image: container.Image as string, environment: container.Environment ?? {} },
      ...{ modelDataPrefix: S3Uri, vpcConfig: input.VpcConfig, networkIsolation: input.EnableNetworkIsolation ?? false },
      createdAt: Date.now(),
    };
    registry.put("model", name, model);
    return { ModelArn: arn };
  }
  return { CreateModel: create };
}
