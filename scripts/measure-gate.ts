import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { classificationLine } from "../contracts/analyser-result.ts";
import { groundTruth } from "../contracts/ground-truth.ts";
import { outOfBodyLabel, outOfBodySpans } from "../functions/prepare/out-of-body.ts";
import { CommandError, main, UsageError } from "../local/cli/command.ts";
import { gate } from "../models/catalogue.ts";
import { analyseFrames } from "../models/serving/analyse-frames.ts";
import { type ModelFolder, readModelFolder } from "../models/serving/model-folder.ts";
import { type Outcome, outcomeOf } from "./gate/missed.ts";
import { reportOf, withReport } from "./gate/report.ts";

/** How the operations are drawn. No network was trained, chosen or tested on these seeds (models/training/generated.py). */
const drawing = { firstSeed: 20001, seconds: 60, framesPerSecond: 12, width: 640, height: 360 } as const;
const defaultCount = "40";
const root = join(import.meta.dirname, "..");

/** Draws an operation unless the folder holds it. */
async function draw(seed: number, folder: string): Promise<void> {
  const video = join(folder, `${seed}.mp4`);
  // The truth is written last: with it the video is whole.
  if (existsSync(join(folder, `${seed}.truth.json`))) return;
  const { seconds, framesPerSecond, width, height } = drawing;
  const options = ["--out", video, "--seed", `${seed}`, "--seconds", `${seconds}`, "--fps", `${framesPerSecond}`, "--size", `${width}x${height}`];
  const child = spawn(process.execPath, [join(root, "models/synthetic/cli.ts"), ...options], { stdio: ["ignore", "ignore", "inherit"] });
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new CommandError(`Operation ${seed} could not be drawn.`);
}

/** Looks at a drawn operation as the gate does, and compares with the truth. */
async function measure(seed: number, folder: string, network: ModelFolder): Promise<{ outcome: Outcome; generator: string }> {
  const { media, outOfBody, origin } = groundTruth.parse(JSON.parse(await readFile(join(folder, `${seed}.truth.json`), "utf8")));
  const outputFolder = await mkdtemp(join(tmpdir(), "svp-gate-"));
  try {
    const { outputs } = await analyseFrames({
      ...{ video: join(folder, `${seed}.mp4`), width: media.width, height: media.height, frameRate: media.frameRate, frameCount: media.frameCount },
      ...{ sampleRate: gate.sampleRate, models: [network], signals: false, excluded: [], outputFolder },
    });
    const [output] = outputs;
    if (output?.status !== "SUCCEEDED") throw new CommandError(`Operation ${seed} could not be looked at: ${output?.error ?? "no result"}.`);
    const label = output.labels.indexOf(outOfBodyLabel);
    const lines = (await readFile(join(outputFolder, output.file), "utf8")).trimEnd().split("\n");
    const samples = lines.map((line) => classificationLine.parse(JSON.parse(line))).map(({ frame, scores }) => ({ frame, score: scores[label] as number }));
    const covered = outOfBodySpans(samples, network.model.threshold, media.frameCount);
    return { outcome: outcomeOf(covered, outOfBody, media.frameCount, media.frameRate.den / media.frameRate.num), generator: origin.version };
  } finally {
    await rm(outputFolder, { recursive: true });
  }
}

if (import.meta.main)
  await main({
    help: `
npm run gate:measure -- --data DIR [--operations N] [--write]

Measures what the privacy gate misses: draws operations that no network was trained on into DIR (those that it lacks; 15 s and 10 MB each),
looks at them as the platform does, and tells how many seconds an hour the camera is outside the patient and not covered, and
covered without need.

  --data DIR        folder of drawn operations
  --operations N    how many; ${defaultCount} unless given
  --write           renews operatingPoint in the network's model.json, and its card
  -h, --help        this text

Exit code: 0 measured; 1 failed; 2 wrong usage.`,
    options: { data: { type: "string" }, operations: { type: "string" }, write: { type: "boolean" } },
    positionals: [],
    async run({ data, operations = defaultCount, write = false }) {
      if (data === undefined) throw new UsageError("--data must name a folder for the drawn operations.");
      if (!/^[1-9]\d*$/.test(operations)) throw new UsageError(`--operations must be a number above 0, not "${operations}".`);
      const count = Number(operations);
      const [id, ...others] = gate.models;
      if (id === undefined || others.length > 0) throw new CommandError(`The gate runs ${gate.models.length} networks; what one misses can be measured.`);
      const network = await readModelFolder(join(root, "models"), id);
      await mkdir(data, { recursive: true });
      const outcomes: Outcome[] = [];
      const generators = new Set<string>();
      for (let seed = drawing.firstSeed; seed < drawing.firstSeed + count; seed++) {
        await draw(seed, data);
        const { outcome, generator } = await measure(seed, data, network);
        outcomes.push(outcome);
        generators.add(generator);
        process.stderr.write(
          `${seed}: ${outcome.missed.toFixed(2)} s of ${outcome.outside.toFixed(2)} s outside missed, ${outcome.needless.toFixed(2)} s covered without need\n`,
        );
      }
      const drawn = { ...drawing, count, generator: [...generators].sort().join(" and "), sampleRate: gate.sampleRate };
      const { operatingPoint, card } = reportOf(outcomes, network.model.threshold, drawn);
      if (write) {
        const description = join(root, "models", id, "model.json");
        const held = JSON.parse(await readFile(description, "utf8")) as object;
        await writeFile(description, `${JSON.stringify({ ...held, operatingPoint }, undefined, 2)}\n`);
        const cardFile = join(root, "models", id, "card.md");
        await writeFile(cardFile, withReport(await readFile(cardFile, "utf8"), card));
      }
      process.stdout.write(`${JSON.stringify(operatingPoint, undefined, 2)}\n\n${card}`);
      return 0;
    },
  });
