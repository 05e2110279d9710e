import { setTimeout } from "node:timers/promises";
import { DetectTextCommand } from "@aws-sdk/client-rekognition";
import { z } from "zod";
import { rekognitionClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { objectExists } from "../../runtime/object-exists.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { PROCESSED_BUCKET, TEXT_CALLS_PER_SECOND } = readEnvironment(["PROCESSED_BUCKET", "TEXT_CALLS_PER_SECOND"]);
  const rekognition = rekognitionClient();
  const s3 = s3Client();
  return {
    lake: s3Lake(s3, PROCESSED_BUCKET),
    callsPerSecond: z.coerce.number().positive().parse(TEXT_CALLS_PER_SECOND),
    now: Date.now,
    wait: (milliseconds) => setTimeout(milliseconds),
    isThere: (key) => objectExists(s3, PROCESSED_BUCKET, key),
    async detectText(key) {
      // Rekognition reads the picture with the rights of this function; no byte of it passes through here.
      const { TextDetections } = await rekognition.send(new DetectTextCommand({ Image: { S3Object: { Bucket: PROCESSED_BUCKET, Name: key } } }));
      return TextDetections ?? [];
    },
  };
}
