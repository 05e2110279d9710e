import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { type Evaluation, evaluation } from "../../contracts/evaluation.ts";
import { interval } from "../../models/metrics/bootstrap.ts";
import { operationMetrics } from "../../models/metrics/operation.ts";
import type { PlatformClient } from "./client.ts";
import { CommandError, main, UsageError } from "./command.ts";
import { evaluationTable } from "./evaluation-table.ts";
import { fetchFound } from "./found.ts";
import { readTruth, type Truth } from "./truth.ts";
import { withPlatform } from "./with-platform.ts";

await main({
  help: `
npm run evaluate -- --truth CASE=FILE [--truth CASE=FILE ...] [--out FILE] [--json] [--data DIR]

Measures how well the analyses of cases agree with what is true of their operations: phases, instruments, masks, tracks, events and
the privacy gate. docs/metrics.md defines every metric. With several operations each mean has a 95 % interval.

  --truth CASE=FILE  a case, and what is true of it: the ground truth of a drawn operation
                     (surgical-ground-truth/1.0) or annotations of people (annotation-set/1.0)
  --out FILE         write the evaluation as JSON (evaluation/1.0)
  --json             print that JSON instead of a table
  --data DIR         folder of the local cloud (default: .svp)
  -h, --help         this text

Exit code: 0 evaluated; 1 failed; 2 wrong usage.`,
  options: { truth: { type: "string", multiple: true }, out: { type: "string" }, json: { type: "boolean" }, data: { type: "string" } },
  positionals: [],
  async run({ truth, out, json, data }) {
    const wanted = await readAll(pairsOf(truth ?? []));
    const result = await withPlatform(data, (client) => evaluate(client, wanted));
    const text = `${JSON.stringify(result, null, 2)}\n`;
    if (out) await writeFile(out, text);
    process.stdout.write(json ? text : evaluationTable(result));
    return 0;
  },
});

interface Wanted {
  readonly caseId: string;
  readonly truth: Truth;
  readonly truthSha256: string;
}

function pairsOf(given: readonly string[]): { caseId: string; file: string }[] {
  if (given.length === 0) throw new UsageError("--truth CASE=FILE must be given.");
  const bad = given.filter((pair) => !/^[^=]+=.+$/.test(pair));
  if (bad.length > 0) throw new UsageError(bad.map((pair) => `--truth must be CASE=FILE, not "${pair}".`).join("\n"));
  return given.map((pair) => ({ caseId: pair.slice(0, pair.indexOf("=")), file: pair.slice(pair.indexOf("=") + 1) }));
}

/** Reads all files before anything else is done, and tells of all that can't be read. */
async function readAll(pairs: readonly { caseId: string; file: string }[]): Promise<Wanted[]> {
  const mistakes: string[] = [];
  const wanted: Wanted[] = [];
  for (const { caseId, file } of pairs) {
    try {
      const content = await readFile(file);
      wanted.push({ caseId, truth: readTruth(content.toString()), truthSha256: createHash("sha256").update(content).digest("hex") });
    } catch (error) {
      mistakes.push(`${file}: ${(error as Error).message}`);
    }
  }
  if (mistakes.length > 0) throw new CommandError(mistakes.join("\n"));
  return wanted;
}

async function evaluate(client: PlatformClient, wanted: readonly Wanted[]): Promise<Evaluation> {
  const operations: Evaluation["operations"] = [];
  const producers = new Map<string, Evaluation["producers"][number]>();
  for (const { caseId, truth, truthSha256 } of wanted) {
    const { analysis, found, phaseScores, secondsPerFrame } = await fetchFound(client, caseId);
    const { frameCount } = analysis.media.source;
    if (truth.frameCount !== frameCount)
      throw new CommandError(`Case ${caseId} has ${frameCount} frames, and its truth speaks of ${truth.frameCount}: they are not of the same video.`);
    for (const { id, version, digest, threshold, dataset, syntheticOnly } of analysis.producers)
      producers.set(`${id} ${digest}`, { id, version, digest, threshold, dataset, syntheticOnly });
    operations.push({
      caseId,
      runId: analysis.runId,
      contentSha256: analysis.provenance.contentSha256,
      truthSha256,
      values: operationMetrics({ frameCount, secondsPerFrame, truth: truth.observed(analysis.media.raster), found, phaseScores }),
    });
  }
  return evaluation.parse({
    schema: "evaluation/1.0",
    createdAt: new Date().toISOString(),
    producers: [...producers.values()],
    operations,
    summary: summaryOf(operations),
  } satisfies Evaluation);
}

function summaryOf(operations: Evaluation["operations"]): Evaluation["summary"] {
  const ids = [...new Set(operations.flatMap(({ values }) => Object.keys(values)))];
  return Object.fromEntries(
    ids.flatMap((id) => {
      const told = operations.flatMap(({ values }) => values[id] ?? []);
      return told.length === 0 ? [] : [[id, interval(told)]];
    }),
  );
}
