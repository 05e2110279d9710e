import { InvokeEndpointAsyncCommand, InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { parseUri } from "../../../contracts/keys.ts";
import { endpointClient, s3Client, segmentClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { objectExists } from "../../runtime/object-exists.ts";
import type { Deps } from "./handler.ts";

const asSegment = { ContentType: "video/mp2t", Accept: "application/jsonlines" } as const;

export function awsDeps(): Deps {
  const { PROCESSED_BUCKET } = readEnvironment(["PROCESSED_BUCKET"]);
  const s3 = s3Client();
  const queueing = endpointClient();
  const answering = segmentClient();
  return {
    lake: s3Lake(s3, PROCESSED_BUCKET),
    now: Date.now,
    isThere(uri) {
      const { bucket, key } = parseUri(uri);
      return objectExists(s3, bucket, key);
    },
    async enqueue({ endpoint, input, attributes, answersPath, ttlSeconds }) {
      const { OutputLocation, FailureLocation } = await queueing.send(
        new InvokeEndpointAsyncCommand({
          EndpointName: endpoint,
          InputLocation: input,
          ...asSegment,
          CustomAttributes: attributes,
          S3OutputPathExtension: answersPath,
          RequestTTLSeconds: ttlSeconds,
        }),
      );
      if (OutputLocation === undefined || FailureLocation === undefined) throw new BrokenContract("The endpoint doesn't tell where it will answer.");
      return { output: OutputLocation, failure: FailureLocation };
    },
    async invoke({ endpoint, attributes }, segment) {
      const { Body } = await answering.send(new InvokeEndpointCommand({ EndpointName: endpoint, ...asSegment, CustomAttributes: attributes, Body: segment }));
      return new TextDecoder().decode(Body);
    },
  };
}
