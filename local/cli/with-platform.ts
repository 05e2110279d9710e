import { join, resolve } from "node:path";
import { openPlatform } from "../platform.ts";
import { root } from "../root.ts";
import { PlatformClient } from "./client.ts";
import { UsageError } from "./command.ts";
import { runningSession } from "./session.ts";
import { stackConnection } from "./stack-outputs.ts";

/** Where a command's platform is: a stack on AWS, or the local cloud on a folder. */
export interface Where {
  readonly stack?: string | undefined;
  readonly data?: string | undefined;
}

/** Does something with a stack on AWS, or with a local cloud. */
export async function onPlatform<T>({ stack, data }: Where, work: (client: PlatformClient) => Promise<T>): Promise<T> {
  if (stack === undefined) return withPlatform(data, work);
  if (data !== undefined) throw new UsageError("--stack is of AWS and --data of the local cloud: give one of them.");
  return work(new PlatformClient(stackConnection(stack)));
}

/** Does something with the platform that runs on a folder, or with one of its own for as long as it takes. */
export async function withPlatform<T>(data: string | undefined, work: (client: PlatformClient) => Promise<T>): Promise<T> {
  const dataDir = resolve(data ?? join(root, ".svp"));
  const running = runningSession(dataDir);
  if (running) return work(new PlatformClient(running));
  const platform = await openPlatform({ root, dataDir });
  try {
    return await work(new PlatformClient(platform.session));
  } finally {
    await platform.close();
  }
}
