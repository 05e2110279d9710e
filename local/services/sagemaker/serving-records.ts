import type * as sdk from "@aws-sdk/client-sagemaker";
import { type Call, notImplemented, type Operation, ServiceError } from "../../wire/service.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import { assertImplemented } from "../jobs/request.ts";
import type { AsyncOutput } from "./async-invocations.ts";
import { inferenceImages, machineImageProblems } from "./machine-images.ts";
import type { Registry } from "./registry.ts";

/** A model: an image, what it runs as, and where its files lie. */
export interface Model {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly modelDataPrefix?: string | undefined;
  /** Nothing here runs in a network of its own; kept for whoever describes the model. */
  readonly vpcConfig?: sdk.VpcConfig | undefined;
  readonly networkIsolation?: boolean | undefined;
  /** In milliseconds; unknown of what the program declares. */
  readonly createdAt?: number | undefined;
}

export interface EndpointConfig {
  readonly name: string;
  readonly modelName: string;
  readonly variantName: string;
  /** Of an asynchronous endpoint. */
  readonly asynchronous?: AsyncOutput | undefined;
  /** What is kept for whoever describes the configuration, and changes nothing here. */
  readonly described?: Partial<sdk.CreateEndpointConfigInput> | undefined;
  /** In milliseconds; unknown of what the program declares. */
  readonly createdAt?: number | undefined;
}

export interface ServingRecords {
  readonly operations: Readonly<Record<string, Operation>>;
  /** Throw a ServiceError if there is none of the name. */
  model(name: string): Model;
  config(name: string): EndpointConfig;
}

/** (API reference: CreateEndpointConfig.EndpointConfigName, ProductionVariant.VariantName) */
const isName = (name: string | undefined): boolean => /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(name ?? "") && (name ?? "").length <= 63;
const invalid = (message: string): ServiceError => new ServiceError("ValidationException", message);

/** Models and configurations of endpoints: described, and configurations made beside those that the program declares (models: `models.ts`). */
export function createServingRecords({ region, account }: Pick<JobServiceOptions, "region" | "account">, registry: Registry): ServingRecords {
  const arn = (kind: string, name: string | undefined): string => `arn:aws:sagemaker:${region}:${account}:${kind}/${name}`;
  const need = <Value>(kind: string, name: string | undefined): Value => {
    const found = registry.get<Value>(kind, name ?? "");
    if (!found) throw invalid(`The ${kind} "${name}" does not exist.`);
    return found;
  };
  const model = (name: string | undefined): Model => need("model", name);
  const config = (name: string | undefined): EndpointConfig => need("endpoint configuration", name);

  async function describeModel(input: sdk.DescribeModelInput, call: Call): Promise<sdk.DescribeModelOutput> {
    call.authorize("sagemaker:DescribeModel", arn("model", input.ModelName));
    const found = model(input.ModelName);
    return {
      ...{ ModelName: found.name, ModelArn: found.arn, ExecutionRoleArn: found.roleArn, CreationTime: new Date(found.createdAt ?? 0) },
      PrimaryContainer: {
        ...{ Image: found.image, Mode: "SingleModel", Environment: { ...found.environment } },
        ...(found.modelDataPrefix !== undefined && {
          ModelDataSource: { S3DataSource: { S3Uri: found.modelDataPrefix, S3DataType: "S3Prefix", CompressionType: "None" } },
        }),
      },
      ...(found.vpcConfig && { VpcConfig: found.vpcConfig }),
      EnableNetworkIsolation: found.networkIsolation ?? false,
    };
  }

  async function createConfig(input: sdk.CreateEndpointConfigInput, call: Call): Promise<sdk.CreateEndpointConfigOutput> {
    const kept = ["ProductionVariants", "KmsKeyId", "DataCaptureConfig", "AsyncInferenceConfig"] as const;
    assertImplemented("CreateEndpointConfig", input, ["EndpointConfigName", ...kept]);
    const name = input.EndpointConfigName as string;
    call.authorize("sagemaker:CreateEndpointConfig", arn("endpoint-config", name));
    const variants = input.ProductionVariants ?? [];
    const [variant] = variants;
    if (variants.length > 1) throw notImplemented(`CreateEndpointConfig with ${variants.length} variants: an endpoint here runs one`);
    const problems = [
      ...(isName(name) ? [] : [`EndpointConfigName is "${name}"; it must be 1 to 63 letters, digits and hyphens, with no hyphen at its ends.`]),
      ...(variant ? [] : ["ProductionVariants is empty; it must have at least one."]),
      ...(variant && !isName(variant.VariantName)
        ? [`VariantName is "${variant.VariantName}"; it must be 1 to 63 letters, digits and hyphens, with no hyphen at its ends.`]
        : []),
      ...(variant && !registry.get("model", variant.ModelName ?? "") ? [`The model "${variant.ModelName}" does not exist.`] : []),
      ...(variant?.InferenceAmiVersion === undefined
        ? []
        : machineImageProblems("InferenceAmiVersion", variant.InferenceAmiVersion, inferenceImages, variant.InstanceType)),
      ...(registry.get("endpoint configuration", name) ? [`Cannot create already existing endpoint configuration "${arn("endpoint-config", name)}".`] : []),
    ];
    if (problems.length > 0 || !variant) throw invalid(problems.join(" "));
    const output = input.AsyncInferenceConfig?.OutputConfig;
    const made: EndpointConfig = {
      ...{ name, modelName: variant.ModelName as string, variantName: variant.VariantName as string },
      ...(output && { asynchronous: { outputPath: output.S3OutputPath as string, failurePath: output.S3FailurePath, kmsKeyArn: output.KmsKeyId } }),
      described: Object.fromEntries(kept.map((member) => [member, input[member]])),
      createdAt: Date.now(),
    };
    registry.put("endpoint configuration", name, made);
    return { EndpointConfigArn: arn("endpoint-config", name) };
  }

  async function describeConfig(input: sdk.DescribeEndpointConfigInput, call: Call): Promise<sdk.DescribeEndpointConfigOutput> {
    call.authorize("sagemaker:DescribeEndpointConfig", arn("endpoint-config", input.EndpointConfigName));
    const { name, modelName, variantName, described, createdAt = 0 } = config(input.EndpointConfigName);
    return {
      ProductionVariants: [{ VariantName: variantName, ModelName: modelName }],
      ...described,
      ...{ EndpointConfigName: name, EndpointConfigArn: arn("endpoint-config", name), CreationTime: new Date(createdAt) },
    };
  }

  return {
    model,
    config,
    operations: { DescribeModel: describeModel, CreateEndpointConfig: createConfig, DescribeEndpointConfig: describeConfig },
  };
}
