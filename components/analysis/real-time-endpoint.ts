import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { FunctionSettings } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import { physicalName, regionalArn } from "../place.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import { allowPull, type InferenceImage } from "./inference-image.ts";
import { hasLocalDisks } from "./instance-types.ts";
import { modelsPrefix } from "./sagemaker-branch.ts";

export interface RealTimeEndpointArgs {
  settings: FunctionSettings;
  lake: DataLake;
  image: InferenceImage;
  instanceType: string;
  instanceCount: number;
}

/** Answers for single images at once. Videos never come here: a job is a tenth of the price. */
export class RealTimeEndpoint extends PlatformComponent {
  readonly endpointName: pulumi.Output<string>;
  readonly #arn: pulumi.Output<string>;

  constructor(name: string, args: RealTimeEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:RealTimeEndpoint", name, opts);
    const { settings, lake, image, instanceType, instanceCount } = args;
    const { place } = settings;
    if (!(Number.isInteger(instanceCount) && instanceCount >= 1)) this.reject("instanceCount", `must be a whole number, 1 or more, not ${instanceCount}.`);
    const endpointName = physicalName(place, name);
    const logGroupName = `/aws/sagemaker/Endpoints/${endpointName}`;

    const log = new aws.cloudwatch.LogGroup(
      this.childName("log"),
      { name: logGroupName, kmsKeyId: settings.key.arn, retentionInDays: settings.logRetentionDays },
      this.child(),
    );
    const role = new ServiceRole(
      this.childName("role"),
      {
        place,
        service: "sagemaker.amazonaws.com",
        statements: [
          ...lake.models.allow("ReadModels", ["s3:GetObject"], modelsPrefix),
          lake.models.allowList("ListModels", modelsPrefix),
          ...allowPull(image),
          allow(
            "WriteLog",
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [regionalArn(place, "logs", `log-group:${logGroupName}:*`)],
          ),
        ],
      },
      { parent: this },
    );
    // Model and configuration can't change; each gets a new name, so that the endpoint moves over without a gap.
    const model = new aws.sagemaker.Model(
      this.childName("model"),
      {
        executionRoleArn: role.arn,
        enableNetworkIsolation: true,
        primaryContainer: {
          image: image.uri,
          modelDataSource: { s3DataSources: [{ s3Uri: lake.models.uri(modelsPrefix), s3DataType: "S3Prefix", compressionType: "None" }] },
        },
      },
      this.child(),
    );
    const configuration = new aws.sagemaker.EndpointConfiguration(
      this.childName("configuration"),
      {
        productionVariants: [{ variantName: "current", modelName: model.name, instanceType, initialInstanceCount: instanceCount, initialVariantWeight: 1 }],
        ...(!hasLocalDisks(instanceType) && { kmsKeyArn: lake.models.key.arn }),
      },
      this.child(),
    );
    const endpoint = new aws.sagemaker.Endpoint(name, { name: endpointName, endpointConfigName: configuration.name }, this.child({ dependsOn: [log] }));

    this.endpointName = endpoint.name;
    this.#arn = endpoint.arn;
    this.registerOutputs({ endpointName: this.endpointName });
  }

  /** Statement that allows asking for a prediction. */
  allowInvoke(sid: string): Statement {
    return allow(sid, ["sagemaker:InvokeEndpoint"], [this.#arn]);
  }
}
