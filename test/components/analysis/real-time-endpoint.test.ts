import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { RealTimeEndpoint } from "../../../components/analysis/real-time-endpoint.ts";
import { failure } from "../../support/failure.ts";
import { image, parts } from "../parts.ts";
import { inAccount } from "../place.ts";

const make = (instanceType: string, instanceCount = 2) =>
  inAccount((opts) => {
    const { settings, lake } = parts(opts);
    return { allow: new RealTimeEndpoint("inference", { settings, lake, image, instanceType, instanceCount }, opts).allowInvoke("Predict") };
  });

describe("RealTimeEndpoint", () => {
  it("runs the networks of the lake without a network", async () => {
    const stack = await make("ml.m5.large");
    expect(stack.one(aws.sagemaker.Model, "inference-model").inputs).to.deep.equal({
      executionRoleArn: "arn:aws:iam::111111111111:role/svp-unit-inference-role",
      enableNetworkIsolation: true,
      primaryContainer: {
        image: image.uri,
        modelDataSource: { s3DataSources: [{ s3Uri: "s3://svp-unit-111111111111-models/models/", s3DataType: "S3Prefix", compressionType: "None" }] },
      },
    });
    expect(stack.one(aws.sagemaker.Endpoint, "inference").inputs["name"]).to.equal("svp-unit-inference");
    expect(stack.outputs["allow"]).to.deep.equal({
      Sid: "Predict",
      Effect: "Allow",
      Action: ["sagemaker:InvokeEndpoint"],
      Resource: ["arn:aws:sagemaker:us-east-1:111111111111:endpoint/svp-unit-inference"],
    });
  });

  it("names a volume key exactly where the instance does not encrypt its disks", async () => {
    const plain = await make("ml.m5.large");
    expect(plain.one(aws.sagemaker.EndpointConfiguration, "inference-configuration").inputs["kmsKeyArn"]).to.equal(
      plain.one(aws.kms.Key, "keys-models").outputs["arn"],
    );
    const nvme = await make("ml.g5.xlarge");
    expect(nvme.one(aws.sagemaker.EndpointConfiguration, "inference-configuration").inputs).not.to.have.property("kmsKeyArn");
  });

  it("refuses an endpoint without instances", async () => {
    expect((await failure(make("ml.m5.large", 0))).message).to.contain(
      'svp:analysis:RealTimeEndpoint "inference": instanceCount must be a whole number, 1 or more, not 0.',
    );
  });
});
