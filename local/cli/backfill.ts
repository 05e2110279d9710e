import { readFile } from "node:fs/promises";
import { type BackfillItem, backfillItem } from "../../contracts/backfill.ts";
import type { BackfillResult, PlatformClient } from "./client.ts";
import { CommandError, main, UsageError } from "./command.ts";
import { progress } from "./progress.ts";
import { onPlatform } from "./with-platform.ts";

await main({
  help: `
npm run backfill -- MANIFEST [--stack STACK | --data DIR] [--json]
npm run backfill -- --all [--stack STACK | --data DIR] [--json]

Analyses many uploaded videos, a few at a time, with the state machine that does it on AWS. What this version of the
platform has analysed is skipped, and what was stopped or failed goes on, so an interrupted backfill ends whole when the command is
given again. It goes on by itself when the command is ended.

  MANIFEST     JSON Lines: {"caseId":"...","uploadId":"..."} on each line
  --all        every video in the raw bucket
  --stack STACK  a stack on AWS, by its outputs (the Pulumi CLI tells them) and the credentials at hand: those of the role "operator"
  --data DIR   folder of the local cloud (default: .svp)
  --json       print what came of each video as JSON
  -h, --help   this text

Uses the local cloud of "npm start" if it runs on the same folder, else one of its own.
Exit code: 0 every video is analysed or was before; 1 some failed, or the backfill did; 2 wrong usage.`,
  options: { all: { type: "boolean" }, stack: { type: "string" }, data: { type: "string" }, json: { type: "boolean" } },
  positionals: ["MANIFEST"],
  optional: true,
  async run({ all, stack, data, json }, [manifest]) {
    if ((manifest === undefined) === !all) throw new UsageError("Either MANIFEST or --all must be given.");
    const items = manifest === undefined ? undefined : await readManifest(manifest);
    return onPlatform({ stack, data }, (client) => backfill(client, items, json));
  },
});

async function backfill(client: PlatformClient, given: BackfillItem[] | undefined, json: boolean): Promise<number> {
  const items = given ?? (await client.videos());
  if (items.length === 0) throw new CommandError("There is no video to analyse.");
  const bar = progress("Backfill");
  const result = await client.backfilled(await client.startBackfill(items), (ended, total) =>
    bar.update(total === 0 ? 0 : ended / total, `${ended} of ${total}`),
  );
  bar.end(summaryOf(result));
  if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else for (const { item, reason } of result.failed) process.stdout.write(`Case ${item.caseId} failed: ${reason}\n`);
  return result.failed.length === 0 ? 0 : 1;
}

/** `3 complete, 1 skipped, 1 failed` */
function summaryOf({ ended, failed }: BackfillResult): string {
  const counts = new Map<string, number>();
  for (const status of [...ended.map((outcome) => outcome.status), ...failed.map(() => "FAILED")]) counts.set(status, (counts.get(status) ?? 0) + 1);
  // In the order of the words, whichever ended first.
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([status, count]) => `${count} ${status.toLowerCase().replace("_", " ")}`)
    .join(", ");
}

/** The lines of a manifest. Throws with every line that is wrong. */
async function readManifest(file: string): Promise<BackfillItem[]> {
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new CommandError(`${file} can't be read: ${error.message}`);
  });
  const faults: string[] = [];
  const items = text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    try {
      return [backfillItem.parse(JSON.parse(line))];
    } catch {
      faults.push(`Line ${i + 1} is not {"caseId": UUID, "uploadId": UUID}.`);
      return [];
    }
  });
  if (faults.length > 0) throw new CommandError(`${file} can't be used:\n${faults.map((fault) => `- ${fault}`).join("\n")}`);
  return items;
}
