import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import type { PolicyConfig } from "../../../local/deploy/policy/config.ts";
import { deadLetterQueueNamesItsSources } from "../../../policies/rules/sqs/dead-letter-queue-names-its-sources.ts";
import { queueIsClosedToStrangers } from "../../../policies/rules/sqs/queue-is-closed-to-strangers.ts";
import { queueLosesNoMessage } from "../../../policies/rules/sqs/queue-loses-no-message.ts";
import { queueRefusesRequestsWithoutTls } from "../../../policies/rules/sqs/queue-refuses-requests-without-tls.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
const arn = "arn:aws:any:us-east-1:111111111111:q";
const day = 24 * 3600;

const queue =
  (args: aws.sqs.QueueArgs, name = "q") =>
  (opts: Opts) =>
    new aws.sqs.Queue(name, { name, ...args }, opts);
const document = (...statements: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const withPolicy =
  (...statements: object[]) =>
  (opts: Opts) =>
    new aws.sqs.QueuePolicy("p", { queueUrl: queue({})(opts).id, policy: document(...statements) }, opts);
const send = (Principal: unknown, Condition?: object): object => ({
  Sid: "S",
  Effect: "Allow",
  Principal,
  Action: "sqs:SendMessage",
  Resource: arn,
  Condition,
});
const plain = { Sid: "Tls", Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: arn, Condition: { Bool: { "aws:SecureTransport": "false" } } };
const redrive = (target: string, maxReceiveCount?: number): string => JSON.stringify({ deadLetterTargetArn: target, maxReceiveCount });
const dead = "arn:aws:any:us-east-1:111111111111:dead";
/** A queue, and one for its dead letters. */
const pair =
  (redriveAllowPolicy?: object, apart = false) =>
  (opts: Opts) => {
    const letters = queue({ ...(redriveAllowPolicy && !apart && { redriveAllowPolicy: JSON.stringify(redriveAllowPolicy) }) }, "dead")(opts);
    if (redriveAllowPolicy && apart)
      new aws.sqs.RedriveAllowPolicy("allow", { queueUrl: letters.id, redriveAllowPolicy: JSON.stringify(redriveAllowPolicy) }, opts);
    queue({ redrivePolicy: letters.arn.apply((target) => redrive(target, 3)) })(opts);
  };
const byQueue = { redrivePermission: "byQueue", sourceQueueArns: [arn] };
const letsInAll = 'Dead-letter queue "dead" lets in queues by "allowAll"; redriveAllowPolicy must let them in "byQueue".';

describe("rules for SQS", () => {
  const cases: [rule: Policies[number], what: string, program: (opts: Opts) => unknown, ...messages: string[]][] = [
    [
      queueIsClosedToStrangers,
      "accepts a rule of its own account",
      withPolicy(send({ Service: "events.amazonaws.com" }, { ArnEquals: { "aws:SourceArn": "arn:aws:events:us-east-1:111111111111:rule/r" } })),
    ],
    [queueIsClosedToStrangers, "refuses everybody", withPolicy(send("*")), 'The policy of queue "p" lets in everybody (S).'],
    [
      queueIsClosedToStrangers,
      "refuses a rule of any account",
      withPolicy(send({ Service: "events.amazonaws.com" }, { ArnLike: { "aws:SourceArn": "arn:aws:events:us-east-1:*:rule/r" } })),
      'The policy of queue "p" lets in events.amazonaws.com on behalf of any account (S).',
    ],
    [
      queueIsClosedToStrangers,
      "refuses a rule of another account",
      withPolicy(send({ Service: "events.amazonaws.com" }, { ArnEquals: { "aws:SourceArn": "arn:aws:events:us-east-1:222222222222:rule/r" } })),
      'The policy of queue "p" lets in account 222222222222 (S).',
    ],
    [
      queueIsClosedToStrangers,
      "refuses all actions",
      withPolicy({ Sid: "S", Effect: "Allow", Principal: { AWS: "111111111111" }, Action: ["sqs:SendMessage", "sqs:*"], Resource: arn }),
      'The policy of queue "p" allows sqs:* (S); it must name actions.',
    ],
    [
      queueIsClosedToStrangers,
      "refuses all actions but some",
      withPolicy({ Sid: "S", Effect: "Allow", Principal: { AWS: "111111111111" }, NotAction: "sqs:PurgeQueue", Resource: arn }),
      'The policy of queue "p" allows all but sqs:PurgeQueue (S); it must name actions.',
    ],
    [
      queueIsClosedToStrangers,
      "refuses any service",
      withPolicy(send("*", { StringEquals: { "aws:SourceAccount": "111111111111" } })),
      'The policy of queue "p" lets in any service (S); it must name its principal.',
    ],
    [queueIsClosedToStrangers, "reads a queue's own argument", queue({ policy: document(send("*")) }), 'The policy of queue "q" lets in everybody (S).'],

    [queueRefusesRequestsWithoutTls, "accepts a denial", withPolicy(plain)],
    [queueRefusesRequestsWithoutTls, "accepts a denial in a queue's own argument", queue({ policy: document(plain) })],
    [
      queueRefusesRequestsWithoutTls,
      "refuses no policy",
      queue({}),
      'Queue "q" accepts sqs:SendMessage, sqs:ReceiveMessage, sqs:DeleteMessage, sqs:PurgeQueue without TLS; its policy must deny it.',
    ],
    [
      queueRefusesRequestsWithoutTls,
      "refuses a denial of some actions",
      withPolicy({ ...plain, Action: ["sqs:SendMessage", "sqs:P*"] }),
      'Queue "q" accepts sqs:ReceiveMessage, sqs:DeleteMessage without TLS; its policy must deny it.',
    ],

    [queueLosesNoMessage, "accepts a queue that hands on", queue({ redrivePolicy: redrive(dead, 5) })],
    [queueLosesNoMessage, "accepts the last queue", queue({ messageRetentionSeconds: 14 * day })],
    [
      queueLosesNoMessage,
      "accepts a redrive policy of its own",
      (opts) => new aws.sqs.RedrivePolicy("r", { queueUrl: queue({})(opts).id, redrivePolicy: redrive(dead, 5) }, opts),
    ],
    [
      queueLosesNoMessage,
      "refuses a queue that forgets",
      queue({}),
      'Queue "q" has no redrivePolicy, and keeps messages 345600 seconds; without one it must keep them 1209600.',
    ],
    [
      queueLosesNoMessage,
      "refuses to hand messages to nobody",
      queue({ redrivePolicy: JSON.stringify({ maxReceiveCount: 3 }) }),
      'Queue "q" hands messages to nobody; redrivePolicy must name deadLetterTargetArn.',
    ],
    [
      queueLosesNoMessage,
      "refuses to keep messages a day only",
      queue({ redrivePolicy: redrive(dead, 5), messageRetentionSeconds: day }),
      'Queue "q" keeps messages 86400 seconds; it must keep them 345600.',
    ],
    [
      queueLosesNoMessage,
      "refuses to try without end",
      queue({ redrivePolicy: redrive(dead, 1000) }),
      'Queue "q" tries a message 1000 times; maxReceiveCount must be 10 at most.',
    ],
    [
      queueLosesNoMessage,
      "refuses to say nothing of trying",
      queue({ redrivePolicy: redrive(dead) }),
      'Queue "q" tries a message ever times; maxReceiveCount must be 10 at most.',
    ],

    [deadLetterQueueNamesItsSources, "accepts named sources", pair(byQueue)],
    [deadLetterQueueNamesItsSources, "accepts named sources, said apart", pair(byQueue, true)],
    [
      deadLetterQueueNamesItsSources,
      "refuses sources that nobody names",
      pair({ redrivePermission: "byQueue" }),
      'Dead-letter queue "dead" names no queue; redriveAllowPolicy must hold sourceQueueArns.',
    ],
    [deadLetterQueueNamesItsSources, "refuses everybody", pair({ redrivePermission: "allowAll" }), letsInAll],
    [deadLetterQueueNamesItsSources, "refuses nothing said", pair(), letsInAll],
    [
      deadLetterQueueNamesItsSources,
      "finds the queue that a plain text names",
      (opts) => {
        queue({}, "dead")(opts);
        queue({ redrivePolicy: redrive(dead, 3) })(opts);
      },
      letsInAll,
    ],
    [
      deadLetterQueueNamesItsSources,
      "finds the queue that a redrive policy of its own names",
      (opts) => {
        const letters = queue({}, "dead")(opts);
        const source = queue({})(opts);
        new aws.sqs.RedrivePolicy("r", { queueUrl: source.id, redrivePolicy: letters.arn.apply((target) => redrive(target, 3)) }, opts);
      },
      letsInAll,
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("sqs-queue-loses-no-message takes other limits", async () => {
    const config = (settings: PolicyConfig[string]): PolicyConfig => ({ "sqs-queue-loses-no-message": settings! });
    const judged = (args: aws.sqs.QueueArgs, settings: Record<string, number>) => violations(queueLosesNoMessage, queue(args), config(settings));
    expect(await judged({ messageRetentionSeconds: day }, { deadLetterSeconds: day })).to.deep.equal([]);
    expect(await judged({ redrivePolicy: redrive(dead, 5), messageRetentionSeconds: day }, { minimumSeconds: day })).to.deep.equal([]);
    expect(await judged({ redrivePolicy: redrive(dead, 5) }, { mostDeliveries: 4 })).to.have.length(1);
  });

  it("do not apply where there is nothing to judge", async () => {
    for (const rule of [queueRefusesRequestsWithoutTls, queueLosesNoMessage]) expect(await applications(rule, () => undefined)).to.equal(0);
    for (const rule of [queueIsClosedToStrangers, deadLetterQueueNamesItsSources]) expect(await applications(rule, queue({}))).to.equal(0);
  });
});
