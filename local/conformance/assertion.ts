import { randomUUID } from "node:crypto";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { SFNClient } from "@aws-sdk/client-sfn";
import type { SQSClient } from "@aws-sdk/client-sqs";
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
  /** Makes a state machine in JSONata mode and runs it to its end. */
  run(definition: object, input?: unknown): Promise<{ status: string; output?: unknown; error?: string }>;
  /** Releases what was made. */
  close(): Promise<void>;
}

export type Service = "S3" | "DynamoDB" | "SQS" | "EventBridge" | "Step Functions" | "SageMaker" | "STS" | "CloudWatch";

/** One thing that AWS's documentation says of a service, as something that can be tried. */
export interface Assertion {
  /** Unique; what differences are told by. */
  readonly id: string;
  readonly service: Service;
  /** What is so, in a sentence. */
  readonly says: string;
  /** Where AWS says it. */
  readonly source: string;
  /** It needs an endpoint in service. AWS is not asked: that takes many minutes there, and an image that serves. */
  readonly needsEndpoint?: true;
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
