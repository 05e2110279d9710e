import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { kindsHelp, parseDisturbances } from "../disturbances.ts";
import { findMediaTools } from "../media/tools.ts";
import { root } from "../root.ts";
import { type Accepted, brokenPromises } from "../soak/invariants.ts";
import { Power } from "../soak/power.ts";
import { soak } from "../soak/soak.ts";
import { main, UsageError } from "./command.ts";

const usual = "throttle=0.02,error=0.01,slow=0.02,drop=0.01,duplicate=0.3,full=0.005,seed=1";

await main({
  help: `
npm run soak -- [--cases N] [--cuts N] [--faults LIST] [--keep]

Has videos uploaded, analysed and corrected on a local cloud of its own while calls fail, events come twice, the disk is full and the power
is cut, by chance; then checks that nothing was promised in vain: every video that was accepted has exactly one end, no work was paid for
twice, the findings of a video are the same whatever happened, no correction is lost, nothing is left over.

  --cases N     videos (default: 4)
  --cuts N      times that the power is cut (default: 2)
  --faults LIST shares from 0 to 1, and a seed (default: ${usual}):
                ${kindsHelp}
  --keep        keep the folder of the local cloud, and say where it is
  -h, --help    this text

Exit code: 0 every promise was kept; 1 one was not; 2 wrong usage.`,
  options: { cases: { type: "string" }, cuts: { type: "string" }, faults: { type: "string" }, keep: { type: "boolean" } },
  positionals: [],
  async run({ cases = "4", cuts = "2", faults = usual, keep }) {
    for (const [name, value] of Object.entries({ cases, cuts }))
      if (!/^\d{1,5}$/.test(value)) throw new UsageError(`--${name} must be a whole number, not "${value}".`);
    try {
      parseDisturbances(faults);
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
    const folder = await mkdtemp(join(tmpdir(), "svp-soak-"));
    const dataDir = join(folder, "data");
    const power = new Power(dataDir, faults);
    try {
      const video = await shortVideo(folder);
      await power.on();
      const tell = (line: string): void => void process.stdout.write(`${line}\n`);
      const accepted = await soak(power, { video, cases: Number(cases), cuts: Number(cuts), corrections: 3, tell });
      await settle(power);
      const broken = await brokenInTheEnd(power, dataDir, accepted);
      for (const promise of broken) tell(promise);
      tell(
        `${accepted.length} videos accepted, ${accepted.filter(({ status }) => status === "COMPLETE").length} complete, ${power.cuts} power cuts: ${
          broken.length === 0 ? "every promise was kept" : `${broken.length} promises were broken`
        }.`,
      );
      return broken.length === 0 ? 0 : 1;
    } finally {
      await power.off();
      if (keep) process.stdout.write(`Kept in ${dataDir}.\n`);
      else await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
});

/** A few seconds of the sample operation: what it shows is not the point. */
async function shortVideo(folder: string): Promise<string> {
  const { ffmpeg } = await findMediaTools();
  const video = join(folder, "short.mp4");
  const args = ["-nostdin", "-v", "error", "-ss", "6", "-t", "4", "-i", join(root, "samples/laparoscopy.mp4"), "-an", "-c:v", "libx264", "-preset", "veryfast"];
  await promisify(execFile)(ffmpeg, [...args, video]);
  return video;
}

/** What is broken once all is quiet: a message that met trouble comes again only when its time is up, so that those that are left are given some. */
async function brokenInTheEnd(power: Power, dataDir: string, accepted: readonly Accepted[]): Promise<string[]> {
  for (let round = 0; ; round++) {
    await power.off();
    const broken = brokenPromises(dataDir, accepted);
    if (broken.length === 0 || round === 3) return broken;
    await power.on();
    await new Promise((wake) => setTimeout(wake, 20_000));
  }
}

/** Waits for what comes after the analyses: reports, and messages that are on their way; at most two minutes. */
async function settle(power: Power): Promise<void> {
  for (const since = Date.now(); Date.now() - since < 120_000; await new Promise((wake) => setTimeout(wake, 500))) {
    const cases = await power.client.cases().catch(() => undefined);
    if (cases === undefined) continue;
    const written = await Promise.all(
      cases.map(({ caseId, runId, status }) => (status === "COMPLETE" || status === "PARTIAL" ? power.client.reported(caseId, runId as string) : true)),
    );
    if (written.every(Boolean)) break;
  }
  await new Promise((wake) => setTimeout(wake, 5000));
}
