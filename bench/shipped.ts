import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main, UsageError } from "../local/cli/command.ts";
import { benchClip } from "./clip.ts";
import { describeMachine } from "./machine.ts";
import { runRounds } from "./rounds.ts";
import { readShipped, shippedIds } from "./shipped/folders.ts";
import { inference, pictureCount } from "./shipped/inference.ts";
import { job } from "./shipped/job.ts";
import { page } from "./shipped/page.ts";
import { preprocessing } from "./shipped/preprocessing.ts";

const document = join(import.meta.dirname, "../docs/model-benchmarks.md");

await main({
  help: `
npm run bench:models -- [--quick] [--repeats N] [--write]

Measures how fast the networks are that ship, alone and in a job, and prints the page that also tells how good they are: that
is read from models/<id>/quality.json and quantisation.json, which models/training makes.

  --quick      one round on a clip of 4 s: to see that it works, not to quote
  --repeats N  how often jobs see the clip of a minute, 3 unless told: the more, the less their start weighs
  --write      write the page to docs/model-benchmarks.md
  -h, --help   this text

Exit code: 0 measured; 1 failed, or figures beside a network are of other weights; 2 wrong usage.`,
  options: { quick: { type: "boolean" }, repeats: { type: "string" }, write: { type: "boolean" } },
  positionals: [],
  async run({ quick = false, repeats: given = quick ? "1" : "3", write = false }) {
    const repeats = Number(given);
    if (!Number.isInteger(repeats) || repeats < 1) throw new UsageError(`--repeats is ${given}; it must be a whole number of at least 1.`);
    if (quick && write) throw new UsageError("--write and --quick exclude each other: quick figures are not for the document.");
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    // First, so that nobody waits for figures that can't be told.
    const shipped = await Promise.all(shippedIds.map(readShipped));
    const machine = describeMachine();
    const seconds = quick ? 4 : 60;
    const rounds = quick ? 1 : 3;
    const clip = await benchClip(seconds, log);
    const folder = await mkdtemp(join(tmpdir(), "bench-"));
    try {
      const { medians } = await runRounds([inference, preprocessing, job(repeats)], { clip, folder, quick, log }, rounds);
      const { width, height, frameRate, frameCount } = clip;
      const told = `${seconds} s, ${width} x ${height}, ${frameRate.num / frameRate.den} fps, H.264, drawn by models/synthetic`;
      const video = { frameCount: repeats * frameCount, seconds: repeats * seconds, repeats };
      const text = page({ machine, clip: told, ...video, rounds, pictures: pictureCount(quick), medians, shipped });
      if (write) await writeFile(document, text);
      process.stdout.write(text);
      return 0;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});
