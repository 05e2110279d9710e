import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { modelProducer } from "../contracts/analyser-result.ts";
import type { CaseFigures } from "../contracts/drift.ts";
import { producerStatistics } from "../functions/aggregate/merge-timeline/statistics.ts";
import { compareFigures } from "../functions/learn/measure-drift/compare.ts";
import { figuresOf } from "../functions/learn/measure-drift/figures.ts";
import { CommandError, main } from "../local/cli/command.ts";
import { analysers } from "../models/catalogue.ts";
import type { ModelAnswer } from "../models/serving/inference-messages.ts";
import { type InferencePool, openInferencePool } from "../models/serving/inference-pool.ts";
import { type ModelFolder, readModelFolder } from "../models/serving/model-folder.ts";
import { readFrames } from "../models/serving/tensors.ts";
import { drawOperation } from "../models/synthetic/draw.ts";
import { cholecystectomy } from "../models/synthetic/procedures/cholecystectomy.ts";
import { hysterectomy } from "../models/synthetic/procedures/hysterectomy.ts";
import type { Procedure } from "../models/synthetic/procedures/procedure.ts";
import { random, shuffled } from "../models/synthetic/random.ts";
import { drawTables, type NetworkDrift, withTables } from "./drift/page.ts";

const page = join(import.meta.dirname, "../docs/drift.md");
/** How cases are drawn. No network was trained, chosen or tested on these seeds (models/training/generated.py). */
const drawing = { seconds: 60, frameRate: { num: 1, den: 2 }, width: 480, height: 270 } as const;
/** As a stack has them unless it says otherwise (docs/drift.md). */
const size = { baseline: 30, window: 20 } as const;
const firstSeed = { baseline: 30_001, window: 30_101, otherProcedure: 30_201 } as const;
/** Times that cases of one kind are dealt into a baseline and a window. */
const deals = 200;

/** What a window may be of: cases of the same seeds, but for another procedure, with their pictures changed. */
const kinds: readonly { title: string; change?: (picture: Sharp) => Sharp; otherProcedure?: true }[] = [
  { title: "like operations" },
  { title: "another procedure", otherProcedure: true },
  { title: "a bluer lamp (red 0.8, blue 1.2)", change: (picture) => picture.linear([0.8, 1, 1.2], [0, 0, 0]) },
  { title: "half the light", change: (picture) => picture.linear(0.5, 0) },
  { title: "a lens out of focus (blur 2 px)", change: (picture) => picture.blur(2) },
  { title: "a camera upside down", change: (picture) => picture.rotate(180) },
];

/** The pictures of an operation inside the patient, packed RGB. */
async function pictures(procedure: Procedure, seed: number): Promise<Uint8Array[]> {
  const drawn: Uint8Array[] = [];
  const write = async (frame: Uint8ClampedArray | Uint8Array): Promise<void> => void drawn.push(Uint8Array.from(frame));
  const nothing = async (): Promise<void> => {};
  const { outOfBody } = await drawOperation({ ...drawing, procedure, seed }, { write, close: nothing, abort: nothing });
  return drawn.filter((_, frame) => !outOfBody.some(({ startFrame, endFrame }) => startFrame <= frame && frame < endFrame));
}

/** What a case of these pictures comes to for each network, in their order. */
async function figuresOfCase(pool: InferencePool, folders: readonly ModelFolder[], shown: readonly Uint8Array[], change?: (picture: Sharp) => Sharp) {
  const raw = { width: drawing.width, height: drawing.height, channels: 3 } as const;
  // Changed at the size that they were drawn in: sharp would blur and enlarge in an order of its own.
  const changed = await Promise.all(shown.map((picture) => (change ? change(sharp(picture, { raw })).raw().toBuffer() : picture)));
  const answers: Record<string, ModelAnswer> = {};
  // Networks that take pictures of one size look at the same ones.
  for (const group of Map.groupBy(folders, ({ model: { input } }) => `${input.width}x${input.height}`).values()) {
    const { width, height } = (group[0] as ModelFolder).model.input;
    const bytes = width * height * 3;
    const pixels = new Uint8Array(shown.length * bytes);
    for (const [i, picture] of changed.entries())
      pixels.set(await sharp(picture, { raw }).resize(width, height, { fit: "fill", kernel: "linear" }).raw().toBuffer(), i * bytes);
    const batch = { models: group.map(({ model }) => model.id), pixels: pixels.buffer, frames: shown.length };
    Object.assign(answers, (await pool.run(batch)).answers);
  }
  const figures: CaseFigures[] = [];
  for (const { model } of folders) {
    const answer = answers[model.id];
    if (answer === undefined || "error" in answer) throw new CommandError(answer?.error ?? `Model "${model.id}" gave no answer.`);
    const statistics = producerStatistics({ producer: modelProducer(model), labels: model.labels });
    for (const line of readFrames(model, answer.tensors, shown.length, drawing) as Frame[])
      statistics.add(line.boxes ?? line.masks ?? (line.scores ?? []).map((score, label) => [label, score] as const), line.embedding);
    // Light and focus have measures of their own (models/serving/cues.ts), which no network is part of.
    const found = figuresOf(statistics.finish(), { shares: { outOfBody: 0, black: 0, blur: 0, overexposed: 0, underexposed: 0 } });
    if (found === undefined) throw new CommandError("An operation was drawn without a picture inside the patient.");
    figures.push(found);
  }
  return figures;
}

