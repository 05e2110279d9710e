import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** Region, credentials and endpoints come from the environment, as everywhere in the SDK. */
export const s3Client = (): S3Client => new S3Client({});

/**
 * For URLs that browsers open. Without `WHEN_REQUIRED` the SDK asks for checksums by headers and query parameters that
 * plain `<video>` and `fetch` requests don't carry or verify.
 */
export const presigningClient = (): S3Client => new S3Client({ requestChecksumCalculation: "WHEN_REQUIRED", responseChecksumValidation: "WHEN_REQUIRED" });

export const documentClient = (): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } });
