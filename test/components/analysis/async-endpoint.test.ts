import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { AsyncEndpoint } from "../../../components/analysis/async-endpoint.ts";
import { failure } from "../../support/failure.ts";
import { image, jobNetwork, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

const make = (maximumInstances = 3) =>
  inAccount((opts) => {
    const { settings, lake } = parts(opts);
    const args = { settings, lake, image, network: jobNetwork, instanceType: "ml.g5.xlarge", maximumInstances };
    return { allow: new AsyncEndpoint("segments", args, opts).allowInvoke("Ask") };
  });

describe("AsyncEndpoint", () => {
  it("writes its answers and failures into the lake, sealed", async () => {
    const stack = await make();
    const configuration = stack.one(aws.sagemaker.EndpointConfiguration, "segments-configuration").inputs;
    expect(configuration["asyncInferenceConfig"]).to.deep.equal({
      outputConfig: {
        s3OutputPath: "s3://svp-unit-111111111111-processed/analysis-results/",
        s3FailurePath: "s3://svp-unit-111111111111-processed/analysis-results/asynchronous-failures/",
        kmsKeyId: stack.one(aws.kms.Key, "keys-derived").outputs["arn"],
      },
      clientConfig: { maxConcurrentInvocationsPerInstance: 2 },
    });
    expect(configuration).not.to.have.property("kmsKeyArn");
    // A GPU whose driver would be too old for CUDA 12.
    expect(configuration["productionVariants"]).to.deep.equal([
      {
        ...{ variantName: "current", modelName: stack.one(aws.sagemaker.Model, "segments-model").outputs["name"], instanceType: "ml.g5.xlarge" },
        ...{ initialInstanceCount: 1, initialVariantWeight: 1, inferenceAmiVersion: "al2-ami-sagemaker-inference-gpu-2" },
      },
    ]);
    const role = statements(stack.one(aws.iam.RolePolicy, "segments-model-role-policy").inputs["policy"]);
    expect(role["ReadRenditions"].Resource).to.deep.equal(["arn:aws:s3:::svp-unit-111111111111-processed/processed-videos/*"]);
    expect(role["WriteResults"].Resource).to.deep.equal(["arn:aws:s3:::svp-unit-111111111111-processed/analysis-results/*"]);
    expect(stack.outputs["allow"]).to.deep.include({
      Action: ["sagemaker:InvokeEndpointAsync"],
      Resource: ["arn:aws:sagemaker:us-east-1:111111111111:endpoint/svp-unit-segments-g5-xlarge"],
    });
  });

  it("runs nothing while there is nothing to do, and starts the first instance when there is", async () => {
    const stack = await make();
    expect(stack.one(aws.appautoscaling.Target, "segments-scaling").inputs).to.include({ minCapacity: 0, maxCapacity: 3 });
    expect(stack.one(aws.appautoscaling.Policy, "segments-backlog-policy").inputs["targetTrackingScalingPolicyConfiguration"]).to.deep.equal({
      customizedMetricSpecification: {
        metricName: "ApproximateBacklogSizePerInstance",
        namespace: "AWS/SageMaker",
        dimensions: [{ name: "EndpointName", value: "svp-unit-segments-g5-xlarge" }],
        statistic: "Average",
      },
      targetValue: 5,
      scaleInCooldown: 600,
      scaleOutCooldown: 120,
    });
    const first = stack.one(aws.appautoscaling.Policy, "segments-first-policy");
    expect(first.inputs["stepScalingPolicyConfiguration"]).to.deep.equal({
      adjustmentType: "ChangeInCapacity",
      metricAggregationType: "Average",
      cooldown: 300,
      stepAdjustments: [{ metricIntervalLowerBound: "0", scalingAdjustment: 1 }],
    });
    expect(stack.one(aws.cloudwatch.MetricAlarm, "segments-waiting").inputs).to.deep.include({
      metricName: "HasBacklogWithoutCapacity",
      dimensions: { EndpointName: "svp-unit-segments-g5-xlarge" },
      alarmActions: [first.outputs["arn"]],
    });
  });

  it("refuses to have no instance at most", async () => {
    expect((await failure(make(0))).message).to.contain('svp:analysis:AsyncEndpoint "segments": maximumInstances must be a whole number, 1 or more, not 0.');
  });
});
