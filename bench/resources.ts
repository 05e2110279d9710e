import { type SpawnOptions, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import type { Sample } from "./measurement.ts";

/** Clock ticks a second in /proc; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;
/** Milliseconds between two looks at the memory of a process tree. */
const memoryInterval = 100;

/**
 * Runs a command and measures it. Processor seconds are what the kernel added to this process's account of children it
 * waited for (`cutime` and `cstime`, proc(5)): the command, its threads, and every process that it waited for itself,
 * to 10 ms. Nothing else may run as a child meanwhile. Throws with the command's own words if it fails.
 */
export async function measureCommand(
  row: string,
  command: string,
  args: readonly string[],
  options: Pick<SpawnOptions, "env" | "cwd"> = {},
): Promise<{ sample: Sample; output: string }> {
  const cpuBefore = childSeconds();
  const started = performance.now();
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let peakMemoryBytes = 0;
  const watch = setInterval(() => {
    if (child.pid !== undefined) peakMemoryBytes = Math.max(peakMemoryBytes, treeMemory(child.pid));
  }, memoryInterval);
  const exit = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  const [output, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]).finally(() => clearInterval(watch));
  const wallSeconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`${row}: ${command} failed (exit ${code}): ${(complaint + output).trim().slice(-1000)}`);
  return { sample: { row, cpuSeconds: childSeconds() - cpuBefore, wallSeconds, peakMemoryBytes }, output };
}

/** Processor seconds of all children that this process has waited for. */
function childSeconds(): number {
  // The second field is the command's name in brackets and may hold spaces; the fields after it are counted from 3.
  const fields = readFileSync("/proc/self/stat", "latin1").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[16 - 3]) + Number(fields[17 - 3])) / ticksPerSecond;
}

/** Resident memory of a process and all below it, in bytes; shared pages count for each. */
function treeMemory(pid: number): number {
  try {
    const own = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? "0";
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "latin1").split(" ").filter(Boolean),
    );
    return Number(own) * 1024 + children.reduce((sum, child) => sum + treeMemory(Number(child)), 0);
  } catch {
    return 0; // It has just ended.
  }
}
