import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import type { PolicyConfig } from "../../../local/deploy/policy/config.ts";
import { activityIsEncryptedWithCustomerKey } from "../../../policies/rules/sfn/activity-is-encrypted-with-customer-key.ts";
import { containerTasksRunPrivateAndClosed } from "../../../policies/rules/sfn/container-tasks-run-private-and-closed.ts";
import { definitionHoldsNoSecretOrIdentifier } from "../../../policies/rules/sfn/definition-holds-no-secret-or-identifier.ts";
import { namesAndTagsHoldIdentifiersOnly } from "../../../policies/rules/sfn/names-and-tags-hold-identifiers-only.ts";
import { rekognitionLooksForNoFace } from "../../../policies/rules/sfn/rekognition-looks-for-no-face.ts";
import { rekognitionSeesReviewRenditionsOnly } from "../../../policies/rules/sfn/rekognition-sees-review-renditions-only.ts";
import { rekognitionWaitsForOptOut } from "../../../policies/rules/sfn/rekognition-waits-for-opt-out.ts";
import { stateMachineIsTraced } from "../../../policies/rules/sfn/state-machine-is-traced.ts";
import { stateMachineKeepsItsHistory } from "../../../policies/rules/sfn/state-machine-keeps-its-history.ts";
import { tasksEndInTimeAndReportFailure } from "../../../policies/rules/sfn/tasks-end-in-time-and-report-failure.ts";
import { tasksStayInOwnAccount } from "../../../policies/rules/sfn/tasks-stay-in-own-account.ts";
import { tasksUseEligibleServices } from "../../../policies/rules/sfn/tasks-use-eligible-services.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const roleArn = "arn:aws:iam::111111111111:role/m";
const machineOf =
  (definition: object, more: Partial<aws.sfn.StateMachineArgs> = {}): Program =>
  (opts) =>
    new aws.sfn.StateMachine("m", { roleArn, definition: JSON.stringify(definition), ...more }, opts);
const resource = (integration: string): string => (integration.startsWith("arn:") ? integration : `arn:aws:states:::${integration}`);
const state = (integration: string, Arguments: object = {}, more: object = {}): object => ({
  Type: "Task",
  Resource: resource(integration),
  Arguments,
  End: true,
  ...more,
});
const only = (integration: string, args?: object): Program => machineOf({ StartAt: "Job", States: { Job: state(integration, args) } });
const wrong = (problem: string): string => `State "Job" ${problem}.`;

const activity =
  (encryptionConfiguration?: aws.types.input.sfn.ActivityEncryptionConfiguration): Program =>
  (opts) =>
    new aws.sfn.Activity("a", { ...(encryptionConfiguration && { encryptionConfiguration }) }, opts);

const handled = { TimeoutSeconds: 60, Retry: [{ ErrorEquals: ["States.ALL"] }], Catch: [{ ErrorEquals: ["States.ALL"], Next: "End" }] };
const distributing = (Mode: string, TimeoutSeconds: number): Program =>
  machineOf({
    TimeoutSeconds,
    States: { Each: { Type: "Map", Catch: handled.Catch, ItemProcessor: { ProcessorConfig: { Mode }, States: { Job: state("lambda:invoke", {}, handled) } } } },
  });
const withTask = (change: object, more: object = { TimeoutSeconds: 3600 }): Program =>
  machineOf({ StartAt: "Job", States: { Job: state("lambda:invoke", {}, { ...handled, ...change }) }, ...more });
const without = (key: keyof typeof handled): object => ({ [key]: undefined });

const container = {
  LaunchType: "FARGATE",
  PlatformVersion: "LATEST",
  EnableExecuteCommand: false,
  NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: "DISABLED" } },
};
const run = (change: object): Program => only("ecs:runTask.sync", { ...container, ...change });

const look = (S3Object?: object, operation = "startSegmentDetection"): Program => only(`aws-sdk:rekognition:${operation}`, { Video: S3Object && { S3Object } });
const seen = { Bucket: "lake", Name: "{% 'processed-videos/' & $case & '/review/review.mp4' %}" };
const shown = (more: Partial<aws.sfn.StateMachineArgs>): Program => machineOf({ States: { Job: state("aws-sdk:rekognition:startSegmentDetection") } }, more);
const onlyReviews = "its name must start with processed-videos/ and hold /review/";

