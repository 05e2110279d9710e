import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { logIdentifiers } from "../../../policies/data/log-identifiers.ts";
import { accountMasksIdentifiers } from "../../../policies/rules/cloudwatch/account-masks-identifiers.ts";
import { alarmTellsSomebody } from "../../../policies/rules/cloudwatch/alarm-tells-somebody.ts";
import { changesRaiseAlarms } from "../../../policies/rules/cloudwatch/changes-raise-alarms.ts";
import { failuresRaiseAlarms } from "../../../policies/rules/cloudwatch/failures-raise-alarms.ts";
import { matcherOf } from "../../../policies/rules/cloudwatch/filter-pattern.ts";
import { logGroupIsOfStandardClass } from "../../../policies/rules/cloudwatch/log-group-is-of-standard-class.ts";
import { stopsRaiseAlarms } from "../../../policies/rules/cloudwatch/stops-raise-alarms.ts";
import { trailLogGroupOutlivesItsStack } from "../../../policies/rules/cloudwatch/trail-log-group-outlives-its-stack.ts";
import { watchedEvents } from "../../../policies/rules/cloudwatch/watched-events.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const topic = "arn:aws:sns:us-east-1:111111111111:alerts";
const bucket: Program = (opts) => new aws.s3.Bucket("b", {}, opts);
const both =
  (...programs: Program[]): Program =>
  (opts) => {
    for (const program of programs) program(opts);
  };
const alarm =
  (change: Partial<aws.cloudwatch.MetricAlarmArgs> = {}, name = "a"): Program =>
  (opts) =>
    new aws.cloudwatch.MetricAlarm(
      name,
      { comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1, threshold: 0, statistic: "Sum", alarmActions: [topic], ...change },
      opts,
    );
const composite =
  (change: Partial<aws.cloudwatch.CompositeAlarmArgs>): Program =>
  (opts) =>
    new aws.cloudwatch.CompositeAlarm("c", { alarmName: "c", alarmRule: "ALARM(a)", ...change }, opts);
const group =
  (change: aws.cloudwatch.LogGroupArgs = {}, options: object = {}): Program =>
  (opts) =>
    new aws.cloudwatch.LogGroup("g", { name: "g", ...change }, { ...opts, ...options });

const queue =
  (change: aws.sqs.QueueArgs = {}): Program =>
  (opts) =>
    new aws.sqs.Queue("q", { name: "q", ...change }, opts);
const waiting = { namespace: "AWS/SQS", metricName: "ApproximateNumberOfMessagesVisible", dimensions: { QueueName: "q" } };
const noQueueAlarm = 'Dead-letter queue "q" has no alarm that goes off when ApproximateNumberOfMessagesVisible is 1.';
const machine: Program = (opts) => new aws.sfn.StateMachine("m", { name: "m", roleArn: "arn:aws:iam::111111111111:role/m", definition: "{}" }, opts);
const ofMachine = (metricName: string, name = "m") =>
  alarm(
    { namespace: "AWS/States", metricName, dimensions: { StateMachineArn: `arn:aws:states:us-east-1:111111111111:stateMachine:${name}` } },
    `${name}-${metricName}`,
  );
const noStopAlarm = 'State machine "m" has no alarm that goes off when ExecutionsAborted is 1.';
/** A role that may stop executions of a machine. */
const stopper =
  (Principal: object, name = "m"): Program =>
  (opts) => {
    const trust = { Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }] };
    const role = new aws.iam.Role("stopper", { name: "stopper", assumeRolePolicy: JSON.stringify(trust) }, opts);
    const Resource = `arn:aws:states:us-east-1:111111111111:execution:${name}:*`;
    const policy = JSON.stringify({ Statement: [{ Effect: "Allow", Action: ["states:StopExecution"], Resource: [Resource] }] });
    new aws.iam.RolePolicy("stopper-policy", { role: role.name, policy }, opts);
  };
