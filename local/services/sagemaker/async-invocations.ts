import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { InvokeEndpointAsyncInput, InvokeEndpointAsyncOutput } from "@aws-sdk/client-sagemaker-runtime";
import { type Caller, notImplemented, type Operation, ServiceError } from "../../wire/service.ts";
import { openJobs } from "../jobs/jobs.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import { assertImplemented } from "../jobs/request.ts";
import { Faults } from "../seams.ts";
import type { Invocation, InvocationHeaders } from "./endpoint-container.ts";
import { parseS3Uri } from "./object-folders.ts";

/** A request in the queue of an endpoint. */
interface Queued {
  readonly endpoint: string;
  readonly input: string;
  readonly headers: InvocationHeaders;
  readonly output: string;
  readonly failure: string | undefined;
  readonly kmsKeyArn: string | undefined;
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly seconds: number;
}

/** Where an asynchronous endpoint puts its answers and failures, and the key that encrypts them. */
export interface AsyncOutput {
  readonly outputPath: string;
  readonly failurePath: string | undefined;
  readonly kmsKeyArn: string | undefined;
}

/** The endpoints, as their queue needs them. */
export interface AsyncEndpoints {
  /** Undefined for an endpoint that answers at once. Throws for one that does not exist. */
  outputOf(name: string | undefined): AsyncOutput | undefined;
  arn(name: string | undefined): string;
  /** What an endpoint's containers run as, which also reads inputs and writes answers. */
  role(name: string): Caller;
  invoke(name: string, headers: InvocationHeaders, body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Invocation>;
}

export interface AsyncInvocations {
  readonly invoke: Operation;
  start(): void;
  close(): Promise<void>;
}

/** Limits and defaults of the API reference, InvokeEndpointAsync. */
const ttl = { least: 60, usual: 21_600, most: 21_600 };
const runTime = { usual: 900 };
/** Largest input. (SageMaker developer guide, "Asynchronous inference") */
const largestBytes = 1024 ** 3;

/**
 * Requests that endpoints answer from a queue, one after the other: the answer, or what went wrong, becomes an object. What was
 * accepted is answered after a restart too.
 */
export function createAsyncInvocations(options: JobServiceOptions, endpoints: AsyncEndpoints): AsyncInvocations {
  const { store, faults } = options;
  const jobs = openJobs<Queued, Record<string, never>>({
    ...options,
    service: "sagemaker-asynchronous",
    folder: join(options.folder, "asynchronous"),
    // A fault is a failure that is told like any other: as an object.
    faults: new Faults(),
    nameOf: (job) => job.id,
    async run({ id, request }, { signal }) {
      const role = endpoints.role(request.endpoint);
      try {
        const { bytes, contentType } = await answer(id, request, role, signal);
        await store.put(role, ...place(request.output), { data: bytes }, { contentType, ...(request.kmsKeyArn && { kmsKeyArn: request.kmsKeyArn }) });
      } catch (error) {
        signal.throwIfAborted();
        if (request.failure !== undefined) {
          const data = (error as Error).message;
          await store.put(role, ...place(request.failure), { data }, { contentType: "text/plain", ...(request.kmsKeyArn && { kmsKeyArn: request.kmsKeyArn }) });
        }
        throw error;
      }
      return {};
    },
  });

  async function answer(id: string, request: Queued, role: Caller, signal: AbortSignal): Promise<Invocation> {
    const fault = faults.take("sagemaker-asynchronous", request.input) ?? faults.take("sagemaker-asynchronous", id);
    if (fault !== undefined) throw new Error(fault);
    if (Date.now() > request.expires) throw new Error("The request expired in the queue.");
    const { path, bytes } = await store.file(role, ...place(request.input));
    if (bytes > largestBytes) throw new Error(`The input has ${bytes} bytes; at most ${largestBytes} are allowed.`);
    const limit = AbortSignal.timeout(request.seconds * 1000);
    return endpoints.invoke(request.endpoint, request.headers, new Uint8Array(await readFile(path)), AbortSignal.any([signal, limit]));
  }

  return {
    async invoke({ Body, ...input }: InvokeEndpointAsyncInput, call): Promise<InvokeEndpointAsyncOutput> {
      call.authorize("sagemaker:InvokeEndpointAsync", endpoints.arn(input.EndpointName));
      const members = ["EndpointName", "ContentType", "Accept", "CustomAttributes", "InferenceId", "InputLocation", "S3OutputPathExtension"];
      assertImplemented("InvokeEndpointAsync", input, [...members, "RequestTTLSeconds", "InvocationTimeoutSeconds"]);
      // The wire gives every request a body, if an empty one.
      if (Body !== undefined && Body.length > 0) throw notImplemented("InvokeEndpointAsync.Body");
      const asynchronous = endpoints.outputOf(input.EndpointName);
      const problems = faultsOf(input);
      if (!asynchronous) problems.push(`Endpoint ${input.EndpointName} is not asynchronous.`);
      if (problems.length > 0 || !asynchronous) throw new ServiceError("ValidationError", problems.join(" "));
      const id = randomUUID();
      const extension = input.S3OutputPathExtension === undefined ? "" : `${input.S3OutputPathExtension}/`;
      const output = `${asynchronous.outputPath.replace(/\/?$/, "/")}${extension}${id}.out`;
      const failure = asynchronous.failurePath && `${asynchronous.failurePath.replace(/\/?$/, "/")}${id}-error.out`;
      jobs.submit(id, {
        ...{ endpoint: input.EndpointName as string, input: input.InputLocation as string, output, failure, kmsKeyArn: asynchronous.kmsKeyArn },
        headers: { ContentType: input.ContentType, Accept: input.Accept, CustomAttributes: input.CustomAttributes },
        expires: Date.now() + 1000 * (input.RequestTTLSeconds ?? ttl.usual),
        seconds: input.InvocationTimeoutSeconds ?? runTime.usual,
      });
      return { InferenceId: input.InferenceId ?? id, OutputLocation: output, ...(failure && { FailureLocation: failure }) };
    },
    start: jobs.start,
    close: jobs.close,
  };
}

const place = (uri: string): [bucket: string, key: string] => {
  const { bucket, prefix } = parseS3Uri(uri);
  return [bucket, prefix];
};

/** Everything that is wrong with a request. Each limit is that of the API reference. */
function faultsOf({ InputLocation, CustomAttributes, S3OutputPathExtension, RequestTTLSeconds, InvocationTimeoutSeconds }: InvokeEndpointAsyncInput): string[] {
  const problems: string[] = [];
  if (!/^s3:\/\/[^/]+\/.+$/.test(InputLocation ?? "")) problems.push(`InputLocation is "${InputLocation}"; it must be s3://bucket/key.`);
  if (CustomAttributes !== undefined && !/^[\x21-\x7e]{0,1024}$/.test(CustomAttributes))
    problems.push(`CustomAttributes has ${CustomAttributes.length} characters; it must be at most 1024 visible ASCII ones.`);
  if (S3OutputPathExtension !== undefined && !/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(S3OutputPathExtension))
    problems.push(`S3OutputPathExtension is "${S3OutputPathExtension}"; it must be names joined by slashes.`);
  const limits: [name: string, value: number | undefined, least: number, most: number][] = [
    ["RequestTTLSeconds", RequestTTLSeconds, ttl.least, ttl.most],
    ["InvocationTimeoutSeconds", InvocationTimeoutSeconds, 1, 3600],
  ];
  for (const [name, value, least, most] of limits) {
    if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most))
      problems.push(`${name} is ${value}; it must be ${least} to ${most}.`);
  }
  return problems;
}
