import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { revealingWord } from "../../../policies/data/revealing-words.ts";
import { busIsClosedToStrangers } from "../../../policies/rules/events/bus-is-closed-to-strangers.ts";
import { busIsEncryptedWithCustomerKey } from "../../../policies/rules/events/bus-is-encrypted-with-customer-key.ts";
import { deadLetterQueueLetsRuleIn } from "../../../policies/rules/events/dead-letter-queue-lets-rule-in.ts";
import { targetKeepsUndeliveredEvents } from "../../../policies/rules/events/target-keeps-undelivered-events.ts";
import { targetTellsChosenFieldsOnly } from "../../../policies/rules/events/target-tells-chosen-fields-only.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
const key = "arn:aws:kms:us-east-1:111111111111:key/k";

const policy = (statement: object) => (opts: Opts) =>
  new aws.cloudwatch.EventBusPolicy(
    "p",
    { policy: JSON.stringify({ Statement: [{ Sid: "S", Effect: "Allow", Action: "events:PutEvents", ...statement }] }) },
    opts,
  );
const permission = (args: Pick<aws.cloudwatch.EventPermissionArgs, "principal" | "condition">) => (opts: Opts) =>
  new aws.cloudwatch.EventPermission("p", { statementId: "s", ...args }, opts);
const target = (args: Partial<aws.cloudwatch.EventTargetArgs>) => (opts: Opts) =>
  new aws.cloudwatch.EventTarget("t", { rule: "r", arn: "arn:aws:sqs:us-east-1:111111111111:q", ...args }, opts);
