import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchClip } from "./clip.ts";
import { describeMachine } from "./machine.ts";
import { measurements, select } from "./registry.ts";
import { markdown, plainTables, type Report } from "./report.ts";
import { runRounds } from "./rounds.ts";

const document = join(import.meta.dirname, "../docs/benchmarks.md");
const help = `usage: npm run bench -- [--only ID,ID] [--quick] [--write]

Measures how fast the platform is, on a drawn operation of 60 s, full HD, 25 fps.

  --only ID,ID  only these measurements, and what they need: ${measurements.map(({ id }) => id).join(", ")}
  --quick       one round on a clip of 12 s: to see that it works, not to quote
  --write       write the figures to docs/benchmarks.md
`;

interface Options {
  readonly ids: readonly string[];
  readonly quick: boolean;
  readonly write: boolean;
}

function readOptions(args: readonly string[]): Options | "help" {
  const options = { only: { type: "string" }, quick: { type: "boolean" }, write: { type: "boolean" }, help: { type: "boolean" } } as const;
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) return "help";
  const ids = values.only?.split(",").filter(Boolean) ?? measurements.map(({ id }) => id);
  select(ids);
  if (values.write && values.quick) throw new Error("--write and --quick exclude each other: quick figures are not for the document.");
  if (values.write && values.only !== undefined) throw new Error("--write and --only exclude each other: the document holds every measurement of one run.");
  return { ids, quick: values.quick ?? false, write: values.write ?? false };
}

async function bench({ ids, quick, write }: Options): Promise<void> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const rounds = quick ? 1 : 3;
  const seconds = quick ? 12 : 60;
  const clip = await benchClip(seconds, log);
  const machine = describeMachine();
  const chosen = select(ids);
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    const { medians, rows } = await runRounds(chosen, { clip, folder, quick, log }, rounds);
    const { width, height, frameRate } = clip;
    const report: Report = {
      machine,
      clip: `${seconds} s, ${width} x ${height}, ${frameRate.num / frameRate.den} fps, H.264, drawn by models/synthetic`,
      rounds,
      measurements: chosen,
      medians,
      rows,
    };
    process.stdout.write(plainTables(report));
    if (write) await writeFile(document, markdown(report));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

let options: ReturnType<typeof readOptions> | undefined;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n\n${help}`);
  process.exitCode = 2;
}
if (options === "help") process.stdout.write(help);
else if (options) {
  await bench(options).catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
