import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { fargateUsesKey } from "../../../components/compute/fargate-task.ts";
import type { PolicyConfig } from "../../../local/deploy/policy/config.ts";
import { kmsRules } from "../../../policies/rules/kms/index.ts";
import { keyAdministratorsCannotUseIt } from "../../../policies/rules/kms/key-administrators-cannot-use-it.ts";
import { keyEncryptsOneClassOfData } from "../../../policies/rules/kms/key-encrypts-one-class-of-data.ts";
import { keyIsClosedToStrangers } from "../../../policies/rules/kms/key-is-closed-to-strangers.ts";
import { keyIsGrantedToServicesOnly } from "../../../policies/rules/kms/key-is-granted-to-services-only.ts";
import { keyOutlivesMistakes } from "../../../policies/rules/kms/key-outlives-mistakes.ts";
import { keyStaysInItsRegion } from "../../../policies/rules/kms/key-stays-in-its-region.ts";
import { keyUseIsBound } from "../../../policies/rules/kms/key-use-is-bound.ts";
import { place } from "../../components/place.ts";
import { caseBucket, logBucket } from "../../support/buckets.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const root = { AWS: "arn:aws:iam::111111111111:root" };
const ours = { StringEquals: { "kms:CallerAccount": "111111111111" } };
const statement = (more: object): object => ({ Sid: "S", Effect: "Allow", Principal: root, Action: "kms:Decrypt", Resource: "*", Condition: ours, ...more });
const administer = statement({ Sid: "Administer", Action: ["kms:CreateAlias", "kms:Put*", "kms:ScheduleKeyDeletion"] });
const use = statement({ Sid: "Use", Action: ["kms:Decrypt", "kms:GenerateDataKey*"] });
const grant = statement({ Sid: "Grant", Action: "kms:CreateGrant", Condition: { ...ours, Bool: { "kms:GrantIsForAWSResource": "true" } } });
const logs = statement({
  Sid: "Logs",
  Principal: { Service: "logs.us-east-1.amazonaws.com" },
  Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:111111111111:*" } },
});

const policy = (...statements: object[]) => JSON.stringify({ Statement: statements });
const good: aws.kms.KeyArgs = { enableKeyRotation: true, policy: policy(administer, use, grant, logs) };
const key =
  (args: aws.kms.KeyArgs): Program =>
  (opts) =>
    new aws.kms.Key("k", { ...good, ...args }, opts);
const says = (...statements: object[]) => key({ policy: policy(...statements) });

/** A bucket of cases, and whatever else is encrypted with the same key. */
const beside =
  (what: (opts: Opts, key: aws.kms.Key, logs: aws.s3.Bucket) => unknown): Program =>
  (opts) => {
    const key = new aws.kms.Key("k", good, opts);
    const logs = logBucket(opts);
    caseBucket(opts, logs, {}, "lake", key.arn);
    what(opts, key, logs);
  };
const logGroup = (opts: Opts, { arn }: aws.kms.Key): aws.cloudwatch.LogGroup => new aws.cloudwatch.LogGroup("log", { kmsKeyId: arn, retentionInDays: 1 }, opts);
const table = (opts: Opts, { arn }: aws.kms.Key): aws.dynamodb.Table =>
  new aws.dynamodb.Table(
    "cases",
    { hashKey: "id", attributes: [{ name: "id", type: "S" }], billingMode: "PAY_PER_REQUEST", serverSideEncryption: { enabled: true, kmsKeyArn: arn } },
    opts,
  );

