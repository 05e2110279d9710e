import { createReadStream, createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { ObjectLocation } from "../../contracts/primitives.ts";
import type { Objects } from "./convert.ts";

/** S3 takes 10,000 parts of an object: 320 GB of these. */
const partBytes = 32 * 2 ** 20;

/** Objects of S3. Region, credentials and endpoint come from the environment; encryption is the bucket's default, its own key. */
export function s3Objects(s3 = new S3Client({})): Objects {
  const named = ({ bucket, key, versionId }: ObjectLocation) => ({ Bucket: bucket, Key: key, ...(versionId !== undefined && { VersionId: versionId }) });
  return {
    async download(from, file, abortSignal) {
      const { Body } = await s3.send(new GetObjectCommand(named(from)), { abortSignal });
      if (!Body) throw new Error("The video has no content.");
      await pipeline(Body as Readable, createWriteStream(file), { signal: abortSignal });
    },
    async upload(file, to, ContentType, abortSignal) {
      const abortController = new AbortController();
      abortSignal.addEventListener("abort", () => abortController.abort(), { once: true });
      const params = { ...named(to), Body: createReadStream(file, { highWaterMark: 2 ** 20 }), ContentType };
      await new Upload({ client: s3, partSize: partBytes, queueSize: 2, params, abortController }).done();
    },
    async putJson(value, to) {
      await s3.send(new PutObjectCommand({ ...named(to), Body: JSON.stringify(value), ContentType: "application/json" }));
    },
  };
}
