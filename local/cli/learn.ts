import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { staleSweep } from "../../contracts/stale.ts";
import { type LoopResult, playLoop, type Run } from "../learning/demo.ts";
import { writeClip } from "../learning/demo-cases.ts";
import { openPlatform } from "../platform.ts";
import { whyNoTraining } from "../python.ts";
import { root } from "../root.ts";
import { CommandError, main, UsageError } from "./command.ts";
import { differenceTable } from "./dataset-tables.ts";
import { staleText } from "./stale-table.ts";
import { withPlatform } from "./with-platform.ts";

await main({
  help: `
npm run learn -- demo [--steps N] [--json] [--data DIR]
npm run learn -- stale [--remove] [--json] [--data DIR]

"demo" plays the learning loop on this machine, with the beginning of the sample as three operations (docs/learning.md): analyses, corrections, a dataset
version, the training pipeline, the quality gate, approval, deployment, and an analysis with the new version. The gate refuses a network
that had no time to learn first, and takes the one that had. The three operations are one drawing, so the figures say that the
loop works, and nothing of how good a network is. It needs a Python that trains: npm run verify:python prepares one.

"stale" lists what learning and deploying left behind and nothing uses, as the schedule would remove it: files of trainings and
experiments, earlier fleets of endpoints, and versions that nobody decided about.

  --steps N     of training (default: 60)
  --remove      remove what is listed, and reject those versions
  --json        print what came of it as JSON
  --data DIR    folder of the local cloud (default of demo: one that is removed; of stale: .svp)
  -h, --help    this text

Exit code: 0 the loop closed, or the list is whole; 1 not; 2 wrong usage.`,
  options: { steps: { type: "string" }, remove: { type: "boolean" }, json: { type: "boolean" }, data: { type: "string" } },
  positionals: ["demo or stale"],
  async run({ steps = "60", remove = false, json, data }, [command]) {
    if (command === "stale") {
      const swept = staleSweep.parse(await withPlatform(data, (client) => client.invoke("staleSweepFunction", { remove })));
      process.stdout.write(json ? `${JSON.stringify(swept, null, 2)}\n` : `${staleText(swept).join("\n")}\n`);
      return 0;
    }
    if (command !== "demo") throw new UsageError(`"${command}" is not a command.`);
    if (remove) throw new UsageError("--remove is of stale.");
    if (!/^[1-9]\d{0,5}$/.test(steps)) throw new UsageError(`--steps must be a whole number above 0, not "${steps}".`);
    const lacking = whyNoTraining();
    if (lacking !== undefined) throw new CommandError(lacking);
    const folder = await mkdtemp(join(tmpdir(), "svp-learn-"));
    const began = Date.now();
    const tell = (line: string): void => void process.stderr.write(`${((Date.now() - began) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);
    try {
      const clip = join(folder, "operation.mp4");
      await writeClip(clip);
      const platform = await openPlatform({ root, dataDir: data === undefined ? join(folder, "data") : resolve(data) });
      try {
        const result = await playLoop({ session: platform.session, clip, steps, tell });
        process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : `\n${summary(result).join("\n")}\n`);
      } finally {
        await platform.close();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return 0;
  },
});

function summary({ dataset, refused, trained, registered, versions, inUse, next }: LoopResult): string[] {
  return [
    "What people corrected:",
    ...indented(differenceTable(dataset.diff)),
    ...indented([`${dataset.saidByPeople} frames are labelled by people.`]),
    "",
    "The gate refuses a network that had no time to learn:",
    ...indented(metrics(refused)),
    ...indented([`${refused.failureReason}`, `${versions.afterRefusal} versions in the registry`]),
    "",
    "The gate takes the one that had:",
    ...indented(metrics(trained)),
    ...indented([`${versions.afterTraining} version in the registry`]),
    "",
    "Approval:",
    ...indented([
      `version ${registered.version} of the registry (${trained.gate.version}, ${trained.gate.sha256.slice(0, 12)}): ${registered.statusBefore} -> ${registered.statusAfter}`,
      `in use: ${inUse.before} -> ${inUse.after}`,
      `the next analysis says ${next.version}, ${next.digest?.slice(0, 12)}`,
    ]),
    "",
    "Coverage of that analysis:",
    ...indented(next.coverage.map(({ analyser, status, share }) => `${analyser}: ${status.toLowerCase()}, ${(100 * share).toFixed(0)} %`)),
  ];
}

function metrics({ gate, perPhase }: Run): string[] {
  const row = (name: string, before: number, after: number): string => `${name.padEnd(28)}${before.toFixed(3).padStart(10)} -> ${after.toFixed(3)}`;
  return [
    row(gate.headline, gate.incumbent, gate.candidate),
    ...perPhase.map(({ label, before, after }) => row(`F1 of ${label}`, before, after)),
    ...gate.reasons,
  ];
}

/** A declaration: `main` above runs before anything below it is made. */
function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