const kept = { deadLetterConfig: { arn: "arn:aws:sqs:us-east-1:111111111111:d" }, retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 3 } };
const topic = "arn:aws:sns:us-east-1:111111111111:t";
const transformed = (inputPaths: Record<string, string>, inputTemplate = '"<a>"') => target({ arn: topic, inputTransformer: { inputPaths, inputTemplate } });
/** What resources of a test's program are called. */
const arnOf = (name: string): string => `arn:aws:any:us-east-1:111111111111:${name}`;
/** A rule whose target hands undelivered events to a queue that lets in what `statement` says. */
const handing =
  (statement: object, plain = false) =>
  (opts: Opts) => {
    const queue = new aws.sqs.Queue("dead", { name: "dead" }, opts);
    const Statement = [{ Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sqs:SendMessage", ...statement }];
    new aws.sqs.QueuePolicy("p", { queueUrl: queue.id, policy: JSON.stringify({ Statement }) }, opts);
    const rule = new aws.cloudwatch.EventRule("r", { name: "r", scheduleExpression: "rate(1 day)" }, opts);
    const arn = plain ? arnOf("dead") : queue.arn;
    return target({ ...kept, rule: rule.name, deadLetterConfig: { arn } })(opts);
  };
const of = (rule: string) => ({ ArnEquals: { "aws:SourceArn": arnOf(rule) } });
const shutOut = 'Target "t" can\'t hand what is not delivered to queue "dead", whose policy does not let its rule in.';

describe("rules for EventBridge", () => {
  const cases: [rule: Policies[number], what: string, program: (opts: Opts) => unknown, ...messages: string[]][] = [
    [busIsClosedToStrangers, "accepts its own account", policy({ Principal: { AWS: "111111111111" } })],
    [busIsClosedToStrangers, "refuses everybody", policy({ Principal: "*" }), 'The policy of bus "p" lets in everybody (S).'],
    [
      busIsClosedToStrangers,
      "accepts a permission for everybody of an organisation",
      permission({ principal: "*", condition: { key: "aws:PrincipalOrgID", type: "StringEquals", value: "o-a1b2c3d4e5" } }),
    ],
    [busIsClosedToStrangers, "accepts a permission for its own account", permission({ principal: "111111111111" })],
    [busIsClosedToStrangers, "refuses a permission for everybody", permission({ principal: "*" }), 'The permission "p" lets in everybody.'],
    [
      busIsClosedToStrangers,
      "refuses a permission for another account",
      permission({ principal: "222222222222" }),
      'The permission "p" lets in account 222222222222.',
    ],

    [busIsEncryptedWithCustomerKey, "accepts a key", (opts) => new aws.cloudwatch.EventBus("b", { name: "b", kmsKeyIdentifier: key }, opts)],
    [
      busIsEncryptedWithCustomerKey,
      "refuses a bus without",
      (opts) => new aws.cloudwatch.EventBus("b", { name: "b" }, opts),
      'Bus "b" has no customer-managed key.',
    ],
    [
      busIsEncryptedWithCustomerKey,
      "refuses an archive without",
      (opts) => new aws.cloudwatch.EventArchive("a", { eventSourceArn: "arn:aws:events:us-east-1:111111111111:event-bus/b" }, opts),
      'Archive "a" has no customer-managed key.',
    ],

    [targetKeepsUndeliveredEvents, "accepts a target that keeps", target(kept)],
    [
      targetKeepsUndeliveredEvents,
      "refuses one that forgets at once",
      target({}),
      'Target "t" forgets events that it can\'t deliver; it must set deadLetterConfig.arn.',
      'Target "t" has retryPolicy.maximumEventAgeInSeconds unset; it must be 3600 or more.',
      'Target "t" has retryPolicy.maximumRetryAttempts unset; it must be 3 or more.',
    ],
    [
      targetKeepsUndeliveredEvents,
      "refuses one that hardly tries",
      target({ ...kept, retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 } }),
      'Target "t" has retryPolicy.maximumEventAgeInSeconds 60; it must be 3600 or more.',
      'Target "t" has retryPolicy.maximumRetryAttempts 0; it must be 3 or more.',
    ],

    [deadLetterQueueLetsRuleIn, "accepts a queue that lets the rule in", handing({ Condition: of("r") })],
    [deadLetterQueueLetsRuleIn, "accepts one that is named by a plain text", handing({ Condition: of("r") }, true)],
    [deadLetterQueueLetsRuleIn, "refuses a queue that lets another rule in", handing({ Condition: of("other") }), shutOut],
    [deadLetterQueueLetsRuleIn, "refuses one that lets another service in", handing({ Principal: { Service: "sns.amazonaws.com" } }), shutOut],
    [deadLetterQueueLetsRuleIn, "refuses one that lets read only", handing({ Action: "sqs:ReceiveMessage", Condition: of("r") }), shutOut],
    [
      deadLetterQueueLetsRuleIn,
      "refuses a queue of which it knows nothing",
      target(kept),
      'Target "t" hands what can\'t be delivered to a queue that is not of this stack, whose policy nothing here judges.',
    ],

    [targetTellsChosenFieldsOnly, "accepts whole events for a queue", target({})],
    [
      targetTellsChosenFieldsOnly,
      "accepts chosen fields for a topic",
      transformed({ address: "$.detail.sourceIPAddress" }, '"Emergency access to patients\' data from <a>"'),
    ],
    [targetTellsChosenFieldsOnly, "accepts a fixed text for a topic", target({ arn: topic, input: '"Somebody came."' })],
    [
      targetTellsChosenFieldsOnly,
      "refuses whole events for a topic",
      target({ arn: topic }),
      'Target "t" sends whole events to a topic; it must set inputTransformer.',
    ],
    [
      targetTellsChosenFieldsOnly,
      "refuses whole events for a topic of the program",
      (opts) => target({ arn: new aws.sns.Topic("topic", {}, opts).arn })(opts),
      'Target "t" sends whole events to a topic; it must set inputTransformer.',
    ],
    [
      targetTellsChosenFieldsOnly,
      "refuses a transformer that hands on everything",
      transformed({ all: "$", detail: "$.detail", asked: "$.detail.requestParameters" }),
      'Target "t" hands on $ whole; it must name single fields.',
      'Target "t" hands on $.detail whole; it must name single fields.',
      'Target "t" hands on $.detail.requestParameters whole; it must name single fields.',
    ],
    [
      targetTellsChosenFieldsOnly,
      "refuses a path to everything",
      target({ inputPath: "$.detail" }),
      'Target "t" hands on $.detail whole; it must name single fields.',
    ],
    [
      targetTellsChosenFieldsOnly,
      "refuses fields about a patient",
      transformed({ a: "$.detail.patientName", mrn: "$.detail.number" }),
      'Target "t" hands on a ($.detail.patientName), which tells of a patient by "patient".',
      'Target "t" hands on mrn ($.detail.number), which tells of a patient by "mrn".',
    ],
    [
      targetTellsChosenFieldsOnly,
      "refuses texts about a patient",
      target({ input: JSON.stringify({ dob: "1970-01-01" }) }),
      'Target "t" has a text that tells of a patient by "dob".',
    ],
    [
      targetTellsChosenFieldsOnly,
      "refuses templates about a patient",
      transformed({}, '{"mrn": <a>}'),
      'Target "t" has a text that tells of a patient by "mrn".',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal([...messages].sort()));

  it("events-target-keeps-undelivered-events takes other limits", async () => {
    const config = { "events-target-keeps-undelivered-events": { minimumAgeSeconds: 60, minimumAttempts: 0 } };
    expect(
      await violations(targetKeepsUndeliveredEvents, target({ ...kept, retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 } }), config),
    ).to.deep.equal([]);
  });

  it("do not apply where there is nothing to judge", async () => {
    for (const rule of [busIsClosedToStrangers, busIsEncryptedWithCustomerKey]) expect(await applications(rule, target(kept))).to.equal(0);
    for (const rule of [deadLetterQueueLetsRuleIn, targetTellsChosenFieldsOnly]) expect(await applications(rule, () => undefined)).to.equal(0);
  });
});

describe("revealingWord", () => {
  it("finds words about a patient in names of every style", () => {
    const names = ["patientName", "PATIENT_ID", "$.detail.patient.name", "date-of-birth", "mrn", "lastname"];
    expect(names.map(revealingWord)).to.deep.equal(["patient", "patient", "patient", "birth", "mrn", "lastname"]);
  });

  it("finds nothing in other names", () => {
    expect(["caseId", "outpatients", "sourceIPAddress", "name"].map(revealingWord)).to.deep.equal([undefined, undefined, undefined, undefined]);
  });
});
