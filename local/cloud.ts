import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Disturbances } from "./disturbances.ts";
import { findMediaTools } from "./media/tools.ts";
import { createOrganization, type Organization } from "./organization.ts";
import { createApiGateway } from "./services/api-gateway/index.ts";
import { createBedrock } from "./services/bedrock/service.ts";
import { createCloudFront } from "./services/cloudfront/index.ts";
import { createCloudWatch } from "./services/cloudwatch/service.ts";
import { createCognito } from "./services/cognito/index.ts";
import { createDynamoDb } from "./services/dynamodb/index.ts";
import { createEcs } from "./services/ecs/service.ts";
import { createEvents } from "./services/events/index.ts";
import { createGuardDuty } from "./services/guardduty/service.ts";
import { createIam } from "./services/iam/iam.ts";
import { createSlots } from "./services/jobs/slots.ts";
import { createLambda } from "./services/lambda/index.ts";
import { createMediaConvert } from "./services/mediaconvert/service.ts";
import { createRekognition } from "./services/rekognition/service.ts";
import { openLaidObjects } from "./services/s3/laid-objects.ts";
import { createS3 } from "./services/s3/s3.ts";
import { createSageMaker } from "./services/sagemaker/service.ts";
import { type EventBus, Faults, type Log, type StateMachines } from "./services/seams.ts";
import { createSecretsManager } from "./services/secretsmanager/index.ts";
import { createSqs } from "./services/sqs/index.ts";
import { createStates } from "./services/states/index.ts";
import { createSts } from "./services/sts/service.ts";
import { startWire } from "./wire/server.ts";

export interface CloudOptions {
  /** Everything the cloud keeps lies here. */
  readonly dataDir: string;
  readonly region: string;
  readonly accountId: string;
  /** Port of the wire on 127.0.0.1; 0, the default, takes a free one. */
  readonly port?: number;
  /** Multiplies Wait states and pauses between retries of state machines; 1 is AWS's time. */
  readonly waitScale?: number;
  /** What calls, events and writes meet by chance. */
  readonly disturbances?: Disturbances | undefined;
  /** Other accounts that this one reaches. Default: none. */
  readonly organization?: Organization | undefined;
  readonly log: Log;
}

/** Heavy jobs that run at a time, of all services together: as many as keep two cores busy. */
const heavyJobs = 2;

export type Cloud = Awaited<ReturnType<typeof openCloud>>;

/**
 * Opens the local cloud: its services, wired together as AWS wires them behind its public APIs. They answer at once;
 * `start()`, once the program's resources are live, makes them go on with what an earlier process left undone.
 */
export async function openCloud({ dataDir, region, accountId, port = 0, waitScale = 1, disturbances: wanted, log, ...options }: CloudOptions) {
  const organization = options.organization ?? createOrganization();
  const tools = await findMediaTools();
  const place = { region, accountId };
  const dir = (service: string): string => join(dataDir, service);
  const faults = new Faults();
  // What the program declares is undisturbed: trouble begins with the work.
  let disturbances: Disturbances | undefined;
  const slots = createSlots(heavyJobs);
  const iam = createIam({ accountId, seed: seedOf(dataDir) });
  const authorizer = iam;
  let address: string | undefined;
  const endpoint = (): string => {
    if (address === undefined) throw new Error("The wire does not listen yet.");
    return address;
  };

  const sqs = createSqs({ dir: dir("sqs"), ...place, authorizer });
  const lambda = createLambda({ dir: dir("lambda"), ...place, endpoint, authorizer, queues: sqs, putResourcePolicy: iam.putResourcePolicy, log });
  const machines: StateMachines = { start: (...target) => states.startFor(...target) };
  const events = createEvents({ ...place, queues: sqs, functions: lambda, machines, log });
  const publish: EventBus["publish"] = async (event) => {
    await guardduty.take(event);
    await events.publish(event);
    if (disturbances?.ofEvent()) await events.publish(event);
  };
  const s3 = createS3({ dir: dir("s3"), ...place, authorizer, publish, log, beforeWrite: () => disturbances?.ofWrite() });
  const guardduty = createGuardDuty({ dir: dir("guardduty"), ...place, store: s3, authorizer, faults, publish, log });
  const laid = openLaidObjects(dir("laid"));
  const dynamodb = await createDynamoDb({ dir: dir("dynamodb"), ...place });
  const states = createStates({ dir: dir("states"), ...place, endpoint, authorizer, publish, log, waitScale });
  const media = { region, account: accountId, tools, store: s3, authorizer, slots, faults, log };
  const mediaconvert = createMediaConvert({ folder: dir("mediaconvert"), ...media });
  const rekognition = createRekognition({ folder: dir("rekognition"), ...media });
  const cloudwatch = createCloudWatch({ dir: dir("cloudwatch"), ...place });
  const sts = createSts({ accounts: (id) => (id === accountId ? iam : organization.account(id)?.iam) });
  const sagemaker = createSageMaker({ folder: dir("sagemaker"), ...media, publish, alarms: cloudwatch, waitScale });
  const ecs = createEcs({ folder: dir("ecs"), ...media, endpoint, image: sagemaker.image });
  const bedrock = createBedrock({ region, faults });
  const secretsmanager = createSecretsManager({ region });
  const cloudfront = createCloudFront({ store: s3, authorizer, reader: iam.administrator.caller });
  const cognito = createCognito({ dir: dir("cognito"), region, functions: lambda });
  const apiGateway = createApiGateway({ functions: lambda, authorizer, issuers: cognito, log });

  const wire = await startWire({
    iam,
    port,
    log,
    disturbances: { ofCall: (name) => disturbances?.ofCall(name) },
    refusal: (service, operation) => faults.refusal(service, operation),
    elsewhere: (accessKeyId) => (iam.resolve(accessKeyId) ? undefined : organization.accountOf(accessKeyId)?.endpoint),
    services: [
      s3,
      ...sagemaker.services,
      ...[sqs, lambda, events, dynamodb, states, mediaconvert, rekognition, ecs, bedrock, secretsmanager, cloudwatch, sts].map(({ service }) => service),
    ],
  });
  address = wire.endpoint;
  const leave = organization.join({ accountId, endpoint: wire.endpoint, iam });

  return {
    endpoint: wire.endpoint,
    region,
    accountId,
    faults,
    iam,
    sqs,
    lambda,
    events,
    s3,
    guardduty,
    laid,
    dynamodb,
    states,
    mediaconvert,
    rekognition,
    sagemaker,
    ecs,
    bedrock,
    secretsmanager,
    cloudfront,
    cloudwatch,
    cognito,
    apiGateway,

    /** Goes on with jobs, events, messages and executions that were under way when an earlier process ended. */
    async start(): Promise<void> {
      disturbances = wanted;
      for (const service of [mediaconvert, rekognition, sagemaker, ecs]) service.start();
      await states.start();
      lambda.start();
      guardduty.start();
      s3.start();
    },

    /** Ends all work in hand; a later process goes on with it. */
    async close(): Promise<void> {
      leave();
      await events.close();
      await states.close();
      await lambda.close();
      await Promise.all([mediaconvert.close(), rekognition.close(), sagemaker.close(), ecs.close()]);
      // Before S3: a scan under way would take a closed store for a lost object.
      await guardduty.close();
      await s3.close();
      laid.close();
      cloudwatch.close();
      sqs.close();
      await wire.close();
      await dynamodb.close();
    },
  };
}

/** A secret of this data folder: whoever does not know it can't sign as any role. */
function seedOf(dataDir: string): string {
  const file = join(dataDir, "seed");
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(file, randomBytes(32).toString("hex"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(file, "utf8");
}
