import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { EncryptedTopic } from "../../../components/compute/encrypted-topic.ts";
import { EncryptionKey } from "../../../components/security/encryption-key.ts";
import { failure } from "../../support/failure.ts";
import { inAccount, place, statements } from "../place.ts";

const arn = "arn:aws:sns:us-east-1:111111111111:svp-unit-alerts";
const make = (emails: string[]) =>
  inAccount((opts) => {
    const key = new EncryptionKey("key", { place, removal: "retain", description: "Alerts" }, opts);
    return { arn: new EncryptedTopic("alerts", { place, key, publishers: ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"], emails }, opts).arn };
  });

describe("EncryptedTopic", () => {
  it("is encrypted, and lets in the named services over TLS, on behalf of this account", async () => {
    const stack = await make([]);
    expect(stack.one(aws.sns.Topic, "alerts").inputs).to.deep.equal({
      name: "svp-unit-alerts",
      kmsMasterKeyId: stack.one(aws.kms.Key, "key").outputs["arn"],
      tags: { "data-classification": "none" },
    });
    const publishes = (service: string) => ({
      Effect: "Allow",
      Principal: { Service: service },
      Action: ["sns:Publish"],
      Resource: [arn],
      Condition: { StringEquals: { "aws:SourceAccount": "111111111111" } },
    });
    expect(statements(stack.one(aws.sns.TopicPolicy, "alerts-policy").inputs["policy"])).to.deep.equal({
      DenyPlainHttp: { Effect: "Deny", Principal: "*", Action: ["sns:Publish"], Resource: [arn], Condition: { Bool: { "aws:SecureTransport": "false" } } },
      CloudwatchPublishes: publishes("cloudwatch.amazonaws.com"),
      BudgetsPublishes: publishes("budgets.amazonaws.com"),
    });
    expect(stack.outputs["arn"]).to.equal(arn);
  });

  it("mails to each address", async () => {
    const stack = await make(["ops@example.org"]);
    expect(stack.one(aws.sns.TopicSubscription, "alerts-to-ops-example-org").inputs).to.deep.equal({
      topic: arn,
      protocol: "email",
      endpoint: "ops@example.org",
    });
  });

  it("refuses what is no address, all at once", async () => {
    const { message } = await failure(make(["ops", "ops@example.org", "on call@example.org"]));
    expect(message).to.contain('svp:compute:EncryptedTopic "alerts": emails must be e-mail addresses, not ops, on call@example.org.');
  });
});
