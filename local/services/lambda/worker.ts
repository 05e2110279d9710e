import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Report } from "./messages.ts";

/** What a function's process is started with. */
export interface WorkerSpec {
  readonly functionName: string;
  readonly functionArn: string;
  readonly codeDir: string;
  /** File of the handler. */
  readonly module: string;
  readonly handler: string;
  readonly memoryMb: number;
  /** The whole environment: nothing of the parent's is handed on. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
}

export interface Result {
  /** JSON */
  readonly payload: string;
  readonly failed: boolean;
}

/** Milliseconds that loading a bundle may take; AWS gives 10 s, a busy small machine needs more. */
const loadLimit = 60_000;

const failure = (errorType: string, errorMessage: string): Result => ({ payload: JSON.stringify({ errorType, errorMessage, trace: [] }), failed: true });

export interface Worker {
  /** Runs one invocation; never two at a time. A function that takes longer than `timeoutMs` is killed. */
  invoke(requestId: string, event: string, timeoutMs: number): Promise<Result>;
  /** Whether the process can take another invocation. */
  alive(): boolean;
  kill(): void;
}

/** Starts a process for a function. It loads the bundle once and stays warm between invocations. */
export function startWorker({ functionName, functionArn, codeDir, module, handler, memoryMb, environment, logFile }: WorkerSpec): Worker {
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  const log = createWriteStream(logFile, { flags: "a", mode: 0o600 });
  const bootstrap = fileURLToPath(new URL("./bootstrap.ts", import.meta.url));
  const child: ChildProcess = spawn(
    process.execPath,
    [`--max-old-space-size=${memoryMb}`, "--disable-warning=ExperimentalWarning", bootstrap, module, handler, functionArn],
    {
      cwd: codeDir,
      env: environment,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });

  let ended: string | undefined;
  let receive: ((report: Report) => void) | undefined;
  const onEnd = (what: string) => {
    ended ??= what;
    log.end();
    receive?.({ type: "broken", payload: failure("Runtime.ExitError", `Runtime exited ${what}`).payload });
  };
  child.once("error", (error) => onEnd(`without starting: ${error.message}`));
  child.once("close", (code, signal) => onEnd(signal === null ? `with status ${code}` : `with signal ${signal}`));
  child.on("message", (report: Report) => receive?.(report));
  /** The next report of the process. */
  const next = () =>
    new Promise<Report>((resolve) => {
      if (ended !== undefined) resolve({ type: "broken", payload: failure("Runtime.ExitError", `Runtime exited ${ended}`).payload });
      receive = resolve;
    });
  const kill = () => {
    ended ??= "with signal SIGKILL";
    child.kill("SIGKILL");
  };
  const within = async (limit: number, report: Promise<Report>, late: Result): Promise<Report> => {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<Report>((resolve) => {
      timer = setTimeout(() => {
        kill();
        resolve({ type: "broken", payload: late.payload });
      }, limit);
    });
    return Promise.race([report, expired]).finally(() => clearTimeout(timer));
  };

  const loaded = within(loadLimit, next(), failure("Sandbox.Timedout", `Loading ${functionName} took longer than ${loadLimit / 1000} s`));
  return {
    alive: () => ended === undefined,
    kill,
    async invoke(requestId, event, timeoutMs) {
      const first = await loaded;
      if (first.type === "broken") {
        kill();
        return { payload: first.payload, failed: true };
      }
      const started = Date.now();
      log.write(`START RequestId: ${requestId}\n`);
      const done = next();
      child.send({ requestId, event, deadline: started + timeoutMs }, (error) => {
        if (error) onEnd(`before it could be called: ${error.message}`);
      });
      const late = failure("Sandbox.Timedout", `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`);
      const report = await within(timeoutMs, done, late);
      if (!log.writableEnded)
        log.write(`END RequestId: ${requestId} Duration: ${Date.now() - started} ms${report.type === "done" && !report.failed ? "" : " Failed"}\n`);
      if (report.type === "done") return { payload: report.payload, failed: report.failed };
      return { payload: report.type === "broken" ? report.payload : failure("Runtime.Unknown", "The runtime answered out of turn").payload, failed: true };
    },
  };
}
