import { mkdir, stat, writeFile } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { defaultRetentionClass, procedure, retentionClass, severity } from "../../contracts/case.ts";
import { openPlatform } from "../platform.ts";
import { root } from "../root.ts";
import { analyseCase } from "./analyse-case.ts";
import { PlatformClient } from "./client.ts";
import { CommandError, main, UsageError } from "./command.ts";
import { report, unusedGrants } from "./report.ts";
import { fetchResult } from "./result.ts";
import { runningSession } from "./session.ts";
import type { UploadFacts } from "./upload.ts";

await main({
  help: `
npm run analyse -- VIDEO [--out DIR] [--json] [--procedure NAME [--severity N]] [--retention CLASS] [--data DIR] [--grants]

Analyses a video on this machine, with the program, state machine, functions and models that run on AWS.
Writes analysis.json, measures.json, frame-table.json, timeline.vtt, still.png and the report: report.en.json and .html, report.zh-TW.json and .html.

  --out DIR    where to write (default: analysis/NAME-OF-THE-VIDEO)
  --json       print analysis.json on standard output instead of a summary
  --procedure NAME, --severity N
               which operation it is (${procedure.options.join(", ")})
               and how difficult, 1 to 5: its measures are compared with others like it, once there are ten
  --retention CLASS
               how long the case must be kept, at least: ${retentionClass.options.join(", ")} (default: ${defaultRetentionClass}; docs/retention.md)
  --data DIR   folder of the local cloud (default: .svp)
  --grants     print what the program's roles are granted and this run never used
  -h, --help   this text

An upload that was interrupted goes on where it stopped when the command is given again.
Uses the local cloud of "npm start" if it runs on the same folder, else one of its own.
Exit code: 0 analysed; 1 rejected, quarantined, failed, or analysed in part (what there is, is written); 2 wrong usage.`,
  options: {
    out: { type: "string" },
    json: { type: "boolean" },
    procedure: { type: "string" },
    severity: { type: "string" },
    retention: { type: "string" },
    data: { type: "string" },
    grants: { type: "boolean" },
  },
  positionals: ["VIDEO"],
  async run({ out, json, procedure: which, severity: grade, retention, data, grants }, [given = ""]) {
    const operation = operationOf(which, grade, retention);
    const video = resolve(given);
    const facts = await stat(video).catch(() => undefined);
    if (!facts?.isFile()) throw new CommandError(`${given} is not a file.`);
    const dataDir = resolve(data ?? join(root, ".svp"));
    const running = runningSession(dataDir);
    if (running && grants)
      throw new CommandError(`--grants needs a local cloud that does nothing else; one runs on ${dataDir}. Choose another folder with --data.`);
    const platform = running ? undefined : await openPlatform({ root, dataDir });
    try {
      const session = running ?? platform?.session;
      if (!session) throw new CommandError("The local cloud did not start.");
      const client = new PlatformClient(session);
      const settled = await analyseCase(client, video, dataDir, operation);
      if (settled.status !== "COMPLETE" && settled.status !== "PARTIAL") {
        process.stderr.write(`The video was ${settled.status.toLowerCase()}:\n${settled.reasons.map((reason) => `- ${reason}`).join("\n")}\n`);
        return 1;
      }
      const folder = resolve(out ?? join("analysis", basename(video, extname(video)) || settled.caseId));
      const { analysis, frames, measures, reports, files } = await fetchResult(client, settled);
      await mkdir(folder, { recursive: true });
      for (const [name, content] of files) await writeFile(join(folder, name), content);
      process.stdout.write(
        json
          ? `${JSON.stringify(analysis, null, 2)}\n`
          : `\n${report(analysis, frames, measures, reports)}\nWritten to ${folder}: ${[...files.keys()].join(", ")}\n`,
      );
      if (platform && grants) process.stdout.write(unusedGrants(platform.cloud.iam.usage().unused));
      return analysis.status === "COMPLETE" ? 0 : 1;
    } finally {
      await platform?.close();
    }
  },
});

/** Throws a UsageError that says everything that is wrong. */
function operationOf(which: string | undefined, grade: string | undefined, kept: string | undefined): Omit<UploadFacts, "token"> {
  const [named, graded] = [procedure.optional().safeParse(which), severity.optional().safeParse(grade === undefined ? undefined : Number(grade))];
  const mistakes: string[] = [];
  if (!named.success) mistakes.push(`--procedure must be one of ${procedure.options.join(", ")}, not "${which}".`);
  const classed = retentionClass.optional().safeParse(kept);
  if (!classed.success) mistakes.push(`--retention must be one of ${retentionClass.options.join(", ")}, not "${kept}".`);
  if (!graded.success) mistakes.push(`--severity must be a whole number from 1 to 5, not "${grade}".`);
  if (!named.success || !graded.success || !classed.success) throw new UsageError(mistakes.join("\n"));
  return {
    ...(named.data && { procedure: named.data }),
    ...(graded.data && { severity: graded.data }),
    ...(classed.data && { retentionClass: classed.data }),
  };
}
