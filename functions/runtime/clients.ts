import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { RekognitionClient } from "@aws-sdk/client-rekognition";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { orTryAgain } from "./transient.ts";

/*
 * Plain SDK clients: region, credentials and endpoints come from the environment. What stays wrong after the SDK's own
 * retries, and may pass, is thrown as TryAgain.
 */

export const s3Client = (): S3Client => orTryAgain(new S3Client({}));

/**
 * For URLs that browsers open. Without `WHEN_REQUIRED` the SDK asks for checksums by headers and query parameters that
 * plain `<video>` and `fetch` requests don't carry or verify.
 */
export const presigningClient = (more: Pick<S3ClientConfig, "useAccelerateEndpoint"> = {}): S3Client =>
  new S3Client({ requestChecksumCalculation: "WHEN_REQUIRED", responseChecksumValidation: "WHEN_REQUIRED", ...more });

export const documentClient = (): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(orTryAgain(new DynamoDBClient({})), { marshallOptions: { removeUndefinedValues: true } });

/** Goes where the environment says, as all clients do, not to the host in the queue's address. */
export const queueClient = (): SQSClient => orTryAgain(new SQSClient({ useQueueUrlAsEndpoint: false }));
export const statesClient = (): SFNClient => orTryAgain(new SFNClient({}));
export const rekognitionClient = (): RekognitionClient => orTryAgain(new RekognitionClient({}));
export const registryClient = (): SageMakerClient => orTryAgain(new SageMakerClient({}));
export const secretsClient = (): SecretsManagerClient => orTryAgain(new SecretsManagerClient({}));
export const endpointClient = (): SageMakerRuntimeClient => orTryAgain(new SageMakerRuntimeClient({}));

/** One question, one answer: HTTP/1.1, as all other clients speak it. In milliseconds: models think longer than services do. */
const patient = (requestTimeout: number) => new NodeHttpHandler({ requestTimeout, throwOnRequestTimeout: true });

/**
 * For segments, which a real-time endpoint may think about for a minute: "the SDK socket timeout should be set to be 70 seconds" (API reference:
 * InvokeEndpoint). It is asked once: who asks again is the state machine, which waits in between.
 */
export const segmentClient = (): SageMakerRuntimeClient => orTryAgain(new SageMakerRuntimeClient({ requestHandler: patient(70_000), maxAttempts: 1 }));

/*
 * Models are asked once: tries of the SDK's own would take several times as long as the function that asks may live. Who waits for a busy
 * model is the state machine.
 */
export const modelClient = (requestTimeout: number): BedrockRuntimeClient =>
  orTryAgain(new BedrockRuntimeClient({ requestHandler: patient(requestTimeout), maxAttempts: 1 }));
/** SageMaker gives a container 60 seconds, and asks for a socket that waits for 70 (SageMaker API Reference, InvokeEndpoint). */
export const languageEndpointClient = (requestTimeout: number): SageMakerRuntimeClient =>
  orTryAgain(new SageMakerRuntimeClient({ requestHandler: patient(Math.min(requestTimeout, 70_000)), maxAttempts: 1 }));
export const lambdaClient = (requestTimeout: number): LambdaClient => orTryAgain(new LambdaClient({ requestHandler: patient(requestTimeout), maxAttempts: 1 }));
