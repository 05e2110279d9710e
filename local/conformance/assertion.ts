import { randomUUID } from "node:crypto";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { DescribeExecutionCommand, type DescribeExecutionCommandOutput, type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { STSClient } from "@aws-sdk/client-sts";

/** What an implementation of AWS's services is asked through: plain SDK clients, and fresh resources, since only programs make those locally. */
export interface Subject {
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly events: EventBridgeClient;
  readonly states: SFNClient;
  readonly sagemaker: SageMakerClient;
  readonly sts: STSClient;
  readonly cloudwatch: CloudWatchClient;
  /** A role that SageMaker may take. */
  readonly roleArn: string;
  /** An image that models can name. */
  readonly servingImage: string;
  /** An image that training jobs can name. */
  readonly trainingImage: string;
  /** Makes a bucket and gives its name. */
  bucket(settings?: { versioned?: boolean }): Promise<string>;
  /** Makes a table with keys `pk` and `sk` and an index `by-day` with keys `list` and `day`, all texts; gives its name. */
  table(): Promise<string>;
  /** Makes a queue, with a dead-letter queue behind it if a message may be received so often only. */
  queue(settings?: { visibilitySeconds?: number; mostReceives?: number }): Promise<{ url: string; arn: string; deadLetterUrl: string }>;
  /** Makes a rule of the default bus for each pattern, all of which send what matches to one fresh queue; gives the queue's address. */
  rulesTo(patterns: readonly object[]): Promise<string>;
  /** Makes a group of model packages; gives its name. */
  modelGroup(): Promise<string>;
  /** Makes an endpoint on a configuration; done when it is in service. */
  endpoint(name: string, config: string): Promise<void>;
  /** Makes an alarm; gives its name, which begins with the prefix if one is given. */
  alarm(prefix?: string): Promise<string>;
  /** Makes a state machine in JSONata mode; gives its ARN. */
  machine(definition: object): Promise<string>;
  /**
   * Makes a bucket with a plan that scans what comes under `raw/` for malware and tags it, as a role that may read and tag as is said (if
   * nothing is, it may); gives the bucket's name, the plan's ARN, and a queue that gets what GuardDuty tells EventBridge.
   */
  protectedBucket(role?: { mayRead?: boolean; mayTag?: boolean }): Promise<{ bucket: string; planArn: string; queueUrl: string }>;
  /** Releases what was made. */
  close(): Promise<void>;
}

export type Service = "S3" | "DynamoDB" | "SQS" | "EventBridge" | "Step Functions" | "SageMaker" | "STS" | "CloudWatch" | "GuardDuty";

/** One thing that AWS's documentation says of a service, as something that can be tried. */
export interface Assertion {
  /** Unique; what differences are told by. */
  readonly id: string;
  readonly service: Service;
  /** What is so, in a sentence. */
  readonly says: string;
  /** Where AWS says it. */
  readonly source: string;
  /** Why AWS is not asked. */
  readonly notAtAws?: string;
  /** What is seen, as JSON would have it. An error of the service is seen as its name. */
  observe(subject: Subject): Promise<unknown>;
  readonly expected: unknown;
}

/** A name that no other assertion and no other run has. */
export const fresh = (): string => `conformance-${randomUUID().slice(0, 8)}`;

/** The name of the error that a call fails with, or "no error". */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "no error";
  } catch (error) {
    return (error as Error).name;
  }
}

export const pause = (milliseconds: number): Promise<void> => new Promise((wake) => setTimeout(wake, milliseconds));

/** Starts an execution of a state machine; gives its ARN. */
export async function started(states: SFNClient, stateMachineArn: string, input: unknown = {}): Promise<string> {
  const { executionArn = "" } = await states.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
  return executionArn;
}

/** Waits until an execution has ended, and describes it. */
export async function ended(states: SFNClient, executionArn: string): Promise<DescribeExecutionCommandOutput> {
  for (;;) {
    const described = await states.send(new DescribeExecutionCommand({ executionArn }));
    if (described.status !== "RUNNING") return described;
    await pause(50);
  }
}

/** An event as EventBridge sends it to a queue. */
export interface ToldEvent {
  readonly source: string;
  readonly "detail-type": string;
  readonly resources: readonly string[];
  readonly detail: { readonly [field: string]: unknown };
}

/** What rules send to a queue, until it is enough, or for 20 seconds at most. */
export async function eventsOf(sqs: SQSClient, QueueUrl: string, isEnough: (events: readonly ToldEvent[]) => boolean): Promise<ToldEvent[]> {
  const events: ToldEvent[] = [];
  for (let tries = 0; tries < 20 && !isEnough(events); tries++) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }));
    for (const { Body = "{}" } of Messages) events.push(JSON.parse(Body) as ToldEvent);
  }
  return events;
}
