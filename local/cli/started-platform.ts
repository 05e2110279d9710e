import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "../root.ts";
import { PlatformClient } from "./client.ts";
import { runningSession, type Session } from "./session.ts";

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

  /** Starts it and waits until it serves; `faults` disturb it. Throws with its own words if it does not. */
  static async start(dataDir: string, faults?: string): Promise<StartedPlatform> {
    const args = [join(root, "local/cli/start.ts"), "--data", dataDir, "--port", "0", "--no-sample", ...(faults === undefined ? [] : ["--faults", faults])];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
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
