import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { InvokeEndpointAsyncCommand } from "@aws-sdk/client-sagemaker-runtime";
import { parseUri } from "../../../contracts/keys.ts";
import { endpointClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import { s3Lake } from "../../runtime/lake.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { PROCESSED_BUCKET } = readEnvironment(["PROCESSED_BUCKET"]);
  const s3 = s3Client();
  const runtime = endpointClient();
  return {
    lake: s3Lake(s3, PROCESSED_BUCKET),
    now: Date.now,
    isThere: (uri) => isThere(s3, uri),
    async ask({ endpoint, input, attributes, answersPath, ttlSeconds }) {
      const { OutputLocation, FailureLocation } = await runtime.send(
        new InvokeEndpointAsyncCommand({
          EndpointName: endpoint,
          InputLocation: input,
          ContentType: "video/mp2t",
          Accept: "application/jsonlines",
          CustomAttributes: attributes,
          S3OutputPathExtension: answersPath,
          RequestTTLSeconds: ttlSeconds,
        }),
      );
      if (OutputLocation === undefined || FailureLocation === undefined) throw new BrokenContract("The endpoint doesn't tell where it will answer.");
      return { output: OutputLocation, failure: FailureLocation };
    },
  };
}

async function isThere(s3: S3Client, uri: string): Promise<boolean> {
  const { bucket, key } = parseUri(uri);
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch (error) {
    if ((error as Error).name === "NotFound") return false;
    throw error;
  }
}
