import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CreateTransformJobRequest } from "@aws-sdk/client-sagemaker";
import type { MediaTools } from "../../media/tools.ts";
import { type Caller, ServiceError } from "../../wire/service.ts";
import { type JobContext, JobError } from "../jobs/jobs.ts";
import type { Log, ObjectStore } from "../seams.ts";
import { createEndpointContainer, type Hosting } from "./endpoint-container.ts";
import { parseS3Uri } from "./object-folders.ts";

/**
 * Sends each object of the manifest to the container and stores what it answers as `<name>.out` below the output's prefix. One that
 * fails hinders no other, but in the end the job. The answers that came stay. (SDK documentation of CreateTransformJob)
 */
export async function runTransform(
  input: CreateTransformJobRequest,
  hosting: Hosting,
  name: string,
  options: { store: ObjectStore; tools: MediaTools; log: Log } & JobContext,
): Promise<Record<string, never>> {
  const { store, signal } = options;
  const { role } = hosting;
  const objects = await readManifest(store, role, input.TransformInput?.DataSource?.S3DataSource?.S3Uri as string);
  const { bucket, prefix } = parseS3Uri((input.TransformOutput?.S3OutputPath as string).replace(/\/?$/, "/"));
  const most = (input.MaxPayloadInMB ?? 6) * 2 ** 20;
  const seconds = input.ModelClientConfig?.InvocationsTimeoutInSeconds ?? 600;
  const attempts = 1 + (input.ModelClientConfig?.InvocationsMaxRetries ?? 3);
  const container = createEndpointContainer(`transform job ${name}`, join(options.folder, "container"), { ...options, hosting: () => hosting });
  const headers = { ContentType: input.TransformInput?.ContentType, Accept: input.TransformOutput?.Accept };

  async function transform(source: { bucket: string; key: string }): Promise<Buffer> {
    const { path, bytes } = await store.file(role, source.bucket, source.key);
    if (bytes > most) throw new Error(`${source.key} has ${bytes} bytes; MaxPayloadInMB allows ${most}.`);
    const body = new Uint8Array(await readFile(path));
    for (let attempt = 1; ; attempt++) {
      try {
        return (await container.invoke(headers, body, AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]))).bytes;
      } catch (error) {
        signal.throwIfAborted();
        // What the container objects to, it will object to again.
        if (attempt >= attempts || /client error/.test((error as Error).message)) throw error;
      }
    }
  }

  const failures: string[] = [];
  try {
    for (const [i, object] of objects.entries()) {
      try {
        const data = await transform(object);
        const KmsKeyId = input.TransformOutput?.KmsKeyId;
        await store.put(role, bucket, `${prefix}${object.name}.out`, { data }, KmsKeyId === undefined ? {} : { kmsKeyArn: KmsKeyId });
      } catch (error) {
        signal.throwIfAborted();
        failures.push((error as Error).message);
      }
      options.progress((100 * (i + 1)) / objects.length);
    }
  } finally {
    await container.close();
  }
  if (failures.length > 0) throw new JobError(`ClientError: ${failures.length} of ${objects.length} objects failed; the first: ${failures[0]}`);
  return {};
}

/** The objects of a manifest: `[{"prefix": "s3://bucket/folder/"}, "name", ...]`. Throws a JobError if it is none. */
async function readManifest(store: ObjectStore, role: Caller, uri: string): Promise<{ bucket: string; key: string; name: string }[]> {
  const { bucket, prefix: key } = parseS3Uri(uri);
  try {
    const entries: unknown = JSON.parse(await readFile((await store.file(role, bucket, key)).path, "utf8"));
    const [first, ...names] = Array.isArray(entries) ? (entries as unknown[]) : [];
    const base = (first as { prefix?: unknown } | undefined)?.prefix;
    if (typeof base !== "string" || names.length === 0 || !names.every((name) => typeof name === "string"))
      throw new JobError('ClientError: The manifest must be a prefix, {"prefix": "s3://bucket/folder/"}, and the names of at least one object below it.');
    const place = parseS3Uri(base);
    return names.map((name) => ({ bucket: place.bucket, key: place.prefix + name, name }));
  } catch (error) {
    if (error instanceof SyntaxError) throw new JobError(`ClientError: The manifest is no JSON: ${error.message}`);
    throw error instanceof ServiceError ? new JobError(`ClientError: ${error.message}`) : error;
  }
}
