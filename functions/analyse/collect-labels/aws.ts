import { GetLabelDetectionCommand } from "@aws-sdk/client-rekognition";
import { rekognitionClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { PROCESSED_BUCKET } = readEnvironment(["PROCESSED_BUCKET"]);
  const rekognition = rekognitionClient();
  return {
    lake: s3Lake(s3Client(), PROCESSED_BUCKET),
    page: (JobId, NextToken) => rekognition.send(new GetLabelDetectionCommand({ JobId, NextToken, MaxResults: 1000, AggregateBy: "SEGMENTS" })),
  };
}
