import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "../../local/root.ts";
import type { Measurement, Sample } from "../measurement.ts";

const pageRow = "npm start: until the page";
const analysisRow = "npm start: until the sample is analysed";

/** (g) How long a newcomer waits after `npm ci`. */
export const start: Measurement = {
  id: "start",
  title: "Start on a fresh clone",
  baseline: pageRow,
  needs: [],
  explanation:
    "A fresh clone with its packages installed and nothing cached: seconds from `npm start` to the page's address, and to the finished analysis of the sample.",
  prepare: async ({ folder }) => {
    let run = 0;
    return [async () => measureStart(join(folder, `clone-${run++}`))];
  },
};

async function measureStart(clone: string): Promise<Sample[]> {
  execFileSync("git", ["clone", "-q", root, clone]);
  await installedPackages(join(clone, "node_modules"));
  const started = performance.now();
  const child = spawn(process.execPath, ["local/cli/start.ts", "--port", "0"], { cwd: clone, stdio: ["ignore", "pipe", "inherit"] });
  const samples: Sample[] = [];
  const reached = (row: string): void => void samples.push({ row, cpuSeconds: null, wallSeconds: (performance.now() - started) / 1000, peakMemoryBytes: null });
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith("The platform runs.")) reached(pageRow);
    if (line.startsWith("The sample operation is analysed (complete).")) {
      reached(analysisRow);
      child.kill("SIGTERM");
    }
  }
  if (child.exitCode === null) await once(child, "exit");
  if (samples.length !== 2) throw new Error("npm start did not come to the end of the sample's analysis.");
  return samples;
}

/** The packages as `npm ci` leaves them: links to ours, without what was cached beside them since. */
async function installedPackages(folder: string): Promise<void> {
  await mkdir(folder);
  for (const name of await readdir(join(root, "node_modules"))) {
    if (name === ".cache") continue;
    execFileSync("cp", ["-al", join(root, "node_modules", name), join(folder, name)]);
  }
}