describe("rules for KMS", () => {
  for (const rule of kmsRules) {
    it(`${rule.name} accepts a key with everything`, async () => {
      expect(await violations(rule, key({}))).to.deep.equal([]);
      expect(await applications(rule, key({}))).to.equal(1);
    });
    it(`${rule.name} asks nothing of a stack without keys`, async () =>
      expect(await applications(rule, (opts) => new aws.sqs.Queue("q", {}, opts))).to.equal(0));
  }

  const refused: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [keyOutlivesMistakes, "a quick deletion", key({ deletionWindowInDays: 7 }), 'Key "k" is deleted after 7 days; it must wait 30.'],
    [keyOutlivesMistakes, "a key that is off", key({ isEnabled: false }), 'Key "k" is switched off; isEnabled must be true.'],
    [keyOutlivesMistakes, "a lock-out", key({ bypassPolicyLockoutSafetyCheck: true }), 'Key "k" sets bypassPolicyLockoutSafetyCheck; it must not.'],
    [keyStaysInItsRegion, "a key for several Regions", key({ multiRegion: true }), 'Key "k" can be copied to other Regions; multiRegion must be false.'],
    [
      keyStaysInItsRegion,
      "an external one",
      (opts) => new aws.kms.ExternalKey("k", { multiRegion: true }, opts),
      'Key "k" can be copied to other Regions; multiRegion must be false.',
    ],
    [
      keyStaysInItsRegion,
      "a copy",
      (opts) => new aws.kms.ReplicaKey("k", { primaryKeyArn: "arn:aws:kms:us-west-2:111111111111:key/mrk-1" }, opts),
      'Key "k" is the copy of a key of another Region; it must be a key of its own.',
    ],
    [keyIsClosedToStrangers, "everybody", says(statement({ Principal: "*", Condition: undefined })), 'Key "k" lets in everybody (S).'],
    [keyIsClosedToStrangers, "another account", says(statement({ Principal: { AWS: "222222222222" } })), 'Key "k" lets in account 222222222222 (S).'],
    [
      keyIsClosedToStrangers,
      "a service for any account",
      says(statement({ Principal: { Service: "sns.amazonaws.com" }, Condition: undefined })),
      'Key "k" lets in sns.amazonaws.com on behalf of any account (S).',
    ],
    [
      keyIsClosedToStrangers,
      "a policy that stands apart",
      (opts) => new aws.kms.KeyPolicy("k", { keyId: "k", policy: policy(statement({ Principal: "*", Condition: undefined })) }, opts),
      'Key "k" lets in everybody (S).',
    ],
    [
      keyUseIsBound,
      "use without a bound",
      says(statement({ Action: "kms:*", Condition: undefined })),
      'Key "k" lets arn:aws:iam::111111111111:root do kms:* without a condition on who calls, through what or for what (S).',
    ],
    [
      keyUseIsBound,
      "administration without a bound",
      says(statement({ Action: "kms:PutKeyPolicy", Condition: undefined })),
      'Key "k" lets arn:aws:iam::111111111111:root do kms:PutKeyPolicy without a condition on who calls, through what or for what (S).',
    ],
    [
      keyIsClosedToStrangers,
      "everybody of its account, past IAM policies",
      says(statement({ Principal: "*" })),
      'Key "k" lets in everybody of an account or organisation (S).',
    ],
    [
      keyIsClosedToStrangers,
      "data of another account",
      says(
        statement({
          Principal: { Service: "logs.us-east-1.amazonaws.com" },
          Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:222222222222:*" } },
        }),
      ),
      'Key "k" lets in account 222222222222 (S).',
    ],
    [
      keyUseIsBound,
      "use bound by something else",
      says(statement({ Condition: { Bool: { "aws:SecureTransport": "true" } } })),
      'Key "k" lets arn:aws:iam::111111111111:root do kms:Decrypt without a condition on who calls, through what or for what (S).',
    ],
    [keyAdministratorsCannotUseIt, "no policy", key({ policy: undefined as never }), `Key "k" has no policy; AWS's own lets administrators use it.`],
    [keyAdministratorsCannotUseIt, "all actions", says(statement({ Action: "kms:*" })), 'Key "k" allows kms:DisableKey and kms:Decrypt in one statement (S).'],
    [
      keyAdministratorsCannotUseIt,
      "all but some",
      says(statement({ Action: undefined, NotAction: "kms:Disable*" })),
      'Key "k" allows kms:PutKeyPolicy and kms:Decrypt in one statement (S).',
    ],
    [
      keyAdministratorsCannotUseIt,
      "a role that does both",
      says(
        statement({ Principal: { AWS: "arn:aws:iam::111111111111:role/a" }, Action: "kms:PutKeyPolicy" }),
        statement({ Principal: { AWS: ["arn:aws:iam::111111111111:role/b", "arn:aws:iam::111111111111:role/a"] } }),
      ),
      'Key "k" lets arn:aws:iam::111111111111:role/a both administer and use it.',
    ],
    [
      keyIsGrantedToServicesOnly,
      "grants by administrators",
      says(statement({ Action: ["kms:Create*"] })),
      'Key "k" lets arn:aws:iam::111111111111:root grant its use to anybody; kms:GrantIsForAWSResource must be true (S).',
    ],
    [
      keyIsGrantedToServicesOnly,
      "grants for others, too",
      says(statement({ Action: "kms:CreateGrant", Condition: { Bool: { "kms:GrantIsForAWSResource": "false" } } })),
      'Key "k" lets arn:aws:iam::111111111111:root grant its use to anybody; kms:GrantIsForAWSResource must be true (S).',
    ],
    ...(
      [
        ["for any cluster", { "ForAllValues:StringEquals": { "kms:GrantOperations": ["Decrypt"] } }],
        ["of any operation", { StringEquals: { "kms:EncryptionContext:aws:ecs:clusterName": "conversion" } }],
      ] as const
    ).map(([what, Condition]): [Policies[number], string, Program, string] => [
      keyIsGrantedToServicesOnly,
      `grants by a service ${what}`,
      says(statement({ Principal: { Service: "fargate.amazonaws.com" }, Action: "kms:CreateGrant", Condition })),
      'Key "k" lets fargate.amazonaws.com grant its use to anybody; kms:GrantIsForAWSResource must be true (S).',
    ]),
    [
      keyEncryptsOneClassOfData,
      "two buckets",
      beside((opts, { arn }, logs) => caseBucket(opts, logs, {}, "models", arn)),
      'Key "k" encrypts the buckets lake, models; each must have a key of its own.',
    ],
    [keyEncryptsOneClassOfData, "a bucket and logs", beside(logGroup), 'Key "k" encrypts lake and the logs log; logs must have a key of their own.'],
    [
      keyEncryptsOneClassOfData,
      "a table and logs",
      (opts) => {
        const key = new aws.kms.Key("k", good, opts);
        table(opts, key);
        logGroup(opts, key);
      },
      'Key "k" encrypts cases and the logs log; logs must have a key of their own.',
    ],
  ];
  for (const [rule, what, program, ...messages] of refused) {
    it(`${rule.name} refuses ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  const accepted: [rule: Policies[number], what: string, program: Program, config?: PolicyConfig][] = [
    [
      keyIsGrantedToServicesOnly,
      "Fargate, which grants as itself, for one cluster and one operation",
      says(...fargateUsesKey(place, "conversion").map((one) => ({ ...one }))),
    ],
    [keyOutlivesMistakes, "a quicker deletion where that is allowed", key({ deletionWindowInDays: 7 }), { "kms-key-outlives-mistakes": { minimumDays: 7 } }],
    [keyStaysInItsRegion, "several Regions where that is allowed", key({ multiRegion: true }), { "kms-key-stays-in-its-region": { allowed: true } }],
    [
      keyIsClosedToStrangers,
      "an approved account",
      says(statement({ Principal: { AWS: "222222222222" } })),
      { "kms-key-is-closed-to-strangers": { accounts: ["222222222222"] } },
    ],
    [
      keyIsClosedToStrangers,
      "everybody who is a role that AWS makes",
      says(
        statement({
          Principal: "*",
          Condition: { StringEquals: { "kms:CallerAccount": "111111111111", "aws:PrincipalArn": "arn:aws:iam::111111111111:role/aws-service-role/macie" } },
        }),
      ),
    ],
    [keyUseIsBound, "use through a service", says(statement({ Condition: { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } } }))],
    [keyAdministratorsCannotUseIt, "denials of both", says(statement({ Effect: "Deny", Action: "kms:*" }))],
    [keyEncryptsOneClassOfData, "a bucket and a table", beside(table)],
    [
      keyEncryptsOneClassOfData,
      "a bucket that holds nobody's data beside one of cases",
      beside((opts, { arn }, logs) => caseBucket(opts, logs, { args: { tags: { "data-classification": "none" } } }, "web", arn)),
    ],
  ];
  for (const [rule, what, program, config] of accepted)
    it(`${rule.name} accepts ${what}`, async () => expect(await violations(rule, program, config)).to.deep.equal([]));
});
