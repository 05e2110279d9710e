import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandError } from "./command.ts";

/** Where a platform is reached, and what its stack is called by. */
export interface Connection {
  /** Of everything; undefined for AWS's own. */
  readonly endpoint?: string;
  /** Address of the platform's HTTP API, without a slash at its end; undefined of a stack on AWS, where it asks for a person's token. */
  readonly api?: string;
  readonly region: string;
  /** Undefined for those that the SDK finds by itself. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
  readonly outputs: Readonly<Record<string, string>>;
}

/** What a running local cloud tells other commands of the same machine: where it listens and what its stack is called. */
export interface Session extends Connection {
  readonly pid: number;
  readonly endpoint: string;
  readonly api: string;
  /** Address of the page; null while a command runs without one. */
  readonly page: string | null;
  readonly credentials: NonNullable<Connection["credentials"]>;
}

const fileOf = (dataDir: string): string => join(dataDir, "session.json");

/** The session of the local cloud that runs on this data folder; undefined if none does. A file left by a killed process counts as none. */
export function runningSession(dataDir: string): Session | undefined {
  let session: Session;
  try {
    session = JSON.parse(readFileSync(fileOf(dataDir), "utf8"));
  } catch {
    return undefined;
  }
  return isAlive(session.pid) ? session : undefined;
}

/** Announces this process as the one that serves the data folder. */
export const writeSession = (dataDir: string, session: Session): void => writeFileSync(fileOf(dataDir), JSON.stringify(session), { mode: 0o600 });

export const removeSession = (dataDir: string): void => rmSync(fileOf(dataDir), { force: true });

/** Takes the data folder for this process, or throws: two local clouds on one folder would spoil it. Returns the release. */
export function lock(dataDir: string): () => void {
  const file = join(dataDir, "lock");
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = Number(readFileSync(file, "utf8"));
    if (holder !== process.pid && isAlive(holder))
      throw new CommandError(`Another local cloud (process ${holder}) uses ${dataDir}. Stop it, or choose another folder with --data.`);
    rmSync(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
