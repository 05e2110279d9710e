import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import { endpointNetwork, imageNetworkVariables } from "../../runtime/image-inference/endpoint.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { startAfterOf } from "../../runtime/start-after.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const environment = readEnvironment(["PROCESSED_BUCKET", "START_AFTER", ...imageNetworkVariables]);
  const { PROCESSED_BUCKET: Bucket } = environment;
  const s3 = s3Client();
  return {
    startAfter: startAfterOf(environment),
    lake: s3Lake(s3, Bucket),
    images: {
      async size(Key, VersionId) {
        const { ContentLength } = await s3.send(new HeadObjectCommand({ Bucket, Key, VersionId }));
        if (ContentLength === undefined) throw new BrokenContract("S3 tells no length of an image.");
        return ContentLength;
      },
      async read(Key, VersionId) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
        if (Body === undefined) throw new BrokenContract("S3 gives no content of an image.");
        return Body.transformToByteArray();
      },
    },
    network: endpointNetwork(environment),
  };
}
