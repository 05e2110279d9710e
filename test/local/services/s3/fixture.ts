import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { createIam, type Iam } from "../../../../local/services/iam/iam.ts";
import { createS3, type S3 } from "../../../../local/services/s3/s3.ts";
import type { BusEvent } from "../../../../local/services/seams.ts";
import { startWire, type Wire } from "../../../../local/wire/server.ts";

export const accountId = "111122223333";
export const keyArn = `arn:aws:kms:us-east-1:${accountId}:key/11111111-2222-3333-4444-555555555555`;

export interface Fixture {
  readonly dir: string;
  readonly iam: Iam;
  readonly s3: S3;
  readonly wire: Wire;
  readonly events: BusEvent[];
  readonly lines: string[];
  /** Replaces what takes the events. */
  publish: (event: BusEvent) => Promise<void>;
  client(config?: S3ClientConfig): S3Client;
  /** Stops the server and starts another over the same folder. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** An S3 on the wire with the plain bucket `plain` and the versioned bucket `lake`, which sends events. */
export async function startS3(): Promise<Fixture> {
  const dir = mkdtempSync(join(tmpdir(), "s3-"));
  const clients: S3Client[] = [];
  const events: BusEvent[] = [];
  const lines: string[] = [];
  const open = async () => {
    const iam = createIam({ accountId });
    const log = (line: string) => lines.push(line);
    const s3 = createS3({ dir, authorizer: iam, region: "us-east-1", accountId, publish: (event) => fixture.publish(event), log });
    s3.start();
    s3.configureBucket("plain", {});
    s3.configureBucket("lake", { versioning: true, eventBridge: true });
    s3.start();
    return { iam, s3, wire: await startWire({ services: [s3], iam, log }) };
  };
  const stop = async () => {
    for (const client of clients.splice(0)) client.destroy();
    await fixture.wire.close();
    await fixture.s3.close();
  };
  const fixture = {
    dir,
    events,
    lines,
    publish: async (event: BusEvent) => void events.push(event),
    client(config: S3ClientConfig = {}) {
      const client = new S3Client({
        region: "us-east-1",
        endpoint: fixture.wire.endpoint,
        credentials: fixture.iam.administrator.credentials,
        maxAttempts: 1,
        ...config,
      });
      clients.push(client);
      return client;
    },
    async restart() {
      await stop();
      Object.assign(fixture, await open());
    },
    async close() {
      await stop();
      rmSync(dir, { recursive: true });
    },
  } as Omit<Fixture, "iam" | "s3" | "wire"> & { iam: Iam; s3: S3; wire: Wire };
  Object.assign(fixture, await open());
  return fixture;
}

/** Waits until `holds` is true; gives up after ten seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  if (!holds()) throw new Error(`Waited in vain until ${holds}.`);
}
