import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { EncryptionKey, logsUseKey, ruleUsesKey, servicesUseKey } from "../../../components/security/encryption-key.ts";
import { inAccount, place, statements } from "../place.ts";

const root = "arn:aws:iam::111111111111:root";

describe("EncryptionKey", () => {
  it("makes a key that rotates every year, with an alias", async () => {
    const stack = await inAccount((opts) => void new EncryptionKey("raw", { place, removal: "retain", description: "Videos" }, opts));
    const key = stack.one(aws.kms.Key, "raw");
    expect(key.inputs).to.deep.include({
      region: "us-east-1",
      enableKeyRotation: true,
      rotationPeriodInDays: 365,
      deletionWindowInDays: 30,
      multiRegion: false,
      description: "Videos",
    });
    expect(key.protect).to.equal(true);
    expect(stack.one(aws.kms.Alias, "raw-alias").inputs).to.deep.equal({ region: "us-east-1", name: "alias/svp-unit-raw", targetKeyId: key.outputs["keyId"] });
  });

  it("lets the account administer the key without using it on data, and use it only as one of its own callers", async () => {
    const stack = await inAccount((opts) => void new EncryptionKey("raw", { place, removal: "destroy", description: "Videos" }, opts));
    const key = stack.one(aws.kms.Key, "raw");
    expect(key.protect).to.equal(false);
    const { AccountAdministersKey, AccountUsesKey, AccountLetsServicesUseKey, ...others } = statements(key.inputs["policy"]);
    expect(others).to.deep.equal({});
    expect(AccountAdministersKey.Action.filter((action: string) => /crypt|GenerateDataKey|Grant$/.test(action))).to.deep.equal([]);
    expect(AccountUsesKey).to.deep.equal({
      Effect: "Allow",
      Principal: { AWS: root },
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: ["*"],
      Condition: { StringEquals: { "kms:CallerAccount": "111111111111" } },
    });
    expect(AccountLetsServicesUseKey.Condition).to.deep.equal({
      StringEquals: { "kms:CallerAccount": "111111111111" },
      Bool: { "kms:GrantIsForAWSResource": "true" },
    });
  });

  it("lies in the Region of its place, not in its provider's", async () => {
    const elsewhere = { ...place, region: "us-west-2" };
    const stack = await inAccount((opts) => void new EncryptionKey("copies", { place: elsewhere, removal: "retain", description: "Copies" }, opts));
    expect(stack.one(aws.kms.Key, "copies").outputs["arn"]).to.match(/^arn:aws:kms:us-west-2:111111111111:key/);
    expect(stack.one(aws.kms.Alias, "copies-alias").inputs["region"]).to.equal("us-west-2");
  });

  it("names each service that uses the key as itself, with what it is bound to", async () => {
    const services = [logsUseKey(place), ruleUsesKey(place, "svp-unit-upload-events"), servicesUseKey(place, ["budgets.amazonaws.com"])];
    const stack = await inAccount((opts) => void new EncryptionKey("logs", { place, removal: "retain", description: "Logs", services }, opts));
    const { LogsUseKey, EventsUseKey, ServicesPublish } = statements(stack.one(aws.kms.Key, "logs").inputs["policy"]);
    expect(LogsUseKey.Principal).to.deep.equal({ Service: "logs.us-east-1.amazonaws.com" });
    expect(LogsUseKey.Condition).to.deep.equal({ ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:111111111111:log-group:*" } });
    expect(ServicesPublish).to.deep.equal({
      Effect: "Allow",
      Principal: { Service: ["budgets.amazonaws.com"] },
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: ["*"],
      Condition: { StringEquals: { "aws:SourceAccount": "111111111111" } },
    });
    expect(EventsUseKey.Condition).to.deep.equal({
      StringEquals: { "aws:SourceAccount": "111111111111" },
      ArnEquals: { "aws:SourceArn": "arn:aws:events:us-east-1:111111111111:rule/svp-unit-upload-events" },
    });
  });
});
