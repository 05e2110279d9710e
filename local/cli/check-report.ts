import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { measuresKey, parseUri, reportKey } from "../../contracts/keys.ts";
import { caseId as caseIdContract } from "../../contracts/primitives.ts";
import { type ReportLanguage, reportLanguage } from "../../contracts/report.ts";
import { checkReport, type Documents } from "../report-check/check.ts";
import { checkedInWords, faultCount } from "../report-check/in-words.ts";
import type { PlatformClient } from "./client.ts";
import { CommandError, main, UsageError } from "./command.ts";
import { storedAnalysis } from "./stored-analysis.ts";

const help = `
npm run report -- check CASE|FOLDER [--language LANGUAGE] [--json] [--data DIR]

Holds the written report of an analysed case against its timeline, sentence by sentence: what each cites, what that is, and whether it
bears the sentence. Reads analysis.json, measures.json and the frame table; nothing that the report was written with.

  CASE                 identifier of a case on this machine
  FOLDER               a folder that "npm run analyse" wrote; needs no platform
  --language LANGUAGE  ${reportLanguage.options.join(" or ")} (default: both)
  --json               print JSON on standard output
  --data DIR           folder of the local cloud (default: .svp)
  -h, --help           this text

Exit code: 0 the timeline bears every sentence; 1 it does not, or there is no report; 2 wrong usage.`;

/** What is to be checked, and against what. */
interface Subject {
  readonly documents: Documents;
  readonly reports: readonly Buffer[];
}

await main({
  help,
  options: { language: { type: "string" }, json: { type: "boolean" }, data: { type: "string" } },
  positionals: ["ACTION", "CASE or FOLDER"],
  async run({ language, json, data }, [action, subject = ""]) {
    if (action !== "check") throw new UsageError(`"${action}" is not check.`);
    const wanted = reportLanguage.optional().safeParse(language);
    if (!wanted.success) throw new UsageError(`--language must be ${reportLanguage.options.join(" or ")}, not "${language}".`);
    const languages = wanted.data ? [wanted.data] : reportLanguage.options;
    const isFolder = (await stat(subject).catch(() => undefined))?.isDirectory() === true;
    if (!isFolder && !caseIdContract.safeParse(subject).success)
      throw new UsageError(`"${subject}" is neither a folder nor a case's identifier, which is a UUID.`);
    const { documents, reports } = isFolder ? await inFolder(subject, languages) : await ofStoredCase(data, subject, languages);
    const checked = reports.map((report) => checkReport(report, documents));
    process.stdout.write(json ? `${JSON.stringify(checked, null, 2)}\n` : checked.map(checkedInWords).join("\n"));
    return checked.every((report) => faultCount(report) === 0) ? 0 : 1;
  },
});

async function inFolder(folder: string, languages: readonly ReportLanguage[]): Promise<Subject> {
  const read = (name: string) =>
    readFile(join(folder, name)).catch(() => Promise.reject(new CommandError(`${folder} has no ${name}: "npm run analyse" writes it.`)));
  const measures = await readFile(join(folder, "measures.json")).catch(() => null);
  return {
    documents: { analysis: await read("analysis.json"), measures, frameTable: await read("frame-table.json") },
    reports: await Promise.all(languages.map((language) => read(`report.${language}.json`))),
  };
}

/** A folder needs no platform, which takes seconds to load. */
async function ofStoredCase(data: string | undefined, caseId: string, languages: readonly ReportLanguage[]): Promise<Subject> {
  const { withPlatform } = await import("./with-platform.ts");
  return withPlatform(data, (client) => ofCase(client, caseId, languages));
}

async function ofCase(client: PlatformClient, caseId: string, languages: readonly ReportLanguage[]): Promise<Subject> {
  const { runId, content, analysis } = await storedAnalysis(client, caseId);
  const bucket = client.processedBucket;
  const measures = (await client.objectIfThere({ bucket, key: measuresKey(caseId, runId) })) ?? null;
  const reports = await Promise.all(languages.map((language) => client.objectIfThere({ bucket, key: reportKey(caseId, runId, language) })));
  if (reports.some((report) => report === undefined)) throw new CommandError(`Case ${caseId} has no report yet.`);
  const frameTable = await client.object(parseUri(analysis.media.frameTable));
  return { documents: { analysis: content, measures, frameTable }, reports: reports.flatMap((report) => report ?? []) };
}
