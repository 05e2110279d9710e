import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { codeSigningRefusesOtherCode } from "../../../policies/rules/lambda/code-signing-refuses-other-code.ts";
import { eventSourceHidesNoFailure } from "../../../policies/rules/lambda/event-source-hides-no-failure.ts";
import { functionConcurrencyIsReserved } from "../../../policies/rules/lambda/function-concurrency-is-reserved.ts";
import { functionEnvironmentHoldsNoSecret } from "../../../policies/rules/lambda/function-environment-holds-no-secret.ts";
import { functionIsClosedToStrangers } from "../../../policies/rules/lambda/function-is-closed-to-strangers.ts";
import { functionIsTraced } from "../../../policies/rules/lambda/function-is-traced.ts";
import { functionKeepsFailedEvents } from "../../../policies/rules/lambda/function-keeps-failed-events.ts";
import { functionLogsToGroupOfItsOwn } from "../../../policies/rules/lambda/function-logs-to-group-of-its-own.ts";
import { functionRunsInPrivateNetwork } from "../../../policies/rules/lambda/function-runs-in-private-network.ts";
import { functionRunsSignedCode } from "../../../policies/rules/lambda/function-runs-signed-code.ts";
import { functionRuntimeIsSupported } from "../../../policies/rules/lambda/function-runtime-is-supported.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const role = "arn:aws:iam::111111111111:role/f";
const fn =
  (args: Partial<aws.lambda.FunctionArgs> = {}) =>
  (opts: Opts) =>
    new aws.lambda.Function("f", { name: "f", role, code: new pulumi.asset.FileArchive("contracts"), handler: "index.handler", ...args }, opts);
const image =
  (args: Partial<aws.lambda.FunctionArgs> = {}) =>
  (opts: Opts) =>
    new aws.lambda.Function("f", { role, packageType: "Image", imageUri: "111111111111.dkr.ecr.us-east-1.amazonaws.com/f:1", ...args }, opts);
const environment = (variables: Record<string, string>) => fn({ environment: { variables } });
const permission = (args: Partial<aws.lambda.PermissionArgs>) => (opts: Opts) =>
  new aws.lambda.Permission("p", { function: "f", action: "lambda:InvokeFunction", principal: "events.amazonaws.com", ...args }, opts);
const url = (args: Partial<aws.lambda.FunctionUrlArgs>) => (opts: Opts) =>
  new aws.lambda.FunctionUrl("u", { functionName: "f", authorizationType: "AWS_IAM", ...args }, opts);
const layer = (args: Pick<aws.lambda.LayerVersionPermissionArgs, "principal" | "organizationId">) => (opts: Opts) =>
  new aws.lambda.LayerVersionPermission("l", { layerName: "l", versionNumber: 1, action: "lambda:GetLayerVersion", statementId: "s", ...args }, opts);
const source = (args: Partial<aws.lambda.EventSourceMappingArgs>) => (opts: Opts) =>
  new aws.lambda.EventSourceMapping("e", { functionName: "f", eventSourceArn: "arn:aws:sqs:us-east-1:111111111111:q", ...args }, opts);
const signing = (untrustedArtifactOnDeployment: string | undefined, signingProfileVersionArns: string[]) => (opts: Opts) =>
  new aws.lambda.CodeSigningConfig(
    "c",
    { allowedPublishers: { signingProfileVersionArns }, ...(untrustedArtifactOnDeployment && { policies: { untrustedArtifactOnDeployment } }) },
    opts,
  );
const logging = { logFormat: "JSON", applicationLogLevel: "INFO", systemLogLevel: "WARN" };
const logged =
  (loggingConfig: Partial<aws.types.input.lambda.FunctionLoggingConfig>, byName = false): Program =>
  (opts) => {
    const group = new aws.cloudwatch.LogGroup("g", { name: "/aws/lambda/f" }, opts);
    return fn({ loggingConfig: { ...logging, logGroup: byName ? "/aws/lambda/f" : group.name, ...loggingConfig } })(opts);
  };
const failing =
  (destinationConfig?: aws.types.input.lambda.FunctionEventInvokeConfigDestinationConfig): Program =>
  (opts) =>
    new aws.lambda.FunctionEventInvokeConfig("i", { functionName: fn()(opts).name, ...(destinationConfig && { destinationConfig }) }, opts);
