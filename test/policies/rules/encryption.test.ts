import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { logGroupIsEncryptedWithCustomerKey } from "../../../policies/rules/cloudwatch/log-group-is-encrypted-with-customer-key.ts";
import { tableIsEncryptedWithCustomerKey } from "../../../policies/rules/dynamodb/table-is-encrypted-with-customer-key.ts";
import { keyRotatesEveryYear } from "../../../policies/rules/kms/key-rotates-every-year.ts";
import { functionEnvironmentIsEncryptedWithCustomerKey } from "../../../policies/rules/lambda/function-environment-is-encrypted-with-customer-key.ts";
import { stateMachineIsEncryptedWithCustomerKey } from "../../../policies/rules/sfn/state-machine-is-encrypted-with-customer-key.ts";
import { queueIsEncryptedWithCustomerKey } from "../../../policies/rules/sqs/queue-is-encrypted-with-customer-key.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
const arn = "arn:aws:kms:us-east-1:111111111111:key/mine";

const queue = (args: aws.sqs.QueueArgs) => (opts: Opts) => new aws.sqs.Queue("q", args, opts);
const group = (args: aws.cloudwatch.LogGroupArgs) => (opts: Opts) => new aws.cloudwatch.LogGroup("g", args, opts);
const key = (args: aws.kms.KeyArgs) => (opts: Opts) => new aws.kms.Key("k", args, opts);
const table = (serverSideEncryption?: aws.types.input.dynamodb.TableServerSideEncryption) => (opts: Opts) =>
  new aws.dynamodb.Table(
    "t",
    { hashKey: "id", attributes: [{ name: "id", type: "S" }], billingMode: "PAY_PER_REQUEST", ...(serverSideEncryption && { serverSideEncryption }) },
    opts,
  );
const machine = (encryptionConfiguration?: aws.types.input.sfn.StateMachineEncryptionConfiguration) => (opts: Opts) =>
  new aws.sfn.StateMachine(
    "m",
    { roleArn: "arn:aws:iam::111111111111:role/m", definition: "{}", ...(encryptionConfiguration && { encryptionConfiguration }) },
    opts,
  );
const fn = (args: Partial<aws.lambda.FunctionArgs>) => (opts: Opts) =>
  new aws.lambda.Function(
    "f",
    { role: "arn:aws:iam::111111111111:role/f", code: new pulumi.asset.FileArchive("contracts"), handler: "index.handler", runtime: "nodejs24.x", ...args },
    opts,
  );

describe("rules for encryption", () => {
  const cases: [rule: Policies[number], what: string, program: (opts: Opts) => unknown, ...messages: string[]][] = [
    [queueIsEncryptedWithCustomerKey, "accepts a key", queue({ kmsMasterKeyId: arn })],
    [queueIsEncryptedWithCustomerKey, "accepts a key of the same program", (opts) => queue({ kmsMasterKeyId: new aws.kms.Key("k", {}, opts).arn })(opts)],
    [queueIsEncryptedWithCustomerKey, "refuses none", queue({ sqsManagedSseEnabled: true }), 'Queue "q" has no customer-managed key.'],
    [queueIsEncryptedWithCustomerKey, "refuses AWS's", queue({ kmsMasterKeyId: "alias/aws/sqs" }), 'Queue "q" has no customer-managed key.'],
    [logGroupIsEncryptedWithCustomerKey, "accepts a key", group({ kmsKeyId: arn })],
    [logGroupIsEncryptedWithCustomerKey, "refuses none", group({}), 'Log group "g" has no customer-managed key.'],
    [tableIsEncryptedWithCustomerKey, "accepts a key", table({ enabled: true, kmsKeyArn: arn })],
    [tableIsEncryptedWithCustomerKey, "refuses none", table(), 'Table "t" has no customer-managed key.'],
    [tableIsEncryptedWithCustomerKey, "refuses AWS's, which is the default of enabled", table({ enabled: true }), 'Table "t" has no customer-managed key.'],
    [
      tableIsEncryptedWithCustomerKey,
      "refuses a key that is switched off",
      table({ enabled: false, kmsKeyArn: arn }),
      'Table "t" has no customer-managed key.',
    ],
    [stateMachineIsEncryptedWithCustomerKey, "accepts a key", machine({ type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: arn })],
    [stateMachineIsEncryptedWithCustomerKey, "refuses none", machine(), 'State machine "m" has no customer-managed key.'],
    [stateMachineIsEncryptedWithCustomerKey, "refuses AWS's", machine({ type: "AWS_OWNED_KEY" }), 'State machine "m" has no customer-managed key.'],
    [functionEnvironmentIsEncryptedWithCustomerKey, "accepts a key", fn({ environment: { variables: { A: "1" } }, kmsKeyArn: arn })],
    [
      functionEnvironmentIsEncryptedWithCustomerKey,
      "refuses none",
      fn({ environment: { variables: { A: "1" } } }),
      'Function "f" has environment variables without a customer-managed key.',
    ],
    [keyRotatesEveryYear, "accepts a yearly rotation", key({ enableKeyRotation: true })],
    [keyRotatesEveryYear, "accepts a quicker one", key({ enableKeyRotation: true, rotationPeriodInDays: 90 })],
    [keyRotatesEveryYear, "refuses none", key({}), 'Key "k" does not rotate.'],
    [
      keyRotatesEveryYear,
      "refuses a slower one",
      key({ enableKeyRotation: true, rotationPeriodInDays: 366 }),
      'Key "k" rotates every 366 days; it must be every 365 days or sooner.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases) {
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  it("kms-key-rotates-every-year can be made stricter", async () => {
    const config = { "kms-key-rotates-every-year": { maximumDays: 180 } };
    expect(await violations(keyRotatesEveryYear, key({ enableKeyRotation: true }), config)).to.deep.equal([
      'Key "k" rotates every 365 days; it must be every 180 days or sooner.',
    ]);
  });

  it("apply where there is something to encrypt", async () => {
    expect(await applications(keyRotatesEveryYear, key({ keyUsage: "SIGN_VERIFY", customerMasterKeySpec: "ECC_NIST_P256" }))).to.equal(0);
    expect(await applications(functionEnvironmentIsEncryptedWithCustomerKey, fn({}))).to.equal(0);
    expect(await applications(keyRotatesEveryYear, key({ enableKeyRotation: true }))).to.equal(1);
  });
});
