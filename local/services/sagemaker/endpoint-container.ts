import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MediaTools } from "../../media/tools.ts";
import { freePort } from "../../wire/free-port.ts";
import { type Caller, ServiceError } from "../../wire/service.ts";
import { lastLines } from "../jobs/child-process.ts";
import { JobError } from "../jobs/jobs.ts";
import type { Log, ObjectStore } from "../seams.ts";
import { type Image, startContainer } from "./container.ts";
import { download } from "./object-folders.ts";

/** What the container of an endpoint is started with. */
export interface Hosting {
  readonly image: Image;
  readonly role: Caller;
  readonly environment: Readonly<Record<string, string>>;
  /** `s3://` prefix of uncompressed model files, laid under /opt/ml/model. */
  readonly modelDataPrefix: string | undefined;
}

/** What goes along with a body. */
export interface InvocationHeaders {
  readonly ContentType?: string | undefined;
  readonly Accept?: string | undefined;
  readonly CustomAttributes?: string | undefined;
}

export interface Invocation {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly attributes: string | undefined;
}

export interface EndpointContainer {
  /**
   * What the container answers; starts it if it does not run. Throws ServiceUnavailable with its last lines if it does not come up,
   * ModelError with what it objects to.
   */
  invoke(headers: InvocationHeaders, body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Invocation>;
  /** Starts it if it does not run. Throws ServiceUnavailable as `invoke` does. */
  ready(): Promise<void>;
  /** Resolves when everything that it was asked so far is answered. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

interface Running {
  readonly url: string;
  /** How the process ended, once it has. */
  readonly ended: Promise<string>;
}

/** How long a container may take until its first healthy ping. (ProductionVariant.ContainerStartupHealthCheckTimeoutInSeconds, lowest value) */
const startSeconds = 60;

/** The inference container of an endpoint or a transform job: started when first needed, and again after it has died. `what` names whose it is. */
export function createEndpointContainer(
  what: string,
  folder: string,
  options: { store: ObjectStore; tools: MediaTools; log: Log; hosting: () => Hosting },
): EndpointContainer {
  const closing = new AbortController();
  let running: Promise<Running> | undefined;
  const asked = new Set<Promise<unknown>>();

  async function start(): Promise<Running> {
    const { image, role, environment, modelDataPrefix } = options.hosting();
    const root = join(folder, "opt-ml");
    await rm(folder, { recursive: true, force: true });
    if (modelDataPrefix !== undefined)
      await download(options.store, role, modelDataPrefix, join(root, "model")).catch((error: unknown) => {
        throw error instanceof JobError ? new ServiceError("ServiceUnavailable", `${what}: ${error.message}`, 503) : error;
      });
    const port = await freePort();
    // A container has a network of its own and listens on all of it; here the loopback stands for that network.
    const own = { SAGEMAKER_BIND_TO_PORT: String(port), BIND_ADDRESS: "127.0.0.1" };
    const child = await startContainer(image, { root, arguments: ["serve"], environment: { ...environment, ...own }, signal: closing.signal }, options.tools);
    options.log(`sagemaker ${what} starting on port ${port}`);
    const ended = child.exited.then(
      (exit) => `${lastLines(exit.stderr)} (${exit.code === null ? exit.signal : `exit code ${exit.code}`})`,
      (error: Error) => error.message,
    );
    const url = `http://127.0.0.1:${port}`;
    try {
      await healthy(url, ended);
    } catch (error) {
      child.kill();
      throw error;
    }
    void ended.then((how) => {
      running = undefined;
      options.log(`sagemaker ${what} ended: ${how}`);
    });
    return { url, ended };
  }

  async function healthy(url: string, ended: Promise<string>): Promise<void> {
    let end: string | undefined;
    void ended.then((how) => {
      end = how;
    });
    const deadline = Date.now() + startSeconds * 1000;
    while (Date.now() < deadline) {
      if (end !== undefined) throw new ServiceError("ServiceUnavailable", `The container of ${what} ended before it was healthy: ${end}`, 503);
      const answer = await fetch(`${url}/ping`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.status === 200) return;
      await sleep(100);
    }
    throw new ServiceError("ServiceUnavailable", `The container of ${what} did not answer GET /ping with 200 within ${startSeconds} s.`, 503);
  }

  async function up(): Promise<Running> {
    closing.signal.throwIfAborted();
    running ??= start().catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    return running;
  }

  async function invoke(
    { ContentType = "application/octet-stream", Accept = "*/*", CustomAttributes }: InvocationHeaders,
    body: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<Invocation> {
    const { url, ended } = await up();
    const headers = {
      ...{ "content-type": ContentType, accept: Accept },
      ...(CustomAttributes === undefined ? {} : { "x-amzn-sagemaker-custom-attributes": CustomAttributes }),
    };
    const answer = await fetch(`${url}/invocations`, { method: "POST", headers, body, signal }).catch(async (error: Error) => {
      // If it has died, whoever asks next finds that noticed, and starts another.
      if (!signal.aborted) await Promise.race([ended, sleep(1000)]);
      throw new ServiceError(
        "ModelError",
        `Received no answer from the container of ${what}: ${(error.cause as Error | undefined)?.message ?? error.message}`,
        424,
      );
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (!answer.ok) {
      const kind = answer.status < 500 ? "client error" : "server error";
      const said = bytes.toString("utf8").slice(0, 2000);
      const members = { OriginalStatusCode: answer.status, OriginalMessage: said };
      throw new ServiceError("ModelError", `Received ${kind} (${answer.status}) from primary with message "${said}".`, 424, members);
    }
    return {
      bytes,
      contentType: answer.headers.get("content-type") ?? "application/octet-stream",
      attributes: answer.headers.get("x-amzn-sagemaker-custom-attributes") ?? undefined,
    };
  }

  return {
    async ready() {
      await up();
    },
    invoke(headers, body, signal) {
      const answer = invoke(headers, body, signal);
      const done = answer.then(
        () => void asked.delete(done),
        () => void asked.delete(done),
      );
      asked.add(done);
      return answer;
    },
    async drained() {
      await Promise.all(asked);
    },
    async close() {
      closing.abort();
      await running?.then(({ ended }) => ended).catch(() => {});
      await rm(folder, { recursive: true, force: true });
    },
  };
}
