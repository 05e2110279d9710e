import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { RealTimeEndpoint, type RealTimeEndpointArgs } from "../../../components/analysis/real-time-endpoint.ts";
import { failure } from "../../support/failure.ts";
import { alertTopicArn, image, jobNetwork, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

const make = (more: Partial<RealTimeEndpointArgs> = {}) =>
  inAccount((opts) => {
    const { settings, lake } = parts(opts);
    const args = { settings, lake, image, network: jobNetwork, instanceType: "ml.m5.large", instances: { minimum: 2, maximum: 4 }, ...more };
    const endpoint = new RealTimeEndpoint("inference", args, opts);
    return { allow: endpoint.allowInvoke("Predict"), variant: endpoint.renewable.variant };
  });

describe("RealTimeEndpoint", () => {
  it("runs the networks of the lake without the internet, in the network of jobs", async () => {
    const stack = await make();
    expect(stack.one(aws.sagemaker.Model, "inference-model").inputs).to.deep.equal({
      executionRoleArn: "arn:aws:iam::111111111111:role/svp-unit-inference-model-role",
      enableNetworkIsolation: true,
      vpcConfig: { subnets: ["subnet-a", "subnet-b"], securityGroupIds: ["sg-jobs"] },
      primaryContainer: {
        image: image.uri,
        modelDataSource: { s3DataSources: [{ s3Uri: "s3://svp-unit-111111111111-models/models/", s3DataType: "S3Prefix", compressionType: "None" }] },
      },
    });
    expect(stack.one(aws.cloudwatch.LogGroup, "inference-model-log").inputs).to.deep.equal({
      name: "/aws/sagemaker/Endpoints/svp-unit-inference-m5-large",
      kmsKeyId: stack.one(aws.kms.Key, "keys-logs").outputs["arn"],
      retentionInDays: 2192,
    });
    expect(Object.keys(statements(stack.one(aws.iam.RolePolicy, "inference-model-role-policy").inputs["policy"]))).to.deep.equal([
      "ReadModels",
      "ReadModelsKey",
      "ListModels",
      "ReadDeployedModels",
      "ReadDeployedModelsKey",
      "ListDeployedModels",
      "SignInToRegistry",
      "PullImage",
      "CreateInterfaces",
      "HandInterfacesOver",
      "LookAtNetwork",
      "WriteLog",
    ]);
    expect(stack.outputs["allow"]).to.deep.equal({
      Sid: "Predict",
      Effect: "Allow",
      Action: ["sagemaker:InvokeEndpoint"],
      Resource: ["arn:aws:sagemaker:us-east-1:111111111111:endpoint/svp-unit-inference-m5-large"],
    });
  });

  it("sends one new instance ahead, and goes back if it fails or is slow", async () => {
    const stack = await make();
    expect(stack.one(aws.sagemaker.Endpoint, "inference").inputs).to.deep.equal({
      name: "svp-unit-inference-m5-large",
      endpointConfigName: stack.one(aws.sagemaker.EndpointConfiguration, "inference-configuration").outputs["name"],
      deploymentConfig: {
        blueGreenUpdatePolicy: {
          trafficRoutingConfiguration: { type: "CANARY", waitIntervalInSeconds: 300, canarySize: { type: "INSTANCE_COUNT", value: 1 } },
          terminationWaitInSeconds: 300,
          maximumExecutionTimeoutInSeconds: 3600,
        },
        autoRollbackConfiguration: { alarms: [{ alarmName: "svp-unit-inference-m5-large-errors" }, { alarmName: "svp-unit-inference-m5-large-latency" }] },
      },
    });
    const alarms = stack.ofType(aws.cloudwatch.MetricAlarm).filter(({ inputs }) => inputs["namespace"] === "AWS/SageMaker");
    expect(
      alarms.map(({ inputs: { metricName, threshold, dimensions, alarmActions } }) => ({ metricName, threshold, dimensions, alarmActions })),
    ).to.deep.equal(
      [
        ["Invocation5XXErrors", 0],
        ["ModelLatency", 5_000_000],
      ].map(([metricName, threshold]) => ({
        metricName,
        threshold,
        dimensions: { EndpointName: "svp-unit-inference-m5-large", VariantName: "current" },
        alarmActions: [alertTopicArn],
      })),
    );
  });

  it("starts more instances where there are more images, within its bounds", async () => {
    const stack = await make();
    expect(stack.one(aws.appautoscaling.Target, "inference-scaling").inputs).to.deep.equal({
      serviceNamespace: "sagemaker",
      scalableDimension: "sagemaker:variant:DesiredInstanceCount",
      resourceId: "endpoint/svp-unit-inference-m5-large/variant/current",
      minCapacity: 2,
      maxCapacity: 4,
    });
    expect(stack.one(aws.appautoscaling.Policy, "inference-scaling-policy").inputs["targetTrackingScalingPolicyConfiguration"]).to.deep.equal({
      predefinedMetricSpecification: { predefinedMetricType: "SageMakerVariantInvocationsPerInstance" },
      targetValue: 60,
      scaleInCooldown: 600,
      scaleOutCooldown: 120,
    });
  });

  it("starts more instances where more segments come at once, and gives them longer, if it is shown those", async () => {
    const stack = await make({ shown: "segments" });
    expect(stack.one(aws.appautoscaling.Policy, "inference-scaling-policy").inputs["targetTrackingScalingPolicyConfiguration"]).to.deep.equal({
      predefinedMetricSpecification: { predefinedMetricType: "SageMakerVariantConcurrentRequestsPerModelHighResolution" },
      targetValue: 2,
      scaleInCooldown: 600,
      scaleOutCooldown: 120,
    });
    const alarms = stack.ofType(aws.cloudwatch.MetricAlarm).filter(({ inputs }) => inputs["metricName"] === "ModelLatency");
    expect(alarms.map(({ inputs }) => inputs["threshold"])).to.deep.equal([30_000_000]);
  });

  it("is another endpoint on another type of instances, which SageMaker would not change under one that scales", async () => {
    const stack = await make({ instanceType: "ml.g5.xlarge" });
    expect(stack.one(aws.sagemaker.Endpoint, "inference").inputs["name"]).to.equal("svp-unit-inference-g5-xlarge");
    expect(stack.one(aws.appautoscaling.Target, "inference-scaling").inputs["resourceId"]).to.equal("endpoint/svp-unit-inference-g5-xlarge/variant/current");
  });

  it("names a volume key exactly where the instance does not encrypt its disks", async () => {
    const plain = await make();
    expect(plain.one(aws.sagemaker.EndpointConfiguration, "inference-configuration").inputs["kmsKeyArn"]).to.equal(
      plain.one(aws.kms.Key, "keys-models").outputs["arn"],
    );
    const nvme = await make({ instanceType: "ml.g5.xlarge" });
    expect(nvme.one(aws.sagemaker.EndpointConfiguration, "inference-configuration").inputs).not.to.have.property("kmsKeyArn");
  });

  it("asks for a driver that CUDA 12 takes exactly where GPUs would have an older one, also of whoever renews it", async () => {
    const image = async (instanceType: string) => {
      const stack = await make({ instanceType });
      const [variant] = stack.one(aws.sagemaker.EndpointConfiguration, "inference-configuration").inputs["productionVariants"] as [Record<string, unknown>];
      expect((stack.outputs["variant"] as Record<string, unknown>)["InferenceAmiVersion"]).to.equal(variant["inferenceAmiVersion"]);
      return variant["inferenceAmiVersion"];
    };
    expect(await image("ml.g4dn.xlarge")).to.equal("al2-ami-sagemaker-inference-gpu-2");
    expect([await image("ml.m5.large"), await image("ml.g6.xlarge")]).to.deep.equal([undefined, undefined]);
  });

  it("copies images into the lake only where asked to, sealed", async () => {
    const without = await make();
    expect(without.one(aws.sagemaker.EndpointConfiguration, "inference-configuration").inputs).not.to.have.property("dataCaptureConfig");
    const stack = await make({ capturePercent: 5 });
    expect(stack.one(aws.sagemaker.EndpointConfiguration, "inference-configuration").inputs["dataCaptureConfig"]).to.deep.equal({
      enableCapture: true,
      initialSamplingPercentage: 5,
      destinationS3Uri: "s3://svp-unit-111111111111-processed/captured-images/",
      kmsKeyId: stack.one(aws.kms.Key, "keys-derived").outputs["arn"],
      captureOptions: [{ captureMode: "Input" }, { captureMode: "Output" }],
    });
    expect(statements(stack.one(aws.iam.RolePolicy, "inference-model-role-policy").inputs["policy"])["KeepCaptures"].Resource).to.deep.equal([
      "arn:aws:s3:::svp-unit-111111111111-processed/captured-images/*",
    ]);
  });

  it("refuses an endpoint without instances, bounds that cross, and more than everything", async () => {
    const refused = async (more: Partial<RealTimeEndpointArgs>) => (await failure(make(more))).message;
    expect(await refused({ instances: { minimum: 0, maximum: 1 } })).to.contain(
      'svp:analysis:RealTimeEndpoint "inference": instances.minimum must be a whole number, 1 or more, not 0.',
    );
    expect(await refused({ instances: { minimum: 2, maximum: 1 } })).to.contain("instances.maximum must be a whole number, 2 or more, not 1.");
    expect(await refused({ capturePercent: 101 })).to.contain("capturePercent must be 0 to 100, not 101.");
  });
});
