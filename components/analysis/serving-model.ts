import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { endpointModelsPrefix, modelsPrefix } from "../../contracts/keys.ts";
import { PlatformComponent } from "../component.ts";
import type { FunctionSettings } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import { joinNetwork } from "../network/join-network.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import { allowPull, type InferenceImage } from "./inference-image.ts";

/** Every endpoint has one variant of this name. */
export const variantName = "current";

/**
 * Name of the endpoint `name` on instances of a type. SageMaker refuses to change the type while an endpoint scales
 * (Developer Guide, "Update endpoints that use auto scaling"), so another type is another endpoint: it answers before
 * the old one goes.
 */
export const endpointNameOn = (place: Place, name: string, instanceType: string): string =>
  physicalName(place, `${name}-${instanceType.replace(/^ml\./, "").replaceAll(".", "-")}`);

export interface ServingModelArgs {
  settings: FunctionSettings;
  lake: DataLake;
  image: InferenceImage;
  /** Where its containers run. */
  network: ComputeNetwork;
  /** Log group that its containers write. */
  logGroupName: string;
  /** What it may do beside loading what it serves. */
  statements?: readonly Statement[];
  /** One model's files and the variables that its server is told of them by, where it is not the networks of the lake that are served. */
  files?: { readonly prefix: string; readonly environment: Readonly<Record<string, string>> };
}

/** A serving container with every network of the lake, or one model, as SageMaker hosts it: without the internet, in a network of ours. HIPAA 164.312(e)(1). */
export class ServingModel extends PlatformComponent {
  /** Changes with the image: models can't be changed, so that what refers to one moves over without a gap. */
  readonly modelName: pulumi.Output<string>;
  /** What its containers run as. */
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: ServingModelArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:ServingModel", name, opts);
    const { lake, image, network, files, statements = [] } = args;
    const prefix = files?.prefix ?? modelsPrefix;
    const { place, key, logRetentionDays } = args.settings;

    const log = new aws.cloudwatch.LogGroup(
      this.childName("log"),
      { name: args.logGroupName, kmsKeyId: key.arn, retentionInDays: logRetentionDays },
      this.child(),
    );
    const role = new ServiceRole(
      this.childName("role"),
      {
        place,
        service: "sagemaker.amazonaws.com",
        statements: [
          ...lake.models.allow("ReadModels", ["s3:GetObject"], prefix),
          lake.models.allowList("ListModels", prefix),
          // Later deployments of networks lie there.
          ...(files === undefined
            ? [
                ...lake.models.allow("ReadDeployedModels", ["s3:GetObject"], endpointModelsPrefix),
                lake.models.allowList("ListDeployedModels", endpointModelsPrefix),
              ]
            : []),
          ...allowPull(image),
          ...joinNetwork(place, network),
          allow(
            "WriteLog",
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [regionalArn(place, "logs", `log-group:${args.logGroupName}:*`)],
          ),
          ...statements,
        ],
      },
      { parent: this },
    );
    const model = new aws.sagemaker.Model(
      name,
      {
        executionRoleArn: role.arn,
        enableNetworkIsolation: true,
        vpcConfig: { subnets: [...network.subnetIds], securityGroupIds: [network.securityGroupId] },
        primaryContainer: {
          image: image.uri,
          ...(files && { environment: files.environment }),
          modelDataSource: { s3DataSources: [{ s3Uri: lake.models.uri(prefix), s3DataType: "S3Prefix", compressionType: "None" }] },
        },
      },
      this.child({ dependsOn: [log] }),
    );

    this.modelName = model.name;
    this.roleArn = role.arn;
    this.registerOutputs({ modelName: this.modelName });
  }
}
