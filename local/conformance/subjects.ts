import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CloudWatchClient, DeleteAlarmsCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { DeleteRuleCommand, EventBridgeClient, PutRuleCommand, PutTargetsCommand, RemoveTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateEndpointCommand,
  CreateModelPackageGroupCommand,
  DeleteEndpointCommand,
  SageMakerClient,
  waitUntilEndpointInService,
} from "@aws-sdk/client-sagemaker";
import { CreateStateMachineCommand, DeleteStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import { CreateQueueCommand, DeleteQueueCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";
import { openCloud } from "../cloud.ts";
import type { Subject } from "./assertion.ts";

const region = "us-east-1";

interface Access {
  readonly endpoint?: string;
  readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** Clients for one implementation. One attempt each: an error is to be seen, not tried again. */
function clients({ endpoint, credentials }: Access): Pick<Subject, "s3" | "dynamodb" | "sqs" | "events" | "states" | "sagemaker" | "sts" | "cloudwatch"> {
  const settings = { region, maxAttempts: 1, ...(endpoint && { endpoint }), ...(credentials && { credentials }) };
  return {
    // Signed addresses are for whoever has no SDK: they must not hold the checksum of a body that is not there yet.
    s3: new S3Client({ ...settings, forcePathStyle: endpoint !== undefined, requestChecksumCalculation: "WHEN_REQUIRED" }),
    dynamodb: new DynamoDBClient(settings),
    sqs: new SQSClient({ ...settings, ...(endpoint && { useQueueUrlAsEndpoint: false }) }),
    events: new EventBridgeClient(settings),
    states: new SFNClient(settings),
    sagemaker: new SageMakerClient(settings),
    sts: new STSClient(settings),
    cloudwatch: new CloudWatchClient(settings),
  };
}

/** The local cloud, where programs make resources and nobody else does. */
export async function openOurs(): Promise<Subject> {
  const accountId = "000000000000";
  const dataDir = mkdtempSync(join(tmpdir(), "svp-conformance-"));
  const cloud = await openCloud({ dataDir, region, accountId, waitScale: 1, log: () => undefined });
  await cloud.start();
  const roleArn = `arn:aws:iam::${accountId}:role/conformance`;
  const trusted = { Effect: "Allow", Principal: { Service: ["sagemaker.amazonaws.com", "states.amazonaws.com"] }, Action: "sts:AssumeRole" };
  cloud.iam.putRole({ arn: roleArn, trustPolicy: { Version: "2012-10-17", Statement: [trusted] } });
  cloud.iam.putRolePolicy(roleArn, "all", { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] });
  const trainingImage = `${accountId}.dkr.ecr.${region}.amazonaws.com/conformance@sha256:${"0".repeat(64)}`;
  writeFileSync(join(dataDir, "Dockerfile"), 'FROM scratch\nENTRYPOINT ["python3", "train.py"]\n');
  cloud.sagemaker.putImage({ imageUri: trainingImage, context: dataDir, dockerfile: join(dataDir, "Dockerfile") });
  // One that really serves: an update of an endpoint starts its containers.
  const servingImage = trainingImage.replace("@", "-serving@");
  writeFileSync(join(dataDir, "Dockerfile.serving"), 'FROM node:24-slim\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["node", "/app/serve.ts"]\n');
  cloud.sagemaker.putImage({
    imageUri: servingImage,
    context: fileURLToPath(new URL("serving", import.meta.url)),
    dockerfile: join(dataDir, "Dockerfile.serving"),
  });
  let made = 0;
  const name = (kind: string): string => `conformance-${kind}-${++made}`;
  const arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${accountId}:${rest}`;
  const urlOf = (queue: string): string => `https://sqs.${region}.amazonaws.com/${accountId}/${queue}`;
  const queue: Subject["queue"] = async ({ visibilitySeconds = 30, mostReceives } = {}) => {
    const [main, dead] = [name("queue"), name("letters")];
    cloud.sqs.putQueue({ arn: arn("sqs", dead), name: dead });
    const redrive = mostReceives && { redrivePolicy: JSON.stringify({ deadLetterTargetArn: arn("sqs", dead), maxReceiveCount: mostReceives }) };
    cloud.sqs.putQueue({ arn: arn("sqs", main), name: main, visibilityTimeoutSeconds: visibilitySeconds, ...redrive });
    return { url: urlOf(main), arn: arn("sqs", main), deadLetterUrl: urlOf(dead) };
  };
  const rulesTo: Subject["rulesTo"] = async (patterns) => {
    const { url, arn: queueArn } = await queue();
    const allowed = { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sqs:SendMessage", Resource: queueArn };
    cloud.iam.putResourcePolicy(queueArn, { Version: "2012-10-17", Statement: [allowed] });
    for (const pattern of patterns) {
      const rule = name("rule");
      cloud.events.putRule({ arn: arn("events", `rule/${rule}`), name: rule, eventPattern: JSON.stringify(pattern) });
      cloud.events.putTarget({ rule, targetId: "queue", arn: queueArn });
    }
    return url;
  };
  const calls = clients({ endpoint: cloud.endpoint, credentials: cloud.iam.administrator.credentials });
  return {
    ...calls,
    ...{ queue, roleArn, trainingImage, servingImage },
    async endpoint(endpoint, configName) {
      cloud.sagemaker.putEndpoint({ name: endpoint, arn: arn("sagemaker", `endpoint/${endpoint}`), configName });
    },
    async alarm(prefix = "") {
      const alarm = `${prefix}${name("alarm")}`;
      cloud.cloudwatch.putAlarm(alarm);
      return alarm;
    },
    async modelGroup() {
      const group = name("group");
      cloud.sagemaker.putModelPackageGroup({ name: group, arn: arn("sagemaker", `model-package-group/${group}`) });
      return group;
    },
    async bucket({ versioned = false } = {}) {
      const bucket = name("bucket");
      cloud.s3.configureBucket(bucket, versioned ? { versioning: true } : {});
      return bucket;
    },
    async table() {
      const table = name("table");
      const schema = (hash: string, range: string) => [
        { attributeName: hash, keyType: "HASH" },
        { attributeName: range, keyType: "RANGE" },
      ];
      await cloud.dynamodb.putTable({
        name: table,
        billingMode: "PAY_PER_REQUEST",
        hashKey: "pk",
        rangeKey: "sk",
        attributes: ["pk", "sk", "list", "day"].map((attribute) => ({ name: attribute, type: "S" })),
        globalSecondaryIndexes: [{ name: "by-day", keySchemas: schema("list", "day"), projectionType: "ALL" }],
      });
      return table;
    },
    rulesTo,
    async machine(definition) {
      const machine = name("machine");
      const machineArn = arn("states", `stateMachine:${machine}`);
      await cloud.states.putStateMachine({ arn: machineArn, name: machine, definition: JSON.stringify(definition), roleArn });
      return machineArn;
    },
    async protectedBucket({ mayRead = true, mayTag = true } = {}) {
      const bucket = name("bucket");
      cloud.s3.configureBucket(bucket, { versioning: true, eventBridge: true });
      const role = `arn:aws:iam::${accountId}:role/${name("scanner")}`;
      const service = { Effect: "Allow", Principal: { Service: "malware-protection-plan.guardduty.amazonaws.com" }, Action: "sts:AssumeRole" };
      cloud.iam.putRole({ arn: role, trustPolicy: { Version: "2012-10-17", Statement: [service] } });
      const Action = [
        ...(mayRead ? ["s3:GetObject", "s3:GetObjectVersion"] : []),
        ...(mayTag ? ["s3:GetObjectVersionTagging", "s3:PutObjectVersionTagging"] : []),
      ];
      cloud.iam.putRolePolicy(role, "scan", { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: `arn:aws:s3:::${bucket}/*` }] });
      const planArn = arn("guardduty", `malware-protection-plan/${name("plan")}`);
      const protectedResource = { s3Bucket: { bucketName: bucket, objectPrefixes: ["raw/"] } };
      cloud.guardduty.putPlan({ arn: planArn, role, protectedResource, actions: [{ taggings: [{ status: "ENABLED" }] }] });
      return { bucket, planArn, queueUrl: await rulesTo([{ source: ["aws.guardduty"], resources: [planArn] }]) };
    },
    async close() {
      await cloud.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/**
 * An implementation in which resources are made by calls: AWS itself, or a server that stands for it. What it makes it deletes, but for buckets,
 * pipelines, models, configurations of endpoints and groups of model packages, which end with the server; on AWS they are named `svp-conformance-…` or `conformance-…` and are left for whoever ran this.
 */
export async function openByCalls({
  roleArn,
  trainingImage = "123456789012.dkr.ecr.us-east-1.amazonaws.com/conformance:1",
  ...access
}: Access & { readonly roleArn: string; readonly trainingImage?: string | undefined }): Promise<Subject> {
  const calls = clients(access);
  const { s3, dynamodb, sqs, events, states, sagemaker, cloudwatch } = calls;
  const run = Date.now().toString(36);
  let count = 0;
  const name = (kind: string): string => `svp-conformance-${run}-${kind}-${++count}`;
  const undo: (() => Promise<unknown>)[] = [];
  const queueNamed = async (Attributes: Record<string, string>) => {
    const QueueName = name("queue");
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    undo.push(() => sqs.send(new DeleteQueueCommand({ QueueUrl })));
    return { url: QueueUrl, arn: `arn:aws:sqs:${region}:${QueueUrl.split("/").at(-2)}:${QueueName}` };
  };
  const queue: Subject["queue"] = async ({ visibilitySeconds = 30, mostReceives } = {}) => {
    const dead = await queueNamed({});
    const redrive = mostReceives && { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: mostReceives }) };
    return { ...(await queueNamed({ VisibilityTimeout: String(visibilitySeconds), ...redrive })), deadLetterUrl: dead.url };
  };
  return {
    ...calls,
    ...{ queue, roleArn, trainingImage, servingImage: trainingImage },
    async endpoint(EndpointName, EndpointConfigName) {
      await sagemaker.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName }));
      undo.push(() => sagemaker.send(new DeleteEndpointCommand({ EndpointName })));
      await waitUntilEndpointInService({ client: sagemaker, maxWaitTime: 30, minDelay: 1 }, { EndpointName });
    },
    async alarm(prefix = "") {
      const AlarmName = `${prefix}${name("alarm")}`;
      await cloudwatch.send(
        new PutMetricAlarmCommand({
          ...{ AlarmName, Namespace: "svp-conformance", MetricName: "nothing", Statistic: "Sum", Period: 86_400, EvaluationPeriods: 1 },
          ...{ Threshold: 0, ComparisonOperator: "GreaterThanThreshold", ActionsEnabled: false },
        }),
      );
      undo.push(() => cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] })));
      return AlarmName;
    },
    async modelGroup() {
      const ModelPackageGroupName = name("group");
      await sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName }));
      return ModelPackageGroupName;
    },
    async bucket({ versioned = false } = {}) {
      const Bucket = name("bucket");
      await s3.send(new CreateBucketCommand({ Bucket }));
      if (versioned) await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
      return Bucket;
    },
    async table() {
      const TableName = name("table");
      const schema = (hash: string, range: string) => [
        { AttributeName: hash, KeyType: "HASH" as const },
        { AttributeName: range, KeyType: "RANGE" as const },
      ];
      await dynamodb.send(
        new CreateTableCommand({
          TableName,
          BillingMode: "PAY_PER_REQUEST",
          KeySchema: schema("pk", "sk"),
          AttributeDefinitions: ["pk", "sk", "list", "day"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
          GlobalSecondaryIndexes: [{ IndexName: "by-day", KeySchema: schema("list", "day"), Projection: { ProjectionType: "ALL" } }],
        }),
      );
      undo.push(() => dynamodb.send(new DeleteTableCommand({ TableName })));
      await waitUntilTableExists({ client: dynamodb, maxWaitTime: 120, minDelay: 1 }, { TableName });
      return TableName;
    },
    async rulesTo(patterns) {
      const { url, arn } = await queue();
      const allowed = { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sqs:SendMessage", Resource: arn };
      const Attributes = { Policy: JSON.stringify({ Version: "2012-10-17", Statement: [allowed] }) };
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }));
      for (const pattern of patterns) {
        const Name = name("rule");
        await events.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify(pattern) }));
        await events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: "queue", Arn: arn }] }));
        undo.push(async () => {
          await events.send(new RemoveTargetsCommand({ Rule: Name, Ids: ["queue"] }));
          await events.send(new DeleteRuleCommand({ Name }));
        });
      }
      return url;
    },
    async machine(definition) {
      const { stateMachineArn = "" } = await states.send(
        new CreateStateMachineCommand({ name: name("machine"), definition: JSON.stringify(definition), roleArn }),
      );
      undo.push(() => states.send(new DeleteStateMachineCommand({ stateMachineArn })));
      return stateMachineArn;
    },
    protectedBucket: () => Promise.reject(new Error("Nothing here calls GuardDuty.")),
    async close() {
      for (const step of undo.reverse()) await step();
    },
  };
}