const fn: Program = (opts) => new aws.lambda.Function("f", { name: "f", role: "arn:aws:iam::111111111111:role/f" }, opts);
const endpoint: Program = (opts) => {
  const productionVariants = [{ variantName: "current", modelName: "m" }];
  const { name } = new aws.sagemaker.EndpointConfiguration("c", { name: "c", productionVariants }, opts);
  new aws.sagemaker.Endpoint("e", { name: "e", endpointConfigName: name }, opts);
};
const ofVariant = (more: Record<string, string>) =>
  alarm({ namespace: "AWS/SageMaker", metricName: "Invocation5XXErrors", dimensions: { EndpointName: "e", ...more } });

const identifiers = [...logIdentifiers.names];
const arns = (names: readonly string[]) => names.map((name) => `arn:aws:dataprotection::aws:data-identifier/${name}`);
const mask = { Deidentify: { MaskConfig: {} } };
const count = { Audit: { FindingsDestination: {} } };
const document = (names: readonly string[], ...operations: object[]) => {
  const Statement = (operations.length > 0 ? operations : [count, mask]).map((Operation) => ({ DataIdentifier: arns(names), Operation }));
  return JSON.stringify({ Name: "n", Version: "2021-06-01", Statement });
};
const accountPolicy =
  (policyDocument: string, more: Partial<aws.cloudwatch.LogAccountPolicyArgs> = {}): Program =>
  (opts) =>
    new aws.cloudwatch.LogAccountPolicy("p", { policyName: "p", policyType: "DATA_PROTECTION_POLICY", policyDocument, ...more }, opts);
const groupPolicy =
  (names: readonly string[], logGroupName = "g"): Program =>
  (opts) =>
    new aws.cloudwatch.LogDataProtectionPolicy("gp", { logGroupName, policyDocument: document(names) }, opts);
const all = identifiers.join(", ");
const allButName = identifiers.filter((name) => name !== "Name");

/** A trail of the organisation, its group, and one filter and alarm for every pattern. */
interface Watched {
  patterns?: readonly string[];
  value?: string;
  alarm?: Partial<aws.cloudwatch.MetricAlarmArgs>;
  isOrganizationTrail?: boolean;
  logGroupName?: string;
  protect?: boolean;
}
const trail =
  ({ patterns = [], value = "1", alarm: change = {}, isOrganizationTrail = true, logGroupName, protect = false }: Watched): Program =>
  (opts) => {
    const log = new aws.cloudwatch.LogGroup("g", { name: "g" }, { ...opts, protect });
    new aws.cloudtrail.Trail("t", { s3BucketName: "archive", isOrganizationTrail, cloudWatchLogsGroupArn: log.arn.apply((arn) => `${arn}:*`) }, opts);
    for (const [i, pattern] of patterns.entries()) {
      const metric = { namespace: "audit", name: `m${i}` };
      new aws.cloudwatch.LogMetricFilter(`f${i}`, { logGroupName: logGroupName ?? log.name, pattern, metricTransformation: { ...metric, value } }, opts);
      alarm(
        { namespace: metric.namespace, metricName: metric.name, threshold: 1, comparisonOperator: "GreaterThanOrEqualToThreshold", ...change },
        `a${i}`,
      )(opts);
    }
  };
const everyPattern = [
  '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") || ($.errorMessage = "Failed authentication") }',
  '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
  '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }',
  "{ ($.eventSource = *.amazonaws.com) && ($.eventType = AwsApiCall) }",
];
const silent = (...left: string[]) =>
  left.map(
    (what) =>
      `No alarm of the organisation's trail goes off at ${what} (${watchedEvents[what]!.map((event) => (event as { eventName: string }).eventName).join(", ")}).`,
  );
const everything = silent(...Object.keys(watchedEvents).sort());

