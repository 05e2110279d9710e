import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findMediaTools } from "./media/tools.ts";
import { createApiGateway } from "./services/api-gateway/index.ts";
import { createCognito } from "./services/cognito/index.ts";
import { createDynamoDb } from "./services/dynamodb/index.ts";
import { createEvents } from "./services/events/index.ts";
import { createIam } from "./services/iam/iam.ts";
import { createSlots } from "./services/jobs/slots.ts";
import { createLambda } from "./services/lambda/index.ts";
import { createMediaConvert } from "./services/mediaconvert/service.ts";
import { createRekognition } from "./services/rekognition/service.ts";
import { createS3 } from "./services/s3/s3.ts";
import { createSageMaker } from "./services/sagemaker/service.ts";
import { Faults, type Log, type StateMachines } from "./services/seams.ts";
import { createSqs } from "./services/sqs/index.ts";
import { createStates } from "./services/states/index.ts";
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
  readonly log: Log;
}

/** Heavy jobs that run at a time, of all services together: as many as keep two cores busy. */
const heavyJobs = 2;

export type Cloud = Awaited<ReturnType<typeof openCloud>>;

/**
 * Opens the local cloud: its services, wired together as AWS wires them behind its public APIs. They answer at once;
 * `start()`, once the program's resources are live, makes them go on with what an earlier process left undone.
 */
export async function openCloud({ dataDir, region, accountId, port = 0, waitScale = 1, log }: CloudOptions) {
  const tools = await findMediaTools();
  const place = { region, accountId };
  const dir = (service: string): string => join(dataDir, service);
  const faults = new Faults();
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
  const s3 = createS3({ dir: dir("s3"), ...place, authorizer, publish: events.publish, log });
  const dynamodb = await createDynamoDb({ dir: dir("dynamodb"), ...place });
  const states = createStates({ dir: dir("states"), ...place, endpoint, authorizer, publish: events.publish, log, waitScale });
  const media = { region, account: accountId, tools, store: s3, authorizer, slots, faults, log };
  const mediaconvert = createMediaConvert({ folder: dir("mediaconvert"), ...media });
  const rekognition = createRekognition({ folder: dir("rekognition"), ...media });
  const sagemaker = createSageMaker({ folder: dir("sagemaker"), ...media });
  const cognito = createCognito({ dir: dir("cognito"), region, functions: lambda });
  const apiGateway = createApiGateway({ functions: lambda, authorizer, issuers: cognito, log });

  const wire = await startWire({
    iam,
    port,
    log,
    services: [s3, ...sagemaker.services, ...[sqs, lambda, events, dynamodb, states, mediaconvert, rekognition].map(({ service }) => service)],
  });
  address = wire.endpoint;

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
    dynamodb,
    states,
    mediaconvert,
    rekognition,
    sagemaker,
    cognito,
    apiGateway,

    /** Goes on with jobs, events, messages and executions that were under way when an earlier process ended. */
    async start(): Promise<void> {
      for (const service of [mediaconvert, rekognition, sagemaker]) service.start();
      await states.start();
      lambda.start();
      s3.start();
    },

    /** Ends all work in hand; a later process goes on with it. */
    async close(): Promise<void> {
      await states.close();
      await lambda.close();
      await Promise.all([mediaconvert.close(), rekognition.close(), sagemaker.close()]);
      await s3.close();
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
