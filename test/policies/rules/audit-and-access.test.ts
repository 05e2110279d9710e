import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { resourceLiesInAllowedRegion } from "../../../policies/rules/aws/resource-lies-in-allowed-region.ts";
import { logGroupKeepsAuditTrail } from "../../../policies/rules/cloudwatch/log-group-keeps-audit-trail.ts";
import { tableRecoversToAnyPoint } from "../../../policies/rules/dynamodb/table-recovers-to-any-point.ts";
import { policyGrantsNoDataActionOnEveryResource } from "../../../policies/rules/iam/policy-grants-no-data-action-on-every-resource.ts";
import { policyGrantsNoWildcardAction } from "../../../policies/rules/iam/policy-grants-no-wildcard-action.ts";
import { stateMachineLogsWithoutExecutionData } from "../../../policies/rules/sfn/state-machine-logs-without-execution-data.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };

const group = (retentionInDays?: number) => (opts: Opts) => new aws.cloudwatch.LogGroup("g", retentionInDays === undefined ? {} : { retentionInDays }, opts);
const machine = (loggingConfiguration?: aws.types.input.sfn.StateMachineLoggingConfiguration) => (opts: Opts) =>
  new aws.sfn.StateMachine("m", { roleArn: "arn:aws:iam::111111111111:role/m", definition: "{}", ...(loggingConfiguration && { loggingConfiguration }) }, opts);
const table = (pointInTimeRecovery?: aws.types.input.dynamodb.TablePointInTimeRecovery) => (opts: Opts) =>
  new aws.dynamodb.Table(
    "t",
    { hashKey: "id", attributes: [{ name: "id", type: "S" }], billingMode: "PAY_PER_REQUEST", ...(pointInTimeRecovery && { pointInTimeRecovery }) },
    opts,
  );
const policy =
  (...statements: object[]) =>
  (opts: Opts) =>
    new aws.iam.Policy("p", { policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }) }, opts);
const allow = (more: object): object => ({ Sid: "S", Effect: "Allow", ...more });
const logDestination = "arn:aws:logs:us-east-1:111111111111:log-group:/svp/m:*";

describe("rules for audit, recovery and access", () => {
  const cases: [rule: Policies[number], what: string, program: (opts: Opts) => unknown, ...messages: string[]][] = [
    [logGroupKeepsAuditTrail, "accepts the audit period", group(2192)],
    [logGroupKeepsAuditTrail, "accepts keeping for ever, said so", group(0)],
    [logGroupKeepsAuditTrail, "refuses less", group(30), 'Log group "g" keeps events 30 days; it must keep them 2192.'],
    [logGroupKeepsAuditTrail, "refuses nothing said", group(), 'Log group "g" does not set retentionInDays.'],
    [stateMachineLogsWithoutExecutionData, "accepts every event without data", machine({ level: "ALL", includeExecutionData: false, logDestination })],
    [
      stateMachineLogsWithoutExecutionData,
      "refuses none",
      machine(),
      'State machine "m" has no log destination.',
      'State machine "m" logs at level OFF; it must be ALL.',
    ],
    [
      stateMachineLogsWithoutExecutionData,
      "refuses errors only",
      machine({ level: "ERROR", logDestination }),
      'State machine "m" logs at level ERROR; it must be ALL.',
    ],
    [
      stateMachineLogsWithoutExecutionData,
      "refuses data",
      machine({ level: "ALL", includeExecutionData: true, logDestination }),
      'State machine "m" logs execution data.',
    ],
    [tableRecoversToAnyPoint, "accepts recovery", table({ enabled: true })],
    [tableRecoversToAnyPoint, "refuses none", table(), 'Table "t" has no point-in-time recovery.'],
    [tableRecoversToAnyPoint, "refuses a short one", table({ enabled: true, recoveryPeriodInDays: 7 }), 'Table "t" can be restored for 7 days; it must be 35.'],
    [policyGrantsNoWildcardAction, "accepts named actions", policy(allow({ Action: ["s3:GetObject"], Resource: "arn:aws:s3:::lake/*" }))],
    [policyGrantsNoWildcardAction, "accepts a denial of everything", policy({ Effect: "Deny", Action: "*", Resource: "*" })],
    [policyGrantsNoWildcardAction, "refuses all actions", policy(allow({ Action: "*", Resource: "*" })), '"p" allows * (S).'],
    [
      policyGrantsNoWildcardAction,
      "refuses a whole service",
      policy({ Effect: "Allow", Action: ["s3:*", "kms:Decrypt"], Resource: "arn:aws:s3:::lake" }),
      '"p" allows s3:* (statement 1).',
    ],
    [policyGrantsNoWildcardAction, "refuses all but some", policy(allow({ NotAction: "iam:*", Resource: "*" })), '"p" allows everything but iam:* (S).'],
    [policyGrantsNoDataActionOnEveryResource, "accepts named resources", policy(allow({ Action: "s3:GetObject", Resource: "arn:aws:s3:::lake/*" }))],
    [policyGrantsNoDataActionOnEveryResource, "accepts actions that know no resource", policy(allow({ Action: "ecr:GetAuthorizationToken", Resource: "*" }))],
    [
      policyGrantsNoDataActionOnEveryResource,
      "refuses data on every resource",
      policy(allow({ Action: ["kms:Decrypt", "ecr:GetAuthorizationToken"], Resource: "*" })),
      '"p" allows kms:Decrypt on every resource (S).',
    ],
    [
      policyGrantsNoDataActionOnEveryResource,
      "refuses data on all but some",
      policy(allow({ Action: "s3:GetObject", NotResource: "arn:aws:s3:::a/*" })),
      '"p" allows s3:GetObject on everything but arn:aws:s3:::a/* (S).',
    ],
    [
      policyGrantsNoDataActionOnEveryResource,
      "looks at policies inside roles too",
      (opts) =>
        new aws.iam.RolePolicy("r", { role: "role", policy: JSON.stringify({ Statement: [allow({ Action: "sqs:ReceiveMessage", Resource: "*" })] }) }, opts) &&
        new aws.iam.Role(
          "role",
          { assumeRolePolicy: "{}", inlinePolicies: [{ name: "i", policy: JSON.stringify({ Statement: allow({ Action: "s3:PutObject", Resource: "*" }) }) }] },
          opts,
        ),
      '"role" allows s3:PutObject on every resource (S).',
      '"r" allows sqs:ReceiveMessage on every resource (S).',
    ],
    [resourceLiesInAllowedRegion, "accepts the provider's Region", group()],
    [
      resourceLiesInAllowedRegion,
      "refuses a Region of its own",
      (opts) => new aws.sqs.Queue("q", { region: "eu-west-1" }, opts),
      '"q" lies in eu-west-1; it must lie in us-east-1, us-east-2, us-west-1, us-west-2.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases) {
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  it("take their limits from the configuration", async () => {
    expect(await violations(logGroupKeepsAuditTrail, group(30), { "cloudwatch-log-group-keeps-audit-trail": { minimumDays: 30 } })).to.deep.equal([]);
    expect(await violations(resourceLiesInAllowedRegion, group(), { "aws-resource-lies-in-allowed-region": { regions: ["eu-west-1"] } })).to.deep.equal([
      '"g" lies in us-east-1; it must lie in eu-west-1.',
    ]);
  });

  it("apply to their resources only", async () => {
    expect(await applications(policyGrantsNoWildcardAction, group())).to.equal(0);
    expect(await applications(resourceLiesInAllowedRegion, group())).to.equal(1);
  });
});
