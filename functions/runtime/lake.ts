import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { z } from "zod";
import { parseUri, toUri } from "../../contracts/keys.ts";
import { NotFound } from "./errors.ts";
import { readLines } from "./lines.ts";
import { parseStoredJson } from "./parse.ts";

/** The processed bucket as handlers use it. Encryption is the bucket's default: its own key. */
export interface Lake {
  readonly bucket: string;
  /** `s3://` location of a key. */
  uri(key: string): string;
  /** Throws NotFound if the object is missing, BrokenContract if it doesn't match. */
  json<T>(key: string, schema: z.ZodType<T>): Promise<T>;
  text(key: string): Promise<string>;
  bytes(key: string): Promise<Uint8Array>;
  /** Lines of a JSON Lines object, streamed. Throws as {@link json} does, naming the line. `isPlainly` may spare the schema: see `parseStoredJson`. */
  lines<T>(key: string, schema: z.ZodType<T>, isPlainly?: (value: unknown) => value is T): AsyncGenerator<T, void, undefined>;
  putJson(key: string, value: unknown): Promise<void>;
  put(key: string, body: string | Uint8Array, contentType: string, contentEncoding?: "gzip"): Promise<void>;
  /** Writes what is made while it is written, in parts: never more than a few of them are held. A failure leaves no object. */
  putStream(key: string, body: AsyncIterable<string | Uint8Array>, contentType: string): Promise<void>;
}

/** A JSON object that is kept gzipped, by its `s3://` location. Throws as {@link Lake.json} does. */
export const readZipped = async <T>(lake: Pick<Lake, "bytes">, uri: string, schema: z.ZodType<T>): Promise<T> =>
  parseStoredJson(schema, gunzipSync(await lake.bytes(parseUri(uri).key)).toString(), uri);

/** S3 takes 10,000 parts of an object: 160 GB of these. */
const partBytes = 16 * 2 ** 20;

/** The lake in S3. */
export function s3Lake(s3: S3Client, bucket: string): Lake {
  const open = async (key: string) => {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (!Body) throw new NotFound(`${toUri(bucket, key)} has no content.`);
      return Body;
    } catch (error) {
      if ((error as Error).name === "NoSuchKey") throw new NotFound(`${toUri(bucket, key)} isn't there.`);
      throw error;
    }
  };
  const put: Lake["put"] = async (key, body, contentType, contentEncoding) => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType, ContentEncoding: contentEncoding }));
  };
  const text = async (key: string) => (await open(key)).transformToString();
  return {
    bucket,
    uri: (key) => toUri(bucket, key),
    text,
    bytes: async (key) => (await open(key)).transformToByteArray(),
    json: async (key, schema) => parseStoredJson(schema, await text(key), toUri(bucket, key)),
    async *lines(key, schema, isPlainly) {
      yield* readLines((await open(key)) as Readable, schema, toUri(bucket, key), isPlainly);
    },
    putJson: (key, value) => put(key, JSON.stringify(value), "application/json"),
    put,
    async putStream(key, body, contentType) {
      const Body = Readable.from(body, { objectMode: false });
      await new Upload({ client: s3, partSize: partBytes, queueSize: 2, params: { Bucket: bucket, Key: key, Body, ContentType: contentType } }).done();
    },
  };
}