describe("rules for CloudWatch", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [alarmTellsSomebody, "accepts a topic", alarm()],
    [
      alarmTellsSomebody,
      "refuses none",
      alarm({ alarmActions: [] }),
      'Alarm "a" does nothing; alarmActions must name a topic, and actionsEnabled must not be false.',
    ],
    [
      alarmTellsSomebody,
      "refuses actions that are off",
      alarm({ actionsEnabled: false }),
      'Alarm "a" does nothing; alarmActions must name a topic, and actionsEnabled must not be false.',
    ],
    [alarmTellsSomebody, "accepts a composite alarm with a topic", composite({ alarmActions: [topic] })],
    [
      alarmTellsSomebody,
      "refuses one without",
      composite({}),
      'Composite alarm "c" does nothing; alarmActions must name a topic, and actionsEnabled must not be false.',
    ],
    [failuresRaiseAlarms, "accepts a dead-letter queue with an alarm", both(queue(), alarm(waiting))],
    [failuresRaiseAlarms, "refuses one without", queue(), noQueueAlarm],
    [failuresRaiseAlarms, "refuses the alarm of another", both(queue(), alarm({ ...waiting, dimensions: { QueueName: "other" } })), noQueueAlarm],
    [
      failuresRaiseAlarms,
      "refuses an alarm without dimensions",
      both(queue(), alarm({ namespace: waiting.namespace, metricName: waiting.metricName })),
      noQueueAlarm,
    ],
    [failuresRaiseAlarms, "accepts the largest value of a period", both(queue(), alarm({ ...waiting, statistic: "Maximum" }))],
    [failuresRaiseAlarms, "refuses the average", both(queue(), alarm({ ...waiting, statistic: "Average" })), noQueueAlarm],
    [failuresRaiseAlarms, "refuses an alarm that goes off late", both(queue(), alarm({ ...waiting, threshold: 1 })), noQueueAlarm],
    [
      failuresRaiseAlarms,
      "refuses one that goes off late, by another operator",
      both(queue(), alarm({ ...waiting, threshold: 2, comparisonOperator: "GreaterThanOrEqualToThreshold" })),
      noQueueAlarm,
    ],
    [failuresRaiseAlarms, "refuses one that goes off at nothing", both(queue(), alarm({ ...waiting, comparisonOperator: "LessThanThreshold" })), noQueueAlarm],
    [failuresRaiseAlarms, "refuses one that tells nobody", both(queue(), alarm({ ...waiting, alarmActions: [] })), noQueueAlarm],
    [failuresRaiseAlarms, "accepts a state machine with alarms", both(machine, ofMachine("ExecutionsFailed"), ofMachine("ExecutionsTimedOut"))],
    [
      failuresRaiseAlarms,
      "refuses one without, or with another's",
      both(machine, ofMachine("ExecutionsFailed"), ofMachine("ExecutionsTimedOut", "other-m")),
      'State machine "m" has no alarm that goes off when ExecutionsTimedOut is 1.',
    ],
    [stopsRaiseAlarms, "accepts a state machine with an alarm", both(machine, ofMachine("ExecutionsAborted"))],
    [
      stopsRaiseAlarms,
      "refuses one without, or with another's",
      both(machine, ofMachine("ExecutionsAborted", "other-m"), ofMachine("ExecutionsFailed")),
      noStopAlarm,
    ],
    [
      stopsRaiseAlarms,
      "refuses an alarm on the stops of all machines",
      both(machine, alarm({ namespace: "AWS/States", metricName: "ExecutionsAborted" })),
      noStopAlarm,
    ],
    [stopsRaiseAlarms, "refuses none where a person may stop it", both(machine, stopper({ AWS: "arn:aws:iam::111111111111:root" })), noStopAlarm],
    [stopsRaiseAlarms, "refuses none where a function may stop another", both(machine, stopper({ Service: "lambda.amazonaws.com" }, "n")), noStopAlarm],
    [failuresRaiseAlarms, "refuses a function without alarms", fn, 'Function "f" has no alarm that goes off when Errors or Throttles is 1.'],
    [failuresRaiseAlarms, "refuses an endpoint without alarms", endpoint, 'Endpoint "e" has no alarm that goes off when Invocation5XXErrors is 1.'],
    [failuresRaiseAlarms, "accepts one whose variant has them", both(endpoint, ofVariant({ VariantName: "current" }))],
    ...[{}, { VariantName: "other" }, { VariantName: "current", InferenceComponentName: "c" }].map((more): [Policies[number], string, Program, string] => [
      failuresRaiseAlarms,
      `refuses an alarm with dimensions ${Object.keys(more).join(" and ") || "of the endpoint alone"}`,
      both(endpoint, ofVariant(more)),
      'Endpoint "e" has no alarm that goes off when Invocation5XXErrors is 1.',
    ]),
    [logGroupIsOfStandardClass, "accepts what CloudWatch does unless told otherwise", group()],
    [logGroupIsOfStandardClass, "accepts the standard class", group({ logGroupClass: "STANDARD" })],
    [
      logGroupIsOfStandardClass,
      "refuses another",
      group({ logGroupClass: "INFREQUENT_ACCESS" }),
      'Log group "g" is of class INFREQUENT_ACCESS; it must be STANDARD.',
    ],
    [trailLogGroupOutlivesItsStack, "accepts protection", trail({ protect: true })],
    [
      trailLogGroupOutlivesItsStack,
      "refuses none",
      trail({}),
      'Log group "g" of a trail can be deleted; it must have protect, deletionProtectionEnabled or skipDestroy.',
    ],
    ...(["deletionProtectionEnabled", "skipDestroy"] as const).map((property): [Policies[number], string, Program] => [
      trailLogGroupOutlivesItsStack,
      `accepts ${property}, and a trail that names the group in plain text`,
      both(
        group({ [property]: true }),
        (opts) => new aws.cloudtrail.Trail("t", { s3BucketName: "b", cloudWatchLogsGroupArn: "arn:aws:any:us-east-1:111111111111:g:*" }, opts),
      ),
    ]),
    [accountMasksIdentifiers, "accepts a policy of the account", accountPolicy(document(identifiers))],
    [accountMasksIdentifiers, "refuses none", bucket, `Account "account" does not mask ${all} in its logs.`],
    [accountMasksIdentifiers, "refuses a gap", accountPolicy(document(allButName)), 'Account "account" does not mask Name in its logs.'],
    [accountMasksIdentifiers, "refuses counting alone", accountPolicy(document(identifiers, count)), `Account "account" does not mask ${all} in its logs.`],
    [
      accountMasksIdentifiers,
      "refuses masking alone, which is no policy",
      accountPolicy(document(identifiers, mask)),
      `Account "account" does not mask ${all} in its logs.`,
    ],
    [accountMasksIdentifiers, "refuses a policy that says nothing", accountPolicy("{}"), `Account "account" does not mask ${all} in its logs.`],
    [
      accountMasksIdentifiers,
      "refuses a policy about something else",
      accountPolicy(document(identifiers), { policyType: "SUBSCRIPTION_FILTER_POLICY" }),
      `Account "account" does not mask ${all} in its logs.`,
    ],
    [
      accountMasksIdentifiers,
      "refuses a policy about some groups",
      accountPolicy(document(identifiers), { selectionCriteria: 'LogGroupName NOT IN ["g"]' }),
      `Account "account" does not mask ${all} in its logs.`,
    ],
    [accountMasksIdentifiers, "accepts a policy of every group", both(group(), groupPolicy(identifiers))],
    [accountMasksIdentifiers, "accepts policies that complete each other", both(group(), groupPolicy(["Name"]), accountPolicy(document(allButName)))],
    [
      accountMasksIdentifiers,
      "refuses the policy of another group",
      both(group(), groupPolicy(["Name"], "other"), accountPolicy(document(allButName))),
      'Account "account" does not mask Name in log group "g".',
    ],
    [changesRaiseAlarms, "accepts filters that match everything", trail({ patterns: everyPattern })],
    [changesRaiseAlarms, "refuses no trail", bucket, ...everything],
    [changesRaiseAlarms, "refuses the trail of an account", trail({ patterns: everyPattern, isOrganizationTrail: false }), ...everything],
    [changesRaiseAlarms, "refuses filters of another group", trail({ patterns: everyPattern, logGroupName: "other" }), ...everything],
    [changesRaiseAlarms, "refuses filters that count nothing", trail({ patterns: everyPattern, value: "0" }), ...everything],
    [changesRaiseAlarms, "refuses alarms that tell nobody", trail({ patterns: everyPattern, alarm: { alarmActions: [] } }), ...everything],
    [changesRaiseAlarms, "refuses alarms that go off late", trail({ patterns: everyPattern, alarm: { threshold: 5 } }), ...everything],
    [changesRaiseAlarms, "refuses alarms on other metrics", trail({ patterns: everyPattern, alarm: { metricName: "other" } }), ...everything],
    [changesRaiseAlarms, "refuses patterns that it does not understand", trail({ patterns: ["ERROR"] }), ...everything],
    [
      changesRaiseAlarms,
      "refuses a gap",
      trail({ patterns: everyPattern.filter((pattern) => !pattern.includes("Root") && !pattern.includes("errorCode")) }),
      ...silent("a refused call", "signing in that failed"),
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("read patterns as CloudWatch does", () => {
    const event = { a: { b: "text (1)" }, n: 1 };
    for (const [pattern, matched] of [
      ['{ $.a.b = "text (1)" }', true],
      ["{ $.a.b = text* }", true],
      ["{ $.n = 1 }", true],
      ["{ $.n != 1 }", false],
      ["{ $.n != 2 }", true],
      ["{ $.none != 2 }", false],
      ["{ $.none NOT EXISTS }", true],
      ["{ $.a NOT EXISTS }", false],
      ["{ ($.n = 2) || ($.n = 1 && $.a.b = text*) }", true],
      ["{ ($.n = 2 || $.n = 1) && $.a.b = x }", false],
    ] as const)
      expect(matcherOf(pattern)?.(event), pattern).to.equal(matched);
    for (const pattern of ["ERROR", "{ $.n > 1 }", "{ $.n = 1", "{ n = 1 }", "{ $.n IS NULL }", "{ $.n = 1 } rest", "{ $.n NOT 1 }", ""])
      expect(matcherOf(pattern), pattern).to.equal(undefined);
  });

  it("ask queues for alarms only where messages end", async () => {
    const handsOn = queue({ redrivePolicy: JSON.stringify({ deadLetterTargetArn: "arn:aws:sqs:us-east-1:111111111111:d", maxReceiveCount: 3 }) });
    expect(await applications(failuresRaiseAlarms, handsOn)).to.equal(0);
  });

  it("leave out machines that functions stop in the course of their work", async () => {
    expect(await applications(stopsRaiseAlarms, both(machine, stopper({ Service: "lambda.amazonaws.com" })))).to.equal(0);
  });

  it("take their settings from the configuration", async () => {
    expect(
      await violations(accountMasksIdentifiers, accountPolicy(document(["Name"])), { [accountMasksIdentifiers.name]: { identifiers: ["Name"] } }),
    ).to.deep.equal([]);
    expect(await applications(changesRaiseAlarms, bucket, { [changesRaiseAlarms.name]: { required: false } })).to.equal(0);
  });

  it("judge nothing where there is nothing of their kind", async () => {
    for (const rule of [alarmTellsSomebody, failuresRaiseAlarms, stopsRaiseAlarms, logGroupIsOfStandardClass, trailLogGroupOutlivesItsStack])
      expect(await applications(rule, bucket), rule.name).to.equal(0);
  });
});
