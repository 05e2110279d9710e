import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { ModelCallLog } from "../../../components/analysis/model-call-log.ts";
import { parts } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

describe("ModelCallLog", () => {
  const bucket = "svp-unit-111111111111-model-calls";
  let stack: Awaited<ReturnType<typeof inAccount>>;
  before(async () => {
    stack = await inAccount(
      (opts) => void new ModelCallLog("model-calls", { place, removal: "retain", lake: parts(opts).lake, expireDays: 2192, noncurrentDays: 30 }, opts),
    );
  });

  it("keeps all that models are shown and say, whatever kind it is of, in a bucket of its own", () => {
    const { loggingConfig } = stack.one(aws.bedrockmodel.InvocationLoggingConfiguration, "model-calls").inputs;
    expect(loggingConfig).to.deep.equal({
      s3Config: { bucketName: bucket, keyPrefix: "calls" },
      textDataDeliveryEnabled: true,
      imageDataDeliveryEnabled: true,
      videoDataDeliveryEnabled: true,
      embeddingDataDeliveryEnabled: true,
    });
    const logging = stack.one(aws.s3.BucketLogging, "model-calls-bucket-logging").inputs;
    expect(logging).to.deep.include({ bucket, targetBucket: "svp-unit-111111111111-access-logs" });
  });

  it("keeps calls as long as logs are kept, and then no longer", () => {
    const [rule, ...others] = stack.one(aws.s3.BucketLifecycleConfiguration, "model-calls-bucket-lifecycle").inputs["rules"] as object[];
    expect(others).to.deep.equal([]);
    expect(rule).to.deep.include({ filter: { prefix: "" }, expiration: { days: 2192 }, noncurrentVersionExpiration: { noncurrentDays: 30 } });
  });

  it("is written by Bedrock alone, of this account, under a key of its own that Bedrock can encrypt with and not read", () => {
    const here = { StringEquals: { "aws:SourceAccount": "111111111111" }, ArnLike: { "aws:SourceArn": "arn:aws:bedrock:us-east-1:111111111111:*" } };
    const written = statements(stack.one(aws.s3.BucketPolicy, "model-calls-bucket-policy").inputs["policy"]);
    expect(written["BedrockWrites"]).to.deep.equal({
      Effect: "Allow",
      Principal: { Service: "bedrock.amazonaws.com" },
      Action: ["s3:PutObject"],
      Resource: [`arn:aws:s3:::${bucket}/*`],
      Condition: here,
    });
    expect(Object.values(written).filter(({ Effect }) => Effect === "Allow")).to.have.length(1);
    const key = stack.one(aws.kms.Key, "model-calls-key");
    expect(statements(key.inputs["policy"])["BedrockUsesKey"]).to.deep.equal({
      Effect: "Allow",
      Principal: { Service: "bedrock.amazonaws.com" },
      Action: ["kms:GenerateDataKey"],
      Resource: ["*"],
      Condition: here,
    });
    const [rule] = stack.one(aws.s3.BucketServerSideEncryptionConfiguration, "model-calls-bucket-encryption").inputs["rules"] as {
      applyServerSideEncryptionByDefault: object;
    }[];
    expect(rule?.applyServerSideEncryptionByDefault).to.deep.equal({ sseAlgorithm: "aws:kms", kmsMasterKeyId: key.outputs["arn"] });
  });

  it("is not told to write before it may", () => {
    const { dependencies } = stack.one(aws.bedrockmodel.InvocationLoggingConfiguration, "model-calls");
    const policy = stack.one(aws.s3.BucketPolicy, "model-calls-bucket-policy");
    expect(dependencies).to.include(policy.urn);
  });
});
