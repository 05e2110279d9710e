import { join, resolve } from "node:path";
import { openPlatform } from "../platform.ts";
import { root } from "../root.ts";
import { PlatformClient } from "./client.ts";
import { runningSession } from "./session.ts";

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
