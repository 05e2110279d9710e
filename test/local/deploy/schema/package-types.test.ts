import { expect } from "chai";
import { packageTypes } from "../../../../local/deploy/schema/package-types.ts";

describe("packageTypes", () => {
  const aws = packageTypes("@pulumi/aws");
  const awsx = packageTypes("@pulumi/awsx");

  it("tells required, optional, deprecated and conflicting inputs apart", () => {
    const inputs = aws.resource("aws:lambda/function:Function")!.inputs;
    expect(inputs["role"]).to.deep.equal({ type: "string", required: true });
    expect(inputs["memorySize"]).to.deep.equal({ type: "number", required: false });
    expect(inputs["code"]).to.deep.equal({ type: "asset", required: false, conflictsWith: ["imageUri", "s3Bucket"] });
    expect(inputs["packageType"]?.documented).to.deep.equal(["Zip", "Image"]);
    expect(inputs["tags"]?.type).to.deep.equal({ map: "string" });
    expect(inputs["vpcConfig"]?.type).to.deep.equal({ object: "lambda.FunctionVpcConfig" });
    const runtime = inputs["runtime"]?.type as { values: string[] };
    expect(runtime.values).to.include("nodejs24.x").and.not.include("nodejs99");
    expect(aws.resource("aws:s3/bucket:Bucket")!.inputs["acl"]?.deprecated).to.equal(true);
  });

  it("tells outputs that are always there from those that may be absent", () => {
    const { outputs, optionalOutputs } = aws.resource("aws:sqs/queue:Queue")!;
    expect(outputs).to.include.members(["arn", "url", "name"]);
    expect(optionalOutputs).to.include.members(["contentBasedDeduplication", "delaySeconds"]).and.not.include("arn");
  });

  it("reads nested shapes, alone", () => {
    expect(aws.shape("lambda.FunctionVpcConfig")).to.deep.equal({
      ipv6AllowedForDualStack: { type: "boolean", required: false },
      securityGroupIds: { type: { list: "string" }, required: true },
      subnetIds: { type: { list: "string" }, required: true },
      vpcId: { type: "string", required: false },
    });
    expect(aws.shape("ProviderAssumeRole")?.["roleArn"]).to.deep.equal({ type: "string", required: false });
    expect(aws.shape("lambda.Nothing")).to.equal(undefined);
  });

  it("finds files whose names differ from their types in case", () => {
    for (const type of ["aws:fsx/s3AccessPointAttachment:S3AccessPointAttachment", "aws:kendra/index:Index", "aws:guardduty/iPSet:IPSet"]) {
      expect(Object.keys(aws.resource(type)!.inputs), type).to.include("region");
    }
  });

  it("reads providers and remote components", () => {
    expect(aws.resource("pulumi:providers:aws")!.inputs["allowedAccountIds"]?.type).to.deep.equal({ list: "string" });
    const image = awsx.resource("awsx:ecr:Image")!;
    expect(image.inputs["repositoryUrl"]).to.deep.equal({ type: "string", required: true });
    expect(image.inputs["builderVersion"]?.type).to.deep.equal({ values: ["BuilderV1", "BuilderBuildKit"] });
    expect(image.outputs).to.deep.equal(["imageUri"]);
  });

  it("knows no type that the package does not have", () => {
    for (const type of ["aws:s3/bucket2:Bucket2", "aws:nowhere/thing:Thing", "aws:../kms/key:Key"]) expect(aws.resource(type), type).to.equal(undefined);
  });

  it("takes a list of valid values only where the sentence ends with it", () => {
    // "Valid values: Enabled, Suspended, or Disabled. ..." against "Valid values are 10, 20, 30, or any multiple of 60."
    expect(aws.shape("s3.BucketVersioningVersioningConfiguration")?.["status"]?.documented).to.deep.equal(["Enabled", "Suspended", "Disabled"]);
    expect(aws.resource("aws:cloudwatch/metricAlarm:MetricAlarm")!.inputs["period"]?.documented).to.equal(undefined);
    // "Protocols `email`, ... are also valid."
    expect(aws.resource("aws:sns/topicSubscription:TopicSubscription")!.inputs["protocol"]?.documented).to.equal(undefined);
    expect(aws.resource("aws:sns/topic:Topic")!.inputs["tracingConfig"]?.documented).to.deep.equal(["PassThrough", "Active"]);
  });
});
