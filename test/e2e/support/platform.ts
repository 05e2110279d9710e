import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlatformClient } from "../../../local/cli/client.ts";
import { runningSession, type Session } from "../../../local/cli/session.ts";
import { root } from "../../../local/root.ts";

/** A folder under the system's temporary folder, removed when the test is over. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "svp-e2e-"));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** `npm start` as a process of its own, so that it can be killed. */
export class StartedPlatform {
  readonly session: Session;
  readonly client: PlatformClient;
  readonly #process: ChildProcess;

  private constructor(session: Session, child: ChildProcess) {
    this.session = session;
    this.client = new PlatformClient(session);
    this.#process = child;
  }

  static async start(dataDir: string): Promise<StartedPlatform> {
    const child = spawn(process.execPath, [join(root, "local/cli/start.ts"), "--data", dataDir, "--port", "0", "--no-sample"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr?.on("data", (data) => {
      errors += data;
    });
    for (;;) {
      if (child.exitCode !== null) throw new Error(`The platform ended with exit code ${child.exitCode}: ${errors}`);
      const session = runningSession(dataDir);
      if (session?.pid === child.pid && session?.page) return new StartedPlatform(session, child);
      await new Promise((wake) => setTimeout(wake, 25));
    }
  }

  /** Ends the process at once, as a power cut would. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return Promise.resolve();
    return new Promise((ended) => {
      this.#process.once("exit", () => ended());
      this.#process.kill(signal);
    });
  }
}
