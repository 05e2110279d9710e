import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { endpointFailuresPrefix } from "../../contracts/keys.ts";
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

export interface AsyncEndpointArgs {
  settings: FunctionSettings;
  lake: DataLake;
  image: InferenceImage;
  /** Where its containers run. */
  network: ComputeNetwork;
  instanceType: string;
  /** Instances that run at most. None runs while there is nothing to do. */
  maximumInstances: number;
}

/** Requests in the queue that one instance is left with before another starts: with segments of 6 s, half a minute of video. */
const backlogPerInstance = 5;

/**
 * Answers for segments of a video within minutes, from a queue, and costs nothing while the queue is empty.
 *
 * Scaling as SageMaker's developer guide prescribes ("Autoscale an asynchronous endpoint"): the backlog for each
 * instance decides how many run; a step policy of its own starts the first, whose absence leaves nothing to divide by.
 */
export class AsyncEndpoint extends PlatformComponent {
  readonly endpointName: pulumi.Output<string>;
  /** For whoever puts other networks behind it. */
  readonly renewable: RenewableEndpoint;
  readonly #arn: pulumi.Output<string>;

  constructor(name: string, args: AsyncEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:AsyncEndpoint", name, opts);
    const { settings, lake, image, network, instanceType, maximumInstances } = args;
    if (!(Number.isInteger(maximumInstances) && maximumInstances >= 1))
      this.reject("maximumInstances", `must be a whole number, 1 or more, not ${maximumInstances}.`);
    const endpointName = endpointNameOn(settings.place, name, instanceType);

    const model = new ServingModel(
      this.childName("model"),
      {
        settings,
        lake,
        image,
        network,
        logGroupName: `/aws/sagemaker/Endpoints/${endpointName}`,
        statements: [
          ...lake.processed.allow("ReadRenditions", ["s3:GetObject"], lakePrefixes.renditions),
          ...lake.processed.allow("WriteResults", ["s3:AbortMultipartUpload", "s3:PutObject"], lakePrefixes.results),
        ],
      },
      { parent: this },
    );
    const variant = { variantName, instanceType, initialInstanceCount: 1, initialVariantWeight: 1, ...inferenceImage(instanceType) };
    const volumeKey = hasLocalDisks(instanceType) ? undefined : lake.models.key.arn;
    const queue = {
      asyncInferenceConfig: {
        outputConfig: {
          // Whoever asks names the rest of the way, so that answers lie with their case.
          s3OutputPath: lake.processed.uri(lakePrefixes.results),
          s3FailurePath: lake.processed.uri(endpointFailuresPrefix),
          kmsKeyId: lake.processed.key.arn,
        },
        clientConfig: { maxConcurrentInvocationsPerInstance: segmentsAtOnce },
      },
    };
    const configuration = new aws.sagemaker.EndpointConfiguration(
      this.childName("configuration"),
      { productionVariants: [{ ...variant, modelName: model.modelName }], ...(volumeKey && { kmsKeyArn: volumeKey }), ...queue },
      this.child(),
    );
    const { alertTopicArn } = settings;
    const alarms = endpointAlarms((suffix) => this.childName(suffix), { endpointName, alertTopicArn, slowestMilliseconds: 60_000 }, this.child());
    // Its configuration says one instance, which a new fleet starts with to be seen healthy; the queue's length decides from then on.
    const update = updateOf(1);
    const endpoint = new aws.sagemaker.Endpoint(
      name,
      { name: endpointName, endpointConfigName: configuration.name, deploymentConfig: deploymentConfigOf(update, alarms.names) },
      this.child(),
    );
    this.#scale(endpoint, endpointName, maximumInstances);

    this.endpointName = endpoint.name;
    this.renewable = {
      ...{ key: name, endpointName, alarmNames: alarms.plainNames, roleArn: model.roleArn, update, keepsCount: false },
      configuration: { ...(volumeKey && { KmsKeyId: volumeKey }), ...asApi(queue) },
      variant: asApi(variant),
    };
    this.#arn = endpoint.arn;
    this.registerOutputs({ endpointName: this.endpointName });
  }

  #scale(endpoint: aws.sagemaker.Endpoint, endpointName: string, maximum: number): void {
    const target = new aws.appautoscaling.Target(
      this.childName("scaling"),
      {
        serviceNamespace: "sagemaker",
        scalableDimension: "sagemaker:variant:DesiredInstanceCount",
        resourceId: pulumi.interpolate`endpoint/${endpoint.name}/variant/${variantName}`,
        minCapacity: 0,
        maxCapacity: maximum,
      },
      this.child(),
    );
    const where = { serviceNamespace: target.serviceNamespace, scalableDimension: target.scalableDimension, resourceId: target.resourceId };
    const dimensions = [{ name: "EndpointName", value: endpointName }];
    new aws.appautoscaling.Policy(
      this.childName("backlog-policy"),
      {
        ...where,
        name: "backlog-per-instance",
        policyType: "TargetTrackingScaling",
        targetTrackingScalingPolicyConfiguration: {
          customizedMetricSpecification: { metricName: "ApproximateBacklogSizePerInstance", namespace: "AWS/SageMaker", dimensions, statistic: "Average" },
          targetValue: backlogPerInstance,
          scaleInCooldown: 600,
          scaleOutCooldown: 120,
        },
      },
      this.child(),
    );
    const first = new aws.appautoscaling.Policy(
      this.childName("first-policy"),
      {
        ...where,
        name: "first-instance",
        policyType: "StepScaling",
        stepScalingPolicyConfiguration: {
          adjustmentType: "ChangeInCapacity",
          metricAggregationType: "Average",
          cooldown: 300,
          stepAdjustments: [{ metricIntervalLowerBound: "0", scalingAdjustment: 1 }],
        },
      },
      this.child(),
    );
    new aws.cloudwatch.MetricAlarm(
      this.childName("waiting"),
      {
        name: `${endpointName}-waits-for-an-instance`,
        alarmDescription: "There is work and no instance for it.",
        namespace: "AWS/SageMaker",
        metricName: "HasBacklogWithoutCapacity",
        dimensions: { EndpointName: endpointName },
        statistic: "Average",
        period: 60,
        evaluationPeriods: 2,
        datapointsToAlarm: 2,
        threshold: 1,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        treatMissingData: "missing",
        alarmActions: [first.arn],
      },
      this.child(),
    );
  }

  /** Statement that allows putting a request into the queue. Its input lies in the lake already. */
  allowInvoke(sid: string): Statement {
    return allow(sid, ["sagemaker:InvokeEndpointAsync"], [this.#arn]);
  }
}
