import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { segmentsAtOnce } from "../../contracts/media.ts";
import { PlatformComponent } from "../component.ts";
import type { FunctionSettings } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import { allow, type Statement } from "../security/policy.ts";
import { endpointAlarms } from "./endpoint-alarms.ts";
import { asApi, deploymentConfigOf, type RenewableEndpoint, updateOf } from "./endpoint-update.ts";
import type { InferenceImage } from "./inference-image.ts";
import { hasLocalDisks, inferenceImage } from "./instance-types.ts";
import { endpointNameOn, ServingModel, variantName } from "./serving-model.ts";

export interface RealTimeEndpointArgs {
  settings: FunctionSettings;
  lake: DataLake;
  image: InferenceImage;
  /** Where its containers run. */
  network: ComputeNetwork;
  instanceType: string;
  /** Instances that always run, and that run at most. */
  instances: { minimum: number; maximum: number };
  /** What it is shown. @default "images" */
  shown?: "images" | "segments";
  /**
   * Percent of the images and answers that are copied into the lake, for measuring drift. Copies of images are patients'
   * data once more; nothing is copied at 0. @default 0
   */
  capturePercent?: number;
}

/** What one instance is left with before another starts, and the milliseconds that 99 of 100 answers take at most. */
const loads = {
  // Images a minute: a second each, as one `ml.m5.large` answers at ease.
  images: { policy: "images-per-instance", metric: "SageMakerVariantInvocationsPerInstance", target: 60, slowestMilliseconds: 5000 },
  // Segments at once, not a minute: who asks waits for an answer before it asks again, so that a full instance is asked no more often than one at ease.
  // (Developer Guide, "Define a scaling policy": ConcurrentRequestsPerModel) An answer that takes longer than a minute is none.
  segments: {
    ...{ policy: "segments-at-once", metric: "SageMakerVariantConcurrentRequestsPerModelHighResolution", target: segmentsAtOnce, slowestMilliseconds: 30_000 },
  },
} as const;

/**
 * Answers at once, on instances that always run: for single images, and for segments of a video where an analyser says so. HIPAA
 * 164.312(a)(2)(iv), (e)(1).
 */
export class RealTimeEndpoint extends PlatformComponent {
  readonly endpointName: pulumi.Output<string>;
  /** For whoever puts other networks behind it. */
  readonly renewable: RenewableEndpoint;
  readonly #arn: pulumi.Output<string>;

  constructor(name: string, args: RealTimeEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:RealTimeEndpoint", name, opts);
    this.#check(args);
    const { settings, lake, image, network, instanceType, instances, shown = "images" } = args;
    const load = loads[shown];
    const { place, alertTopicArn } = settings;
    const endpointName = endpointNameOn(place, name, instanceType);

    const model = new ServingModel(
      this.childName("model"),
      { settings, lake, image, network, logGroupName: `/aws/sagemaker/Endpoints/${endpointName}`, statements: captureStatements(args) },
      { parent: this },
    );
    // A configuration can't be changed; each gets a new name, so that the endpoint moves over without a gap.
    const variant = { variantName, instanceType, initialInstanceCount: instances.minimum, initialVariantWeight: 1, ...inferenceImage(instanceType) };
    const capture = captureConfiguration(args);
    const volumeKey = hasLocalDisks(instanceType) ? undefined : lake.models.key.arn;
    const configuration = new aws.sagemaker.EndpointConfiguration(
      this.childName("configuration"),
      { productionVariants: [{ ...variant, modelName: model.modelName }], ...(volumeKey && { kmsKeyArn: volumeKey }), ...capture },
      this.child(),
    );
    const alarms = endpointAlarms(
      (suffix) => this.childName(suffix),
      { endpointName, alertTopicArn, slowestMilliseconds: load.slowestMilliseconds },
      this.child(),
    );
    const update = updateOf(instances.minimum);
    const endpoint = new aws.sagemaker.Endpoint(
      name,
      {
        name: endpointName,
        endpointConfigName: configuration.name,
        deploymentConfig: deploymentConfigOf(update, alarms.names),
      },
      this.child(),
    );
    this.#scale(endpoint, instances, load);

    this.endpointName = endpoint.name;
    this.renewable = {
      ...{ key: name, endpointName, alarmNames: alarms.plainNames, roleArn: model.roleArn, update, keepsCount: true },
      configuration: { ...(volumeKey && { KmsKeyId: volumeKey }), ...asApi(capture) },
      variant: asApi(variant),
    };
    this.#arn = endpoint.arn;
    this.registerOutputs({ endpointName: this.endpointName });
  }

  #check({ instances: { minimum, maximum }, capturePercent = 0 }: RealTimeEndpointArgs): void {
    if (!(Number.isInteger(minimum) && minimum >= 1)) this.reject("instances.minimum", `must be a whole number, 1 or more, not ${minimum}.`);
    if (!(Number.isInteger(maximum) && maximum >= minimum)) this.reject("instances.maximum", `must be a whole number, ${minimum} or more, not ${maximum}.`);
    if (!(capturePercent >= 0 && capturePercent <= 100)) this.reject("capturePercent", `must be 0 to 100, not ${capturePercent}.`);
  }

  #scale(endpoint: aws.sagemaker.Endpoint, { minimum, maximum }: RealTimeEndpointArgs["instances"], load: (typeof loads)["images" | "segments"]): void {
    const target = new aws.appautoscaling.Target(
      this.childName("scaling"),
      {
        serviceNamespace: "sagemaker",
        scalableDimension: "sagemaker:variant:DesiredInstanceCount",
        resourceId: pulumi.interpolate`endpoint/${endpoint.name}/variant/${variantName}`,
        minCapacity: minimum,
        maxCapacity: maximum,
      },
      this.child(),
    );
    new aws.appautoscaling.Policy(
      this.childName("scaling-policy"),
      {
        name: load.policy,
        policyType: "TargetTrackingScaling",
        serviceNamespace: target.serviceNamespace,
        scalableDimension: target.scalableDimension,
        resourceId: target.resourceId,
        targetTrackingScalingPolicyConfiguration: {
          predefinedMetricSpecification: { predefinedMetricType: load.metric },
          targetValue: load.target,
          scaleInCooldown: 600,
          scaleOutCooldown: 120,
        },
      },
      this.child(),
    );
  }

  /** Statement that allows asking for a prediction. */
  allowInvoke(sid: string): Statement {
    return allow(sid, ["sagemaker:InvokeEndpoint"], [this.#arn]);
  }
}

const captureStatements = ({ lake, capturePercent = 0 }: RealTimeEndpointArgs): Statement[] =>
  capturePercent === 0 ? [] : lake.processed.allow("KeepCaptures", ["s3:PutObject"], lakePrefixes.captures);

function captureConfiguration({ lake, capturePercent = 0 }: RealTimeEndpointArgs): Pick<aws.sagemaker.EndpointConfigurationArgs, "dataCaptureConfig"> {
  if (capturePercent === 0) return {};
  return {
    dataCaptureConfig: {
      enableCapture: true,
      initialSamplingPercentage: capturePercent,
      destinationS3Uri: lake.processed.uri(lakePrefixes.captures),
      kmsKeyId: lake.processed.key.arn,
      captureOptions: [{ captureMode: "Input" }, { captureMode: "Output" }],
    },
  };
}