const queue = "arn:aws:sqs:us-east-1:111111111111:d";
const forgets = 'Function "f" forgets events that it fails on; it must set deadLetterConfig.targetArn.';
const subject = 'Function "f" has an environment variable';

describe("rules for Lambda", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [functionRunsInPrivateNetwork, "accepts two subnets and a group", fn({ vpcConfig: { subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-1"] } })],
    [
      functionRunsInPrivateNetwork,
      "refuses no network",
      fn(),
      'Function "f" has no security group; it must set vpcConfig.securityGroupIds.',
      'Function "f" runs in 0 subnets; vpcConfig.subnetIds must name 2 or more.',
    ],
    [
      functionRunsInPrivateNetwork,
      "refuses one zone",
      fn({ vpcConfig: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] } }),
      'Function "f" runs in 1 subnets; vpcConfig.subnetIds must name 2 or more.',
    ],

    [functionKeepsFailedEvents, "accepts a dead-letter queue", fn({ deadLetterConfig: { targetArn: queue } })],
    [functionKeepsFailedEvents, "accepts a destination for failures", failing({ onFailure: { destination: queue } })],
    [functionKeepsFailedEvents, "refuses a function that forgets", fn(), forgets],
    [functionKeepsFailedEvents, "refuses a destination for successes only", failing({ onSuccess: { destination: queue } }), forgets],
    [functionKeepsFailedEvents, "refuses a configuration without destinations", failing(), forgets],

    [eventSourceHidesNoFailure, "accepts items told one by one", source({ functionResponseTypes: ["ReportBatchItemFailures"] })],
    [eventSourceHidesNoFailure, "accepts a destination for failures", source({ destinationConfig: { onFailure: { destinationArn: queue } } })],
    [
      eventSourceHidesNoFailure,
      "refuses neither",
      source({}),
      'Event source "e" does not tell which items failed; functionResponseTypes must hold ReportBatchItemFailures.',
    ],

    [functionConcurrencyIsReserved, "accepts one", fn({ reservedConcurrentExecutions: 1 })],
    [functionConcurrencyIsReserved, "refuses none", fn(), 'Function "f" has reservedConcurrentExecutions unset; it must be 1 or more.'],
    [
      functionConcurrencyIsReserved,
      "refuses to share with all",
      fn({ reservedConcurrentExecutions: -1 }),
      'Function "f" has reservedConcurrentExecutions -1; it must be 1 or more.',
    ],

    [functionIsClosedToStrangers, "accepts an event of its own account", permission({ sourceArn: "arn:aws:events:us-east-1:111111111111:rule/r" })],
    [
      functionIsClosedToStrangers,
      "accepts a bucket of its own account",
      permission({ principal: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::b", sourceAccount: "111111111111" }),
    ],
    [functionIsClosedToStrangers, "accepts its own account", permission({ principal: "arn:aws:iam::111111111111:role/r" })],
    [functionIsClosedToStrangers, "accepts everybody of an organisation", permission({ principal: "*", principalOrgId: "o-a1b2c3d4e5" })],
    [functionIsClosedToStrangers, "refuses everybody", permission({ principal: "*" }), 'Permission "p" lets in everybody; it must name a principal.'],
    [
      functionIsClosedToStrangers,
      "refuses all actions",
      permission({ principal: "111111111111", action: "lambda:*" }),
      'Permission "p" allows lambda:*; it must name one action.',
    ],
    [functionIsClosedToStrangers, "refuses another account", permission({ principal: "222222222222" }), 'Permission "p" lets in account 222222222222.'],
    [functionIsClosedToStrangers, "refuses what is no account", permission({ principal: "somebody" }), 'Permission "p" lets in somebody.'],
    [
      functionIsClosedToStrangers,
      "refuses a service on anybody's behalf",
      permission({}),
      'Permission "p" lets in events.amazonaws.com on behalf of any account; sourceArn or sourceAccount must name its own.',
    ],
    [
      functionIsClosedToStrangers,
      "refuses a bucket that may be anybody's",
      permission({ principal: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::b" }),
      'Permission "p" lets in s3.amazonaws.com on behalf of any account; sourceArn or sourceAccount must name its own.',
    ],
    [
      functionIsClosedToStrangers,
      "refuses an event of another account",
      permission({ sourceArn: "arn:aws:events:us-east-1:222222222222:rule/r" }),
      'Permission "p" lets in events.amazonaws.com on behalf of account 222222222222; sourceArn or sourceAccount must name its own.',
    ],
    [
      functionIsClosedToStrangers,
      "refuses a service on another account's behalf",
      permission({ sourceAccount: "222222222222" }),
      'Permission "p" lets in events.amazonaws.com on behalf of account 222222222222.',
    ],
    [
      functionIsClosedToStrangers,
      "refuses calls without a signature",
      permission({ principal: "*", action: "lambda:InvokeFunctionUrl", functionUrlAuthType: "NONE" }),
      'Permission "p" lets anybody call without a signature; functionUrlAuthType must be AWS_IAM.',
    ],
    [functionIsClosedToStrangers, "accepts an address that asks for a signature", url({ cors: { allowOrigins: ["https://review.example.org"] } })],
    [
      functionIsClosedToStrangers,
      "refuses an address for everybody",
      url({ authorizationType: "NONE" }),
      'FunctionUrl "u" has authorizationType NONE; it must be AWS_IAM.',
    ],
    [
      functionIsClosedToStrangers,
      "refuses an address for every page",
      url({ cors: { allowOrigins: ["*"] } }),
      'FunctionUrl "u" answers pages of every origin; cors.allowOrigins must name them.',
    ],
    [functionIsClosedToStrangers, "accepts a layer for its own account", layer({ principal: "111111111111" })],
    [functionIsClosedToStrangers, "accepts a layer for an organisation", layer({ principal: "*", organizationId: "o-a1b2c3d4e5" })],
    [
      functionIsClosedToStrangers,
      "refuses a layer for everybody",
      layer({ principal: "*" }),
      'LayerVersionPermission "l" lets in everybody; it must name a principal.',
    ],
    [
      functionIsClosedToStrangers,
      "refuses a layer for another account",
      layer({ principal: "222222222222" }),
      'LayerVersionPermission "l" lets in account 222222222222.',
    ],

    [
      functionRunsSignedCode,
      "accepts a configuration",
      fn({ codeSigningConfigArn: "arn:aws:lambda:us-east-1:111111111111:code-signing-config:csc-0123456789abcdef0" }),
    ],
    [functionRunsSignedCode, "refuses none", fn(), 'Function "f" takes any code; it must set codeSigningConfigArn.'],

    [codeSigningRefusesOtherCode, "accepts refusal", signing("Enforce", ["arn:p"])],
    [
      codeSigningRefusesOtherCode,
      "refuses a warning",
      signing("Warn", ["arn:p"]),
      'Code signing "c" does Warn; policies.untrustedArtifactOnDeployment must be Enforce.',
    ],
    [
      codeSigningRefusesOtherCode,
      "refuses nothing said, and no profiles",
      signing(undefined, []),
      'Code signing "c" does Warn; policies.untrustedArtifactOnDeployment must be Enforce.',
      'Code signing "c" names no profile that signs.',
    ],

    [functionRuntimeIsSupported, "accepts one that is kept up to date", fn({ runtime: "nodejs24.x" })],
    [
      functionRuntimeIsSupported,
      "refuses an old one",
      fn({ runtime: "nodejs18.x" }),
      'Function "f" runs on nodejs18.x; it must be one of dotnet10, java21, java25, nodejs22.x, nodejs24.x, provided.al2023, python3.12, python3.13, python3.14, ruby3.4.',
    ],
    [
      functionRuntimeIsSupported,
      "refuses none",
      fn(),
      'Function "f" runs on no runtime; it must be one of dotnet10, java21, java25, nodejs22.x, nodejs24.x, provided.al2023, python3.12, python3.13, python3.14, ruby3.4.',
    ],

    [
      functionEnvironmentHoldsNoSecret,
      "accepts names and places",
      environment({ CASE_TABLE: "cases", KEY_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:111111111111:secret:k" }),
    ],
    ...["DB_PASSWORD", "apiKey", "CLIENT_SECRET", "AUTH_TOKEN"].map((name): [Policies[number], string, Program, string] => [
      functionEnvironmentHoldsNoSecret,
      `refuses ${name}`,
      environment({ [name]: "x" }),
      `${subject} ${name} that sounds like a secret; it must name where the secret is.`,
    ]),
    ...[
      "AKIAIOSFODNN7EXAMPLE",
      "-----BEGIN RSA PRIVATE KEY-----",
      "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.sig",
      "ghp_0123456789abcdef0123",
      "postgres://me:word@db/x",
    ].map((value): [Policies[number], string, Program, string] => [
      functionEnvironmentHoldsNoSecret,
      `refuses ${value}`,
      environment({ HERE: value }),
      `${subject} HERE that holds what looks like a secret; it must be in Secrets Manager.`,
    ]),
    [
      functionEnvironmentHoldsNoSecret,
      "refuses a name about a patient",
      environment({ PATIENT: "x" }),
      `${subject} PATIENT that tells of a patient by "patient".`,
    ],
    ...["123-45-6789", "jane@example.org"].map((value): [Policies[number], string, Program, string] => [
      functionEnvironmentHoldsNoSecret,
      `refuses ${value}`,
      environment({ HERE: value }),
      `${subject} HERE that holds what looks like a person's number or address.`,
    ]),

    [functionLogsToGroupOfItsOwn, "accepts a group of the program", logged({})],
    [functionLogsToGroupOfItsOwn, "accepts a group of the program that a text names", logged({}, true)],
    [
      functionLogsToGroupOfItsOwn,
      "refuses nothing said",
      fn(),
      'Function "f" has loggingConfig.applicationLogLevel unset; it must be INFO or WARN.',
      'Function "f" has loggingConfig.systemLogLevel unset; it must be INFO or WARN.',
      'Function "f" logs Text; loggingConfig.logFormat must be JSON.',
      'Function "f" logs to no group of the program; it must set loggingConfig.logGroup.',
    ],
    [
      functionLogsToGroupOfItsOwn,
      "refuses a group that nobody made",
      fn({ loggingConfig: { ...logging, logGroup: "/other" } }),
      'Function "f" logs to no group of the program; it must set loggingConfig.logGroup.',
    ],
    [functionLogsToGroupOfItsOwn, "refuses text", logged({ logFormat: "Text" }), 'Function "f" logs Text; loggingConfig.logFormat must be JSON.'],
    [
      functionLogsToGroupOfItsOwn,
      "refuses to log too much or too little",
      logged({ applicationLogLevel: "DEBUG", systemLogLevel: "FATAL" }),
      'Function "f" has loggingConfig.applicationLogLevel DEBUG; it must be INFO or WARN.',
      'Function "f" has loggingConfig.systemLogLevel FATAL; it must be INFO or WARN.',
    ],

    [functionIsTraced, "accepts traces", fn({ tracingConfig: { mode: "Active" } })],
    [
      functionIsTraced,
      "refuses traces that others ask for",
      fn({ tracingConfig: { mode: "PassThrough" } }),
      'Function "f" has tracingConfig.mode PassThrough; it must be Active.',
    ],
    [functionIsTraced, "refuses none", fn(), 'Function "f" has tracingConfig.mode unset; it must be Active.'],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("take other settings", async () => {
    const vpcConfig = { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] };
    expect(await violations(functionRunsInPrivateNetwork, fn({ vpcConfig }), { [functionRunsInPrivateNetwork.name]: { minimumSubnets: 1 } })).to.deep.equal([]);
    expect(
      await violations(functionRuntimeIsSupported, fn({ runtime: "nodejs18.x" }), { [functionRuntimeIsSupported.name]: { runtimes: ["nodejs18.x"] } }),
    ).to.deep.equal([]);
    expect(
      await violations(functionLogsToGroupOfItsOwn, logged({ applicationLogLevel: "DEBUG" }), {
        [functionLogsToGroupOfItsOwn.name]: { levels: ["DEBUG", "WARN"] },
      }),
    ).to.deep.equal([]);
    for (const rule of [functionConcurrencyIsReserved, functionRunsSignedCode]) {
      expect(await violations(rule, fn(), { [rule.name]: { required: false } })).to.deep.equal([]);
    }
  });

  it("do not apply where there is nothing to judge", async () => {
    for (const rule of [functionKeepsFailedEvents, functionLogsToGroupOfItsOwn]) expect(await applications(rule, () => undefined)).to.equal(0);
    for (const rule of [functionRunsSignedCode, functionRuntimeIsSupported]) expect(await applications(rule, image())).to.equal(0);
    for (const rule of [functionEnvironmentHoldsNoSecret, functionIsClosedToStrangers]) expect(await applications(rule, fn())).to.equal(0);
    expect(await applications(functionRunsInPrivateNetwork, fn({ tags: { "data-classification": "none" } }))).to.equal(0);
  });
});
