import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import type { PolicyConfig } from "../../../local/deploy/policy/config.ts";
import { secretsmanagerRules } from "../../../policies/rules/secretsmanager/index.ts";
import { secretCanBeRestored } from "../../../policies/rules/secretsmanager/secret-can-be-restored.ts";
import { secretIsClosedToStrangers } from "../../../policies/rules/secretsmanager/secret-is-closed-to-strangers.ts";
import { secretIsEncryptedWithCustomerKey } from "../../../policies/rules/secretsmanager/secret-is-encrypted-with-customer-key.ts";
import { secretRotatesEveryQuarter } from "../../../policies/rules/secretsmanager/secret-rotates-every-quarter.ts";
import { secretStaysInApprovedRegions } from "../../../policies/rules/secretsmanager/secret-stays-in-approved-regions.ts";
import { secretValueStaysOutOfTheProgram } from "../../../policies/rules/secretsmanager/secret-value-stays-out-of-the-program.ts";
import { keyArn } from "../../support/buckets.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const copy = { region: "us-west-2", kmsKeyId: "arn:aws:kms:us-west-2:111111111111:key/copy" };
const document = (more: object): string =>
  JSON.stringify({ Statement: { Sid: "S", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: "*", ...more } });
const own = { Principal: { AWS: "arn:aws:iam::111111111111:role/r" } };

const secret =
  (more: aws.secretsmanager.SecretArgs = {}): Program =>
  (opts) =>
    new aws.secretsmanager.Secret("s", { kmsKeyId: keyArn, replicas: [copy], policy: document(own), ...more }, opts);
/** A secret that is rotated. */
const rotated =
  (rotationRules: aws.types.input.secretsmanager.SecretRotationRotationRules): Program =>
  (opts) => {
    const { id } = new aws.secretsmanager.Secret("s", { kmsKeyId: keyArn }, opts);
    new aws.secretsmanager.SecretRotation("r", { secretId: id, rotationLambdaArn: "arn:aws:lambda:us-east-1:111111111111:function:r", rotationRules }, opts);
  };
const policy =
  (more: object, blockPublicPolicy = true): Program =>
  (opts) =>
    new aws.secretsmanager.SecretPolicy(
      "s",
      { secretArn: "arn:aws:secretsmanager:us-east-1:111111111111:secret:s", policy: document(more), blockPublicPolicy },
      opts,
    );
const value =
  (more: Partial<aws.secretsmanager.SecretVersionArgs>): Program =>
  (opts) =>
    new aws.secretsmanager.SecretVersion("v", { secretId: "s", ...more }, opts);

