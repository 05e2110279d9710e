import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { alarmsAreHeard } from "../../../policies/rules/sns/alarms-are-heard.ts";
import { topicIsClosedToStrangers } from "../../../policies/rules/sns/topic-is-closed-to-strangers.ts";
import { topicIsEncryptedWithCustomerKey } from "../../../policies/rules/sns/topic-is-encrypted-with-customer-key.ts";
import { topicRefusesPublishingWithoutTls } from "../../../policies/rules/sns/topic-refuses-publishing-without-tls.ts";
import { topicWithCasesSendsToMachinesOnly } from "../../../policies/rules/sns/topic-with-cases-sends-to-machines-only.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
const arn = "arn:aws:any:us-east-1:111111111111:t";
const own = "111111111111";

const topic = (args: aws.sns.TopicArgs) => (opts: Opts) => new aws.sns.Topic("t", { name: "t", ...args }, opts);
const document = (...statements: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const withPolicy =
  (...statements: object[]) =>
  (opts: Opts) =>
    new aws.sns.TopicPolicy("p", { arn: topic({})(opts).arn, policy: document(...statements) }, opts);
const publish = (Principal: unknown, Condition?: object): object => ({ Sid: "S", Effect: "Allow", Principal, Action: "sns:Publish", Resource: arn, Condition });
const plain = { Sid: "Tls", Effect: "Deny", Principal: "*", Action: "sns:Publish", Resource: arn, Condition: { Bool: { "aws:SecureTransport": "false" } } };
const subscribed =
  (args: Pick<aws.sns.TopicSubscriptionArgs, "protocol" | "redrivePolicy">, tags: Record<string, string> = {}) =>
  (opts: Opts) =>
    new aws.sns.TopicSubscription("s", { topic: topic({ tags })(opts).arn, endpoint: "somewhere", ...args }, opts);
const redrivePolicy = JSON.stringify({ deadLetterTargetArn: "arn:aws:sqs:us-east-1:111111111111:d" });

const alarm = (target: aws.sns.Topic) => (opts: Opts) =>
  new aws.cloudwatch.MetricAlarm("a", { comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1, alarmActions: [target.arn] }, opts);
const alarmed =
  (heard: boolean) =>
  (opts: Opts): void => {
    const target = topic({})(opts);
    alarm(target)(opts);
    if (heard) new aws.sns.TopicSubscription("s", { topic: target.arn, protocol: "email", endpoint: "a@example.org" }, opts);
  };

describe("rules for SNS", () => {
  const cases: [rule: Policies[number], what: string, program: (opts: Opts) => unknown, ...messages: string[]][] = [
    [alarmsAreHeard, "accepts a topic with a subscription", alarmed(true)],
    [
      alarmsAreHeard,
      "follows a topic by the policy that closes it",
      (opts) => {
        const policy = withPolicy(plain)(opts);
        new aws.cloudwatch.MetricAlarm("a", { comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1, alarmActions: [policy.arn] }, opts);
      },
      'Alarms go to topic "t", to which nobody listens; it must have a subscription.',
    ],
    [alarmsAreHeard, "refuses one without", alarmed(false), 'Alarms go to topic "t", to which nobody listens; it must have a subscription.'],
    [
      alarmsAreHeard,
      "refuses one whose subscription is of another topic",
      (opts) => {
        alarmed(false)(opts);
        new aws.sns.TopicSubscription("s", { topic: new aws.sns.Topic("other", {}, opts).arn, protocol: "email", endpoint: "a@example.org" }, opts);
      },
      'Alarms go to topic "t", to which nobody listens; it must have a subscription.',
    ],

    [topicIsEncryptedWithCustomerKey, "accepts a key of the program", (opts) => topic({ kmsMasterKeyId: new aws.kms.Key("k", {}, opts).arn })(opts)],
    [topicIsEncryptedWithCustomerKey, "refuses none", topic({}), 'Topic "t" has no customer-managed key.'],
    [topicIsEncryptedWithCustomerKey, "refuses AWS's", topic({ kmsMasterKeyId: "alias/aws/sns" }), 'Topic "t" has no customer-managed key.'],

    [topicIsClosedToStrangers, "accepts its own account", withPolicy(publish({ AWS: `arn:aws:iam::${own}:root` }), publish({ AWS: own }))],
    [
      topicIsClosedToStrangers,
      "accepts a service on behalf of its own account",
      withPolicy(publish({ Service: "backup.amazonaws.com" }, { StringEquals: { "aws:SourceAccount": own } })),
    ],
    [topicIsClosedToStrangers, "accepts everybody of an organisation", withPolicy(publish("*", { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }))],
    [
      topicIsClosedToStrangers,
      "accepts what another statement takes back",
      withPolicy(publish("*"), { ...plain, Action: "sns:*", Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } } }),
    ],
    [topicIsClosedToStrangers, "refuses everybody", withPolicy(publish("*")), 'The policy of topic "p" lets in everybody (S).'],
    [
      topicIsClosedToStrangers,
      "refuses everybody but some",
      withPolicy({ Sid: "S", Effect: "Allow", NotPrincipal: { AWS: own }, Action: "sns:Publish", Resource: arn }),
      'The policy of topic "p" lets in everybody but those whom it names (S).',
    ],
    [
      topicIsClosedToStrangers,
      "refuses a condition that anybody meets",
      withPolicy(publish("*", { StringLike: { "aws:SourceAccount": "*" } })),
      'The policy of topic "p" lets in any service (S); it must name its principal.',
      'The policy of topic "p" lets in everybody (S).',
    ],
    [
      topicIsClosedToStrangers,
      "refuses another account, as a principal or on whose behalf",
      withPolicy(publish({ AWS: "arn:aws:iam::222222222222:role/r" }), publish("*", { StringEquals: { "aws:SourceAccount": "333333333333" } })),
      'The policy of topic "p" lets in account 222222222222 (S).',
      'The policy of topic "p" lets in account 333333333333 (S).',
      'The policy of topic "p" lets in any service (S); it must name its principal.',
    ],
    [
      topicIsClosedToStrangers,
      "refuses a service on anybody's behalf",
      withPolicy(publish({ Service: "s3.amazonaws.com" })),
      'The policy of topic "p" lets in s3.amazonaws.com on behalf of any account (S).',
    ],
    [
      topicIsClosedToStrangers,
      "refuses a federated identity",
      withPolicy(publish({ Federated: "www.example.org" })),
      'The policy of topic "p" lets in www.example.org (S).',
    ],
    [topicIsClosedToStrangers, "reads a topic's own argument", topic({ policy: document(publish("*")) }), 'The policy of topic "t" lets in everybody (S).'],

    [topicRefusesPublishingWithoutTls, "accepts a denial", withPolicy(plain)],
    [topicRefusesPublishingWithoutTls, "accepts a denial in a topic's own argument", topic({ policy: document(plain) })],
    [topicRefusesPublishingWithoutTls, "refuses no policy", topic({}), 'Topic "t" accepts messages without TLS; its policy must deny them.'],
    [
      topicRefusesPublishingWithoutTls,
      "refuses a denial to some",
      withPolicy({ ...plain, Principal: { AWS: own } }),
      'Topic "t" accepts messages without TLS; its policy must deny them.',
    ],

    [topicWithCasesSendsToMachinesOnly, "accepts a queue that keeps what fails", subscribed({ protocol: "sqs", redrivePolicy })],
    [topicWithCasesSendsToMachinesOnly, "accepts Firehose", subscribed({ protocol: "firehose" })],
    [topicWithCasesSendsToMachinesOnly, "accepts e-mail of what is nobody's", subscribed({ protocol: "email" }, { "data-classification": "none" })],
    [
      topicWithCasesSendsToMachinesOnly,
      "refuses e-mail",
      subscribed({ protocol: "email" }),
      'Subscription "s" sends what may hold data of cases by email; it must be one of sqs, lambda, firehose, https.',
    ],
    [
      topicWithCasesSendsToMachinesOnly,
      "refuses e-mail of a topic that nobody knows",
      (opts) => new aws.sns.TopicSubscription("s", { topic: "arn:aws:sns:us-east-1:111111111111:other", protocol: "email", endpoint: "a@example.org" }, opts),
      'Subscription "s" sends what may hold data of cases by email; it must be one of sqs, lambda, firehose, https.',
    ],
    ...["http", "sms"].map((protocol): [Policies[number], string, (opts: Opts) => unknown, string] => [
      topicWithCasesSendsToMachinesOnly,
      `refuses ${protocol} whatever it is about`,
      subscribed({ protocol }, { "data-classification": "none" }),
      `Subscription "s" sends by ${protocol}, which nothing encrypts; it must be one of sqs, lambda, firehose, https.`,
    ]),
    [
      topicWithCasesSendsToMachinesOnly,
      "refuses a queue without dead letters",
      subscribed({ protocol: "sqs" }),
      'Subscription "s" loses what it can\'t deliver; it must set redrivePolicy.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("do not apply where there is nothing to judge", async () => {
    for (const rule of [topicRefusesPublishingWithoutTls, topicWithCasesSendsToMachinesOnly]) expect(await applications(rule, () => undefined)).to.equal(0);
    expect(await applications(topicIsClosedToStrangers, topic({}))).to.equal(0);
  });
});
