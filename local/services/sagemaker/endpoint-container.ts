import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MediaTools } from "../../media/tools.ts";
import { type Caller, ServiceError } from "../../wire/service.ts";
import { lastLines } from "../jobs/child-process.ts";
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

export interface EndpointContainer {
  /** Where the container answers; starts it if it does not run. Throws ServiceUnavailable with its last lines if it does not come up. */
  url(): Promise<string>;
  close(): Promise<void>;
}

interface Running {
  readonly url: string;
  /** How the process ended, once it has. */
  readonly ended: Promise<string>;
}

/** How long a container may take until its first healthy ping. (ProductionVariant.ContainerStartupHealthCheckTimeoutInSeconds, lowest value) */
const startSeconds = 60;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("The machine gave no port.");
  return address.port;
}

/** The inference container of one endpoint: started when first needed, and again after it has died. */
export function createEndpointContainer(
  name: string,
  folder: string,
  options: { store: ObjectStore; tools: MediaTools; log: Log; hosting: () => Hosting },
): EndpointContainer {
  const closing = new AbortController();
  let running: Promise<Running> | undefined;

  async function start(): Promise<Running> {
    const { image, role, environment, modelDataPrefix } = options.hosting();
    const root = join(folder, "opt-ml");
    await rm(folder, { recursive: true, force: true });
    if (modelDataPrefix !== undefined) await download(options.store, role, modelDataPrefix, join(root, "model"));
    const port = await freePort();
    // A container has a network of its own and listens on all of it; here the loopback stands for that network.
    const own = { SAGEMAKER_BIND_TO_PORT: String(port), BIND_ADDRESS: "127.0.0.1" };
    const child = await startContainer(image, { root, arguments: ["serve"], environment: { ...environment, ...own }, signal: closing.signal }, options.tools);
    options.log(`sagemaker endpoint ${name} starting on port ${port}`);
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
      options.log(`sagemaker endpoint ${name} ended: ${how}`);
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
      if (end !== undefined) throw new ServiceError("ServiceUnavailable", `The container of endpoint ${name} ended before it was healthy: ${end}`, 503);
      const answer = await fetch(`${url}/ping`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.status === 200) return;
      await sleep(100);
    }
    throw new ServiceError("ServiceUnavailable", `The container of endpoint ${name} did not answer GET /ping with 200 within ${startSeconds} s.`, 503);
  }

  return {
    async url() {
      closing.signal.throwIfAborted();
      running ??= start().catch((error: unknown) => {
        running = undefined;
        throw error;
      });
      return (await running).url;
    },
    async close() {
      closing.abort();
      await running?.then(({ ended }) => ended).catch(() => {});
      await rm(folder, { recursive: true, force: true });
    },
  };
}