describe("rules for Secrets Manager", () => {
  for (const rule of secretsmanagerRules) {
    it(`${rule.name} asks nothing of a stack without secrets`, async () =>
      expect(await applications(rule, (opts) => new aws.sqs.Queue("q", {}, opts))).to.equal(0));
  }

  const refused: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [secretIsEncryptedWithCustomerKey, "no key", secret({ kmsKeyId: undefined as never }), 'Secret "s" has no customer-managed key.'],
    [secretIsEncryptedWithCustomerKey, "AWS's key", secret({ kmsKeyId: "alias/aws/secretsmanager" }), 'Secret "s" has no customer-managed key.'],
    [
      secretIsEncryptedWithCustomerKey,
      "a copy without a key",
      secret({ replicas: [copy, { region: "us-east-2" }] }),
      'Secret "s" has no customer-managed key in us-east-2.',
    ],
    [
      secretStaysInApprovedRegions,
      "another Region",
      secret({ replicas: [{ ...copy, region: "eu-west-1" }] }),
      'Secret "s" is copied to eu-west-1; it must stay in us-east-1, us-east-2, us-west-1, us-west-2.',
    ],
    [secretCanBeRestored, "a deletion at once", secret({ recoveryWindowInDays: 0 }), 'Secret "s" is deleted after 0 days; it must wait 30.'],
    [secretIsClosedToStrangers, "everybody", secret({ policy: document({ Principal: "*" }) }), 'Secret "s" lets in everybody (S).'],
    [
      secretIsClosedToStrangers,
      "another account, by a policy that stands apart",
      policy({ Principal: { AWS: "222222222222" } }),
      'Secret "s" lets in account 222222222222 (S).',
    ],
    [secretIsClosedToStrangers, "public policies", policy(own, false), 'Secret "s" must set blockPublicPolicy to true.'],
    [secretValueStaysOutOfTheProgram, "a value", value({ secretString: "abc" }), '"v" sets secretString; the value must stay out of the program.'],
    [secretValueStaysOutOfTheProgram, "bytes", value({ secretBinary: "YWJj" }), '"v" sets secretBinary; the value must stay out of the program.'],
    [secretRotatesEveryQuarter, "no rotation", secret(), 'Secret "s" is never rotated.'],
    [
      secretRotatesEveryQuarter,
      "a slow one",
      rotated({ automaticallyAfterDays: 91 }),
      'Secret "s" is rotated every 91 days; it must be every 90 days or sooner.',
    ],
    [
      secretRotatesEveryQuarter,
      "a slow rate",
      rotated({ scheduleExpression: "rate(365 days)" }),
      'Secret "s" is rotated every 365 days; it must be every 90 days or sooner.',
    ],
    [
      secretRotatesEveryQuarter,
      "a calendar",
      rotated({ scheduleExpression: "cron(0 4 1 1 ? *)" }),
      'Secret "s" does not say after how many days it is rotated.',
    ],
  ];
  for (const [rule, what, program, ...messages] of refused) {
    it(`${rule.name} refuses ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  const accepted: [rule: Policies[number], what: string, program: Program, config?: PolicyConfig][] = [
    [secretIsEncryptedWithCustomerKey, "keys of its own", secret()],
    [secretStaysInApprovedRegions, "approved Regions", secret()],
    [
      secretStaysInApprovedRegions,
      "a Region that is approved here",
      secret({ replicas: [{ ...copy, region: "eu-west-1" }] }),
      { "secretsmanager-secret-stays-in-approved-regions": { regions: ["eu-west-1"] } },
    ],
    [secretCanBeRestored, "a month, unsaid", secret()],
    [secretCanBeRestored, "a week where that is allowed", secret({ recoveryWindowInDays: 7 }), { "secretsmanager-secret-can-be-restored": { minimumDays: 7 } }],
    [secretIsClosedToStrangers, "a role of the account", secret()],
    [
      secretIsClosedToStrangers,
      "an approved account",
      policy({ Principal: { AWS: "222222222222" } }),
      { "secretsmanager-secret-is-closed-to-strangers": { accounts: ["222222222222"] } },
    ],
    [secretValueStaysOutOfTheProgram, "a value that no state keeps", value({ secretStringWo: "abc", secretStringWoVersion: 1 })],
    [secretRotatesEveryQuarter, "a quarter", rotated({ automaticallyAfterDays: 90 })],
    [secretRotatesEveryQuarter, "a rate", rotated({ scheduleExpression: "rate(12 hours)" })],
    [
      secretRotatesEveryQuarter,
      "a year where that is allowed",
      rotated({ scheduleExpression: "rate(365 days)" }),
      { "secretsmanager-secret-rotates-every-quarter": { maximumDays: 365 } },
    ],
  ];
  for (const [rule, what, program, config] of accepted) {
    it(`${rule.name} accepts ${what}`, async () => {
      expect(await violations(rule, program, config)).to.deep.equal([]);
      expect(await applications(rule, program)).to.equal(1);
    });
  }

  it("apply where there is something to judge", async () => {
    const plain = secret({ replicas: undefined as never, policy: undefined as never });
    expect(await applications(secretIsClosedToStrangers, plain)).to.equal(0);
    expect(await applications(secretStaysInApprovedRegions, plain)).to.equal(0);
  });
});
