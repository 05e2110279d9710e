import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import type { PolicyConfig } from "../../../local/deploy/policy/config.ts";
import { dynamodbRules } from "../../../policies/rules/dynamodb/index.ts";
import { replicaIsAsSafeAsItsTable } from "../../../policies/rules/dynamodb/replica-is-as-safe-as-its-table.ts";
import { tableGrowsWithLoad } from "../../../policies/rules/dynamodb/table-grows-with-load.ts";
import { tableIsBackedUp } from "../../../policies/rules/dynamodb/table-is-backed-up.ts";
import { tableIsClosedToStrangers } from "../../../policies/rules/dynamodb/table-is-closed-to-strangers.ts";
import { tableIsEncryptedWithCustomerKey } from "../../../policies/rules/dynamodb/table-is-encrypted-with-customer-key.ts";
import { tableKeysSayNothingOfPatients } from "../../../policies/rules/dynamodb/table-keys-say-nothing-of-patients.ts";
import { tableRecoversToAnyPoint } from "../../../policies/rules/dynamodb/table-recovers-to-any-point.ts";
import { tableRefusesItsDeletion } from "../../../policies/rules/dynamodb/table-refuses-its-deletion.ts";
import { backUp, keyArn } from "../../support/buckets.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const make = (opts: Opts, more: Partial<aws.dynamodb.TableArgs> = {}): aws.dynamodb.Table =>
  new aws.dynamodb.Table(
    "t",
    {
      name: "t",
      hashKey: "id",
      attributes: [{ name: "id", type: "S" }],
      billingMode: "PAY_PER_REQUEST",
      deletionProtectionEnabled: true,
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn: keyArn },
      ...more,
    },
    opts,
  );
const table =
  (more: Partial<aws.dynamodb.TableArgs> = {}): Program =>
  (opts) =>
    make(opts, more);
/** A table that is whole, backed up. */
const whole: Program = (opts) => backUp(opts, [make(opts).arn]);

const replica = { regionName: "us-west-2", kmsKeyArn: "arn:aws:kms:us-west-2:111111111111:key/copy", pointInTimeRecovery: true };
const copied = (more: Partial<aws.types.input.dynamodb.TableReplica>) => table({ replicas: [{ ...replica, ...more }] });
const policy =
  (statement: object): Program =>
  (opts) =>
    new aws.dynamodb.ResourcePolicy(
      "p",
      {
        resourceArn: "arn:aws:dynamodb:us-east-1:111111111111:table/t",
        policy: JSON.stringify({ Statement: { Sid: "S", Effect: "Allow", Action: "dynamodb:GetItem", Resource: "*", ...statement } }),
      },
      opts,
    );

