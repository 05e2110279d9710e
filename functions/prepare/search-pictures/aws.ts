import { DetectTextCommand } from "@aws-sdk/client-rekognition";
import { rekognitionClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { PROCESSED_BUCKET } = readEnvironment(["PROCESSED_BUCKET"]);
  const rekognition = rekognitionClient();
  return {
    lake: s3Lake(s3Client(), PROCESSED_BUCKET),
    async detectText(key) {
      // Rekognition reads the picture with the rights of this function; no byte of it passes through here.
      const { TextDetections } = await rekognition.send(new DetectTextCommand({ Image: { S3Object: { Bucket: PROCESSED_BUCKET, Name: key } } }));
      return TextDetections ?? [];
    },
  };
}
