import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";

/** How a child process ended, and what it said last. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of its standard error, at most {@link stderrTailBytes}. */
  readonly stderr: string;
}

export interface Child {
  readonly process: ChildProcess;
  /** Resolves when the process has ended and its output is read. Rejects if it could not be started. */
  readonly exited: Promise<ChildExit>;
  /** Kills the process and everything that it started, at once. */
  kill(): void;
}

const stderrTailBytes = 8192;

/**
 * util-linux's `setpriv` asks the kernel to kill the child when we die, even by `kill -9`: no transcoder outlives
 * the local cloud. It replaces itself by the command, so the process id stays. Elsewhere than on Linux, children
 * notice our death only by their closed pipes.
 */
const setpriv = process.platform === "linux" ? ["/usr/bin/setpriv", "/bin/setpriv"].find((path) => existsSync(path)) : undefined;

/**
 * Starts a program, never a shell, with exactly the given environment. Its standard input is empty.
 * It leads a process group of its own, so that {@link Child.kill} reaches what it started.
 */
export function startChild(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env: Readonly<Record<string, string>>; signal?: AbortSignal; onStdout?: (chunk: Buffer) => void },
): Child {
  const [program, programArgs] = setpriv ? [setpriv, ["--pdeathsig", "KILL", "--", command, ...args]] : [command, [...args]];
  const child = spawn(program, programArgs, {
    env: options.env,
    detached: true,
    stdio: ["ignore", options.onStdout ? "pipe" : "ignore", "pipe"],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const kill = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch (error) {
      // The group is gone already.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  let stderr: Buffer = Buffer.alloc(0);
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr = Buffer.concat([stderr, chunk]).subarray(-stderrTailBytes);
  });
  if (options.onStdout) child.stdout?.on("data", options.onStdout);
  if (options.signal?.aborted) kill();
  options.signal?.addEventListener("abort", kill);
  const exited = new Promise<ChildExit>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stderr: stderr.toString("utf8") }));
  }).finally(() => options.signal?.removeEventListener("abort", kill));
  return { process: child, exited, kill };
}

/** The last lines of a program's complaints, as one sentence-sized text. */
export function lastLines(text: string, limit = 1000): string {
  const lines = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  let tail = "";
  for (const line of lines.reverse()) {
    const longer = tail === "" ? line : `${line} | ${tail}`;
    if (longer.length > limit) break;
    tail = longer;
  }
  return tail === "" ? (lines[0] ?? "").slice(0, limit) : tail;
}