describe("rules for DynamoDB", () => {
  for (const rule of dynamodbRules) {
    it(`${rule.name} accepts a whole table`, async () => expect(await violations(rule, whole)).to.deep.equal([]));
    it(`${rule.name} asks nothing of a stack without tables`, async () =>
      expect(await applications(rule, (opts) => new aws.sqs.Queue("q", {}, opts))).to.equal(0));
  }

  const refused: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [
      tableIsEncryptedWithCustomerKey,
      "AWS's key",
      table({ serverSideEncryption: { enabled: true, kmsKeyArn: "alias/aws/dynamodb" } }),
      'Table "t" has no customer-managed key.',
    ],
    [tableRecoversToAnyPoint, "recovery that is off", table({ pointInTimeRecovery: { enabled: false } }), 'Table "t" has no point-in-time recovery.'],
    [
      tableRefusesItsDeletion,
      "nothing said",
      table({ deletionProtectionEnabled: undefined as never }),
      'Table "t" can be deleted; deletionProtectionEnabled must be true, not false.',
    ],
    [
      tableRefusesItsDeletion,
      "no protection",
      table({ deletionProtectionEnabled: false }),
      'Table "t" can be deleted; deletionProtectionEnabled must be true, not false.',
    ],
    [
      tableGrowsWithLoad,
      "fixed capacity",
      table({ billingMode: "PROVISIONED", readCapacity: 1, writeCapacity: 1 }),
      'Table "t" has fixed capacity; billingMode must be PAY_PER_REQUEST, not PROVISIONED.',
    ],
    [
      tableGrowsWithLoad,
      "fixed capacity by default",
      table({ billingMode: undefined as never, readCapacity: 1, writeCapacity: 1 }),
      'Table "t" has fixed capacity; billingMode must be PAY_PER_REQUEST, not PROVISIONED.',
    ],
    [tableIsBackedUp, "no backup", table(), 'Table "t" is not backed up.'],
    [
      tableKeysSayNothingOfPatients,
      "keys and indexes about patients",
      table({
        rangeKey: "patientId",
        attributes: [
          { name: "id", type: "S" },
          { name: "patientId", type: "S" },
        ],
        globalSecondaryIndexes: [{ name: "by-mrn", keySchemas: [{ attributeName: "id", keyType: "HASH" }], projectionType: "ALL" }],
        localSecondaryIndexes: [{ name: "birthday", rangeKey: "patientId", projectionType: "ALL" }],
      }),
      'Table "t" has the index "birthday"; it must not say "birthday".',
      'Table "t" has the index "by-mrn"; it must not say "mrn".',
      'Table "t" has the key "patientId"; it must not say "patient".',
    ],
    [
      replicaIsAsSafeAsItsTable,
      "another Region",
      copied({ regionName: "eu-west-1" }),
      'Replica of "t" in eu-west-1 must lie in us-east-1, us-east-2, us-west-1, us-west-2.',
    ],
    [
      replicaIsAsSafeAsItsTable,
      "no key and no recovery",
      copied({ kmsKeyArn: undefined as never, pointInTimeRecovery: undefined as never }),
      'Replica of "t" in us-west-2 has no customer-managed key.',
      'Replica of "t" in us-west-2 has no point-in-time recovery.',
    ],
    [
      replicaIsAsSafeAsItsTable,
      "a replica that stands apart",
      (opts) => new aws.dynamodb.TableReplica("r", { globalTableArn: "arn:aws:dynamodb:us-east-1:111111111111:table/t", region: "eu-west-1" }, opts),
      'Replica of "r" in eu-west-1 has no customer-managed key.',
      'Replica of "r" in eu-west-1 has no point-in-time recovery.',
      'Replica of "r" in eu-west-1 must lie in us-east-1, us-east-2, us-west-1, us-west-2.',
    ],
    [
      replicaIsAsSafeAsItsTable,
      "a global table of the old kind",
      (opts) => new aws.dynamodb.GlobalTable("g", { replicas: [{ regionName: "us-east-1" }] }, opts),
      '"g" is a global table of the old kind; it must be a table with replicas.',
    ],
    [tableIsClosedToStrangers, "everybody", policy({ Principal: "*" }), 'Table policy "p" lets in everybody (S).'],
    [tableIsClosedToStrangers, "another account", policy({ Principal: { AWS: "222222222222" } }), 'Table policy "p" lets in account 222222222222 (S).'],
  ];
  for (const [rule, what, program, ...messages] of refused) {
    it(`${rule.name} refuses ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  const accepted: [rule: Policies[number], what: string, program: Program, config?: PolicyConfig][] = [
    [
      tableRecoversToAnyPoint,
      "a shorter time where that is allowed",
      table({ pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 7 } }),
      { "dynamodb-table-recovers-to-any-point": { minimumDays: 7 } },
    ],
    [
      tableRefusesItsDeletion,
      "no protection where that is allowed",
      table({ deletionProtectionEnabled: false }),
      { "dynamodb-table-refuses-its-deletion": { required: false } },
    ],
    [
      tableGrowsWithLoad,
      "scaled capacity",
      (opts) => {
        const { name } = make(opts, { billingMode: "PROVISIONED", readCapacity: 1, writeCapacity: 1 });
        const resourceId = name.apply((table) => `table/${table}`);
        new aws.appautoscaling.Target(
          "s",
          { resourceId, minCapacity: 1, maxCapacity: 9, scalableDimension: "dynamodb:table:ReadCapacityUnits", serviceNamespace: "dynamodb" },
          opts,
        );
      },
    ],
    [replicaIsAsSafeAsItsTable, "a safe replica", copied({})],
    [
      replicaIsAsSafeAsItsTable,
      "an approved Region",
      copied({ regionName: "eu-west-1" }),
      { "dynamodb-replica-is-as-safe-as-its-table": { regions: ["eu-west-1"] } },
    ],
    [
      replicaIsAsSafeAsItsTable,
      "a safe replica that stands apart",
      (opts) =>
        new aws.dynamodb.TableReplica(
          "r",
          { globalTableArn: "arn:aws:dynamodb:us-east-1:111111111111:table/t", region: "us-west-2", kmsKeyArn: replica.kmsKeyArn, pointInTimeRecovery: true },
          opts,
        ),
    ],
    [
      tableIsClosedToStrangers,
      "an approved account",
      policy({ Principal: { AWS: "222222222222" } }),
      { "dynamodb-table-is-closed-to-strangers": { accounts: ["222222222222"] } },
    ],
  ];
  for (const [rule, what, program, config] of accepted) {
    it(`${rule.name} accepts ${what}`, async () => {
      expect(await violations(rule, program, config)).to.deep.equal([]);
      expect(await applications(rule, program)).to.equal(1);
    });
  }

  it("apply where there is something to judge", async () => {
    expect(await applications(tableIsBackedUp, table({ tags: { "data-classification": "none" } }))).to.equal(0);
    expect(await applications(replicaIsAsSafeAsItsTable, table())).to.equal(0);
  });
});