const known = "it must be made of analysisUri, caseId, id, Id, Index, Name, RedriveCount, RetryCount, runId, sourceTags, status only";

describe("rules of Step Functions", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [stateMachineKeepsItsHistory, "accepts a standard machine", machineOf({}, { type: "STANDARD" })],
    [stateMachineKeepsItsHistory, "accepts a machine of no type, which is standard", machineOf({})],
    [
      stateMachineKeepsItsHistory,
      "refuses an express machine",
      machineOf({}, { type: "EXPRESS" }),
      'State machine "m" is of type EXPRESS; it must be STANDARD.',
    ],

    [stateMachineIsTraced, "accepts traces", machineOf({}, { tracingConfiguration: { enabled: true } })],
    ...[{}, { tracingConfiguration: { enabled: false } }].map((more): [Policies[number], string, Program, string] => [
      stateMachineIsTraced,
      `refuses ${JSON.stringify(more)}`,
      machineOf({}, more),
      'State machine "m" traces nothing; tracingConfiguration.enabled must be true.',
    ]),

    [activityIsEncryptedWithCustomerKey, "accepts a key", activity({ type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: "arn:aws:kms:us-east-1:111111111111:key/k" })],
    ...[undefined, { type: "AWS_OWNED_KEY" }, { type: "CUSTOMER_MANAGED_KMS_KEY" }].map((encryption): [Policies[number], string, Program, string] => [
      activityIsEncryptedWithCustomerKey,
      `refuses ${JSON.stringify(encryption)}`,
      activity(encryption),
      'Activity "a" has no customer-managed key.',
    ]),

    [tasksEndInTimeAndReportFailure, "accepts a task that is tried again and caught", withTask({})],
    [tasksEndInTimeAndReportFailure, "accepts a timeout that is computed", withTask({ TimeoutSeconds: "{% $seconds %}" })],
    [tasksEndInTimeAndReportFailure, "accepts a timeout of a path", withTask({ TimeoutSeconds: undefined, TimeoutSecondsPath: "$.seconds" })],
    [tasksEndInTimeAndReportFailure, "refuses a task without a timeout", withTask(without("TimeoutSeconds")), wrong("must set TimeoutSeconds")],
    [tasksEndInTimeAndReportFailure, "refuses a task that is tried once", withTask({ Retry: [] }), wrong("must set Retry")],
    [
      tasksEndInTimeAndReportFailure,
      "refuses a task that catches nothing",
      withTask(without("Catch")),
      wrong("must catch States.ALL, or stand in a state that does"),
    ],
    [
      tasksEndInTimeAndReportFailure,
      "refuses a task that catches some failures",
      withTask({ Catch: [{ ErrorEquals: ["TryAgain"], Next: "End" }] }),
      wrong("must catch States.ALL, or stand in a state that does"),
    ],
    [
      tasksEndInTimeAndReportFailure,
      "accepts a task whose branch is caught",
      machineOf({
        TimeoutSeconds: 60,
        States: {
          Both: { Type: "Parallel", Catch: handled.Catch, Branches: [{ States: { Job: state("lambda:invoke", {}, { ...handled, ...without("Catch") }) } }] },
        },
      }),
    ],
    [
      tasksEndInTimeAndReportFailure,
      "refuses a machine that never ends",
      withTask({}, {}),
      'State machine "m" may run for ever; TimeoutSeconds must be at most 86400.',
    ],
    [
      tasksEndInTimeAndReportFailure,
      "refuses a machine that runs for days",
      withTask({}, { TimeoutSeconds: 86_401 }),
      'State machine "m" may run 86401 seconds; TimeoutSeconds must be at most 86400.',
    ],
    [tasksEndInTimeAndReportFailure, "accepts a machine that works through a list for a year", distributing("DISTRIBUTED", 31_536_000)],
    [
      tasksEndInTimeAndReportFailure,
      "refuses one that does so for ever",
      distributing("DISTRIBUTED", 31_536_001),
      'State machine "m" may run 31536001 seconds; TimeoutSeconds must be at most 31536000.',
    ],
    [
      tasksEndInTimeAndReportFailure,
      "refuses one whose list is worked through within it",
      distributing("INLINE", 31_536_000),
      'State machine "m" may run 31536000 seconds; TimeoutSeconds must be at most 86400.',
    ],

    ...[
      "dynamodb:updateItem",
      "aws-sdk:mediaconvert:probe",
      "aws-sdk:sfn:startExecution",
      "states:startExecution.sync:2",
      "aws-sdk:bedrockruntime:converse",
      "arn:aws:lambda:us-east-1:111111111111:function:f",
      "arn:aws:states:us-east-1:111111111111:activity:a",
    ].map((integration): [Policies[number], string, Program] => [tasksUseEligibleServices, `accepts ${integration}`, only(integration)]),
    ...[
      ["http:invoke", "http"],
      ["aws-sdk:scheduler:createSchedule", "scheduler"],
      ["aws-sdk:iam:createUser", "iam"],
      ["nothing", "nothing"],
    ].map(([integration = "", service]): [Policies[number], string, Program, string] => [
      tasksUseEligibleServices,
      `refuses ${integration}`,
      only(integration),
      wrong(`calls ${service}, which AWS does not list as HIPAA-eligible (list of 2025-05-17)`),
    ]),
    [
      tasksUseEligibleServices,
      "looks at what a distributed map reads and writes",
      machineOf({
        States: {
          Each: {
            Type: "Map",
            ItemReader: { Resource: "arn:aws:states:::s3:listObjectsV2" },
            ResultWriter: { Resource: "arn:aws:states:::scheduler:write" },
            ItemProcessor: { States: {} },
          },
        },
      }),
      'State "Each" calls scheduler, which AWS does not list as HIPAA-eligible (list of 2025-05-17).',
    ],

    [
      namesAndTagsHoldIdentifiersOnly,
      "accepts identifiers, counts and words",
      only("sagemaker:createProcessingJob.sync", {
        ProcessingJobName: "{% 'svp-' & $substring($states.context.Execution.Input.runId, 0, 18) & '-' & $string($states.context.State.RetryCount) %}",
        Tags: [{ Key: "stage", Value: "gate" }],
        Environment: { TITLE: "{% $fileName %}" },
      }),
    ],
    [
      namesAndTagsHoldIdentifiersOnly,
      "accepts paths to identifiers",
      only("sagemaker:createTransformJob", {
        "TransformJobName.$": "States.Format('svp-{}', $$.Execution.Name)",
        Tags: [{ Key: "run", "Value.$": "$.runId" }],
      }),
    ],
    [
      namesAndTagsHoldIdentifiersOnly,
      "refuses the name of a file in a tag of a rekognition job",
      only("aws-sdk:rekognition:startSegmentDetection", { JobTag: "{% $states.context.Execution.Input.fileName %}" }),
      wrong(`sets JobTag to a value of fileName; ${known}`),
    ],
    [
      namesAndTagsHoldIdentifiersOnly,
      "refuses a variable and a path that are no identifiers",
      only("mediaconvert:createJob", { UserMetadata: { who: "{% $surgeon & $caseId %}" }, "ClientRequestToken.$": "$.input.fileName" }),
      wrong(`sets ClientRequestToken.$ to a value of fileName; ${known}`),
      wrong(`sets UserMetadata.who to a value of surgeon; ${known}`),
    ],
    [
      namesAndTagsHoldIdentifiersOnly,
      "refuses free text",
      only("aws-sdk:s3:putObjectTagging", {
        Tagging: {
          TagSet: [
            { Key: "note", Value: "{% 'seen by Dr Who ' & $caseId %}" },
            { Key: "x", Value: "two words" },
          ],
        },
      }),
      wrong(`sets Tagging.TagSet[0].Value to free text; ${known}`),
      wrong(`sets Tagging.TagSet[1].Value to free text; ${known}`),
    ],

    [containerTasksRunPrivateAndClosed, "accepts a container without a way in", run({})],
    [
      containerTasksRunPrivateAndClosed,
      "accepts the defaults of ECS where they are safe",
      run({ PlatformVersion: undefined, EnableExecuteCommand: undefined }),
    ],
    [
      containerTasksRunPrivateAndClosed,
      "refuses an address on the internet",
      run({ NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: "ENABLED" } } }),
      wrong("sets AssignPublicIp ENABLED; it must be DISABLED"),
    ],
    [
      containerTasksRunPrivateAndClosed,
      "refuses no network settings",
      run({ NetworkConfiguration: undefined }),
      wrong("sets AssignPublicIp not at all; it must be DISABLED"),
    ],
    [
      containerTasksRunPrivateAndClosed,
      "refuses a shell, or what may be one",
      machineOf({
        States: {
          Job: state("ecs:runTask", { ...container, EnableExecuteCommand: true }),
          May: state("ecs:runTask", { ...container, EnableExecuteCommand: "{% $debug %}" }),
        },
      }),
      wrong("sets EnableExecuteCommand true; it must be false, for nobody records what is typed"),
      'State "May" sets EnableExecuteCommand {% $debug %}; it must be false, for nobody records what is typed.',
    ],
    [containerTasksRunPrivateAndClosed, "refuses hosts of our own", run({ LaunchType: "EC2" }), wrong("sets LaunchType EC2; it must be FARGATE")],
    [containerTasksRunPrivateAndClosed, "refuses no launch type", run({ LaunchType: undefined }), wrong("sets LaunchType not at all; it must be FARGATE")],
    [
      containerTasksRunPrivateAndClosed,
      "refuses an old platform",
      run({ PlatformVersion: "1.3.0" }),
      wrong("sets PlatformVersion 1.3.0; it must be LATEST, which AWS keeps patched"),
    ],

    [rekognitionLooksForNoFace, "accepts segments", look(seen)],
    [
      rekognitionLooksForNoFace,
      "refuses faces",
      look(seen, "startFaceDetection"),
      wrong("asks Rekognition to startFaceDetection; it may ask for DetectText, GetSegmentDetection, StartSegmentDetection"),
    ],

    [rekognitionSeesReviewRenditionsOnly, "accepts a review rendition", look(seen)],
    [
      rekognitionSeesReviewRenditionsOnly,
      "refuses an uploaded video",
      look({ Bucket: "lake", Name: "{% $states.context.Execution.Input.source.key %}" }),
      wrong(`shows Rekognition {% $states.context.Execution.Input.source.key %}; ${onlyReviews}`),
    ],
    [
      rekognitionSeesReviewRenditionsOnly,
      "refuses the rendition for analysis",
      look({ Bucket: "lake", Name: "processed-videos/1/analysis/a.mp4" }),
      wrong(`shows Rekognition processed-videos/1/analysis/a.mp4; ${onlyReviews}`),
    ],
    [
      rekognitionSeesReviewRenditionsOnly,
      "refuses another folder",
      look({ Bucket: "lake", Name: "raw-videos/review/a.mp4" }),
      wrong(`shows Rekognition raw-videos/review/a.mp4; ${onlyReviews}`),
    ],
    [
      rekognitionSeesReviewRenditionsOnly,
      "refuses a bucket that is computed",
      look({ ...seen, Bucket: "{% $bucket %}" }),
      wrong("shows Rekognition something of a bucket that is not written out"),
    ],
    [
      rekognitionSeesReviewRenditionsOnly,
      "refuses nothing at all",
      look(),
      wrong(`shows Rekognition no object; ${onlyReviews}`),
      wrong("shows Rekognition something of a bucket that is not written out"),
    ],

    [rekognitionWaitsForOptOut, "accepts the policy's id", shown({ tags: { "ai-services-opt-out": "p-12345678" } })],
    [
      rekognitionWaitsForOptOut,
      "refuses none",
      shown({}),
      'State machine "m" uses Rekognition and has no tag ai-services-opt-out; it must hold the id of the policy.',
    ],

    [
      tasksStayInOwnAccount,
      "accepts resources of its own",
      only("lambda:invoke", { FunctionName: "arn:aws:lambda:us-east-1:111111111111:function:f", Topic: "arn:aws:s3:::lake" }),
    ],
    [
      tasksStayInOwnAccount,
      "refuses those of others, in texts and expressions, and roles of others",
      machineOf({
        States: {
          Job: state(
            "lambda:invoke",
            { FunctionName: "arn:aws:lambda:us-east-1:222222222222:function:f" },
            { Credentials: { RoleArn: "arn:aws:iam::333333333333:role/r" } },
          ),
          Sends: state("sqs:sendMessage", { QueueUrl: "{% 'arn:aws:sqs:us-east-1:444444444444:q' %}" }),
          Calls: state("arn:aws:lambda:us-east-1:555555555555:function:f"),
        },
      }),
      'State "Calls" uses arn:aws:lambda:us-east-1:555555555555:function:f, which lies in another account.',
      wrong("uses arn:aws:iam::333333333333:role/r, which lies in another account"),
      wrong("uses arn:aws:lambda:us-east-1:222222222222:function:f, which lies in another account"),
      'State "Sends" uses arn:aws:sqs:us-east-1:444444444444:q, which lies in another account.',
    ],
    [
      tasksStayInOwnAccount,
      "looks into branches once",
      machineOf({
        States: {
          Both: {
            Type: "Parallel",
            Branches: [{ States: { Job: state("lambda:invoke", { FunctionName: "arn:aws:lambda:us-east-1:222222222222:function:f" }) } }],
          },
        },
      }),
      wrong("uses arn:aws:lambda:us-east-1:222222222222:function:f, which lies in another account"),
    ],

    [
      definitionHoldsNoSecretOrIdentifier,
      "accepts names, expressions and ARNs",
      machineOf({
        States: { Job: state("lambda:invoke", { Payload: { secret: "{% $s %}", apiKey: "arn:aws:secretsmanager:us-east-1:111111111111:secret:x" } }) },
      }),
    ],
    ...(
      [
        ["a secret", "AKIAIOSFODNN7EXAMPLE"],
        ["a secret", "-----BEGIN RSA PRIVATE KEY-----"],
        ["a secret", "postgres://me:secret1@host/db"],
        ["what identifies a person", "123-45-6789"],
        ["what identifies a person", "MRN 0012345"],
        ["what identifies a person", "DOB: 1970-01-02"],
        ["what identifies a person", "call (555) 123-4567"],
        ["what identifies a person", "jane.roe@example.org"],
      ] as const
    ).map(([what, text]): [Policies[number], string, Program, string] => [
      definitionHoldsNoSecretOrIdentifier,
      `refuses ${what} such as ${text}`,
      machineOf({ States: { Job: state("lambda:invoke", { Payload: ["fine", text] }) } }),
      `State machine "m" holds ${what} at States.Job.Arguments.Payload[1].`,
    ]),
    [
      definitionHoldsNoSecretOrIdentifier,
      "refuses a plain value of a setting that is a secret",
      machineOf({ States: { Job: state("lambda:invoke", { Payload: { DB_PASSWORD: "hunter2" } }) } }),
      'State machine "m" holds a secret at States.Job.Arguments.Payload.DB_PASSWORD.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases) {
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  const set = (rule: Policies[number], settings: Record<string, unknown>): PolicyConfig => ({ [rule.name]: settings });
  const settings: [rule: Policies[number], what: string, program: Program, settings: Record<string, unknown>, ...messages: string[]][] = [
    [tasksEndInTimeAndReportFailure, "for longer machines", withTask({}, { TimeoutSeconds: 90_000 }), { longestSeconds: 100_000 }],
    [namesAndTagsHoldIdentifiersOnly, "for other identifiers", only("mediaconvert:createJob", { Tags: { a: "{% $room %}" } }), { identifiers: ["room"] }],
    [
      tasksStayInOwnAccount,
      "for other accounts",
      only("lambda:invoke", { F: "arn:aws:lambda:us-east-1:222222222222:function:f" }),
      { accounts: ["222222222222"] },
    ],
    [rekognitionLooksForNoFace, "for other operations", look(seen, "startLabelDetection"), { operations: ["StartLabelDetection"] }],
    [rekognitionSeesReviewRenditionsOnly, "for other keys", look({ Bucket: "b", Name: "out/a/cover/b" }), { prefix: "out/", rendition: "/cover/" }],
  ];
  for (const [rule, what, program, given, ...messages] of settings) {
    it(`${rule.name} has a setting ${what}`, async () => expect(await violations(rule, program, set(rule, given))).to.deep.equal(messages));
  }

  it("apply to what they are about only", async () => {
    const nothing = machineOf({ States: { Done: { Type: "Succeed" } } });
    const others = only("lambda:invoke");
    expect(await Promise.all([tasksEndInTimeAndReportFailure, tasksUseEligibleServices].map((rule) => applications(rule, nothing)))).to.deep.equal([0, 0]);
    const rules = [
      namesAndTagsHoldIdentifiersOnly,
      containerTasksRunPrivateAndClosed,
      rekognitionLooksForNoFace,
      rekognitionSeesReviewRenditionsOnly,
      rekognitionWaitsForOptOut,
    ];
    expect(await Promise.all(rules.map((rule) => applications(rule, others)))).to.deep.equal(rules.map(() => 0));
    expect(await applications(activityIsEncryptedWithCustomerKey, others)).to.equal(0);
  });
});