interface Frame {
  readonly scores?: readonly number[];
  readonly boxes?: readonly (readonly [label: number, score: number, ...unknown[]])[];
  readonly masks?: readonly (readonly [label: number, score: number, ...unknown[]])[];
  readonly embedding?: readonly number[];
}

/** How often cases of one kind, dealt into a baseline and a window at random, look drifted. */
function falseAlarms(cases: readonly CaseFigures[], labels: readonly string[]): Pick<NetworkDrift, "deals" | "otherAlarms" | "embeddingAlarms"> {
  const next = random(1, "deals");
  let [otherAlarms, embeddingAlarms] = [0, 0];
  for (let deal = 0; deal < deals; deal++) {
    const dealt = shuffled(next, cases);
    const large = compareFigures(dealt.slice(0, size.baseline), dealt.slice(size.baseline), labels).filter(({ level }) => level === "large");
    if (large.some(({ feature }) => feature === "embedding")) embeddingAlarms++;
    if (large.some(({ feature }) => feature !== "embedding")) otherAlarms++;
  }
  return { deals, otherAlarms, embeddingAlarms };
}

await main({
  help: `
npm run drift:measure -- [--write]

Measures what the drift watch notices: draws ${size.baseline} operations as a baseline and ${size.window} as windows, like them and otherwise, lets the networks of the
catalogue look at them, and tells which comparisons call which window drifted, and how often like cases are called so. Minutes.

  --write     renews the tables of docs/drift.md
  -h, --help  this text

Exit code: 0 measured; 1 failed; 2 wrong usage.`,
  options: { write: { type: "boolean" } },
  positionals: [],
  async run({ write = false }) {
    const ids = [...new Set(analysers.flatMap(({ models }) => models))].sort();
    const folders = await Promise.all(ids.map((id) => readModelFolder(join(import.meta.dirname, "../models"), id)));
    const pool = await openInferencePool(folders, availableParallelism());
    const cases: CaseFigures[][][] = [[], ...kinds.map(() => [])];
    const look = async (into: number, shown: readonly Uint8Array[], change?: (picture: Sharp) => Sharp): Promise<void> =>
      void (cases[into] as CaseFigures[][]).push(await figuresOfCase(pool, folders, shown, change));
    try {
      for (let i = 0; i < size.baseline; i++) {
        process.stderr.write(`case ${i + 1} of ${size.baseline} of the baseline\n`);
        await look(0, await pictures(cholecystectomy, firstSeed.baseline + i));
      }
      for (let i = 0; i < size.window; i++) {
        process.stderr.write(`case ${i + 1} of ${size.window} of each window\n`);
        const shown = await pictures(cholecystectomy, firstSeed.window + i);
        const other = await pictures(hysterectomy, firstSeed.otherProcedure + i);
        for (const [kind, { change, otherProcedure }] of kinds.entries()) await look(kind + 1, otherProcedure ? other : shown, change);
      }
    } finally {
      await pool.close();
    }
    const networks = folders.map(({ model: { id, labels } }, network): NetworkDrift => {
      const of = (set: number) => (cases[set] as CaseFigures[][]).map((one) => one[network] as CaseFigures);
      return {
        network: id,
        windows: kinds.map((_, kind) => compareFigures(of(0), of(kind + 1), labels)),
        ...falseAlarms([...of(0), ...of(1)], labels),
      };
    });
    const titles = kinds.map(({ title }) => title);
    const tables = drawTables(titles, networks);
    if (write) await writeFile(page, withTables(await readFile(page, "utf8"), tables));
    process.stdout.write(`${tables}\n`);
    return 0;
  },
});
