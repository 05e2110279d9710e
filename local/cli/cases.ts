import { createInterface } from "node:readline/promises";
import { analysis as analysisContract } from "../../contracts/analysis.ts";
import { type CaseDeletion, deletionReason } from "../../contracts/case-deletion.ts";
import { analysisKey, reportKey, timelineKey, toUri } from "../../contracts/keys.ts";
import { caseId as caseIdContract } from "../../contracts/primitives.ts";
import { type Report, report as reportContract, reportLanguage } from "../../contracts/report.ts";
import { watchStates } from "./analyse-case.ts";
import { type CaseFacts, caseInWords, caseList } from "./case-report.ts";
import type { CaseItem, PlatformClient } from "./client.ts";
import { type Command, CommandError, main, UsageError } from "./command.ts";
import { deletionInWords, dueList } from "./deletion-report.ts";
import { progress } from "./progress.ts";
import { onPlatform, withPlatform } from "./with-platform.ts";

const overview = `
npm run cases -- list | show CASE | due | delete CASE --reason CODE [--yes] | redrive CASE | redrive --dead-letters | reanalyse CASE  [--json] [--stack STACK | --data DIR]

Tells of cases, goes on with what failed, and deletes.

  list                     every case, newest first: status, age, name
  show CASE                one case: states its run entered, reasons, what each branch did, cost, where its results lie;
                           of a case that is deleted, or about to be, how its deletion stands and its audit record
  due                      cases that need not be kept any more: id, class, since when
  delete CASE              deletes everything of a case, for good, and records that it did; goes on with a deletion that failed
  redrive CASE             goes on with a failed analysis, or a failed deletion, in the state that failed; what was done before is kept
  reanalyse CASE           analyses the same video of a quarantined, partial or failed case again, from the start
  redrive --dead-letters   gives uploads whose analysis could not be started back to their queue

  --reason CODE  why it is deleted: ${deletionReason.options.join(", ")}
  --yes          delete without asking back
  --json       print JSON on standard output
  --stack STACK  a stack on AWS, by its outputs (the Pulumi CLI tells them) and the credentials at hand; not of "delete" and "reanalyse", which
                 people ask for on the page or through the API
  --data DIR   folder of the local cloud (default: .svp)
  -h, --help   this text

Uses the local cloud of "npm start" if it runs on the same folder, else one of its own.
Exit code: 0 done; 1 there is no such case, it must be kept, can't be redriven, or it failed; 2 wrong usage.`;

const options = { json: { type: "boolean" }, data: { type: "string" } } as const;
/** Of what works on AWS, too, with no token of a person. */
const anywhere = { ...options, stack: { type: "string" } } as const;

async function caseOf(client: PlatformClient, given: string): Promise<CaseItem> {
  const id = caseIdContract.safeParse(given);
  if (!id.success) throw new UsageError(`"${given}" is no case's identifier, which is a UUID. "npm run cases -- list" tells them.`);
  const found = await client.case(id.data);
  if (!found) throw new CommandError(`There is no case ${id.data}.`);
  return found;
}

async function factsOf(client: PlatformClient, item: CaseItem): Promise<CaseFacts> {
  const { caseId, runId } = item;
  if (!runId) return { case: item, execution: null, states: [], analysis: null, reports: [], documents: [] };
  const isAnalysed = item.status === "COMPLETE" || item.status === "PARTIAL";
  const bucket = client.processedBucket;
  const analysis = isAnalysed ? analysisContract.parse(JSON.parse((await client.object({ bucket, key: analysisKey(caseId, runId) })).toString())) : null;
  return {
    case: item,
    execution: (await client.execution(runId)) ?? null,
    states: await client.statesEntered(runId),
    analysis,
    reports: isAnalysed ? await reportsOf(client, caseId, runId) : [],
    documents: isAnalysed ? [analysisKey, timelineKey].map((key) => toUri(bucket, key(caseId, runId))) : [],
  };
}

/** The reports of a run that are written: they come after the analysis. */
async function reportsOf(client: PlatformClient, caseId: string, runId: string): Promise<Report[]> {
  const stored = await Promise.all(
    reportLanguage.options.map((language) => client.objectIfThere({ bucket: client.processedBucket, key: reportKey(caseId, runId, language) })),
  );
  return stored.flatMap((bytes) => (bytes === undefined ? [] : reportContract.parse(JSON.parse(bytes.toString()))));
}

const print = (json: boolean | undefined, value: unknown, words: string): void => {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : words);
};

const list: Command<typeof anywhere> = {
  help: overview,
  options: anywhere,
  positionals: [],
  run: ({ json, data, stack }) =>
    onPlatform({ data, stack }, async (client) => {
      const cases = await client.cases();
      print(json, cases, caseList(cases, new Date()));
      return 0;
    }),
};

const show: Command<typeof anywhere> = {
  help: overview,
  options: anywhere,
  positionals: ["CASE"],
  run: ({ json, data, stack }, [given = ""]) =>
    onPlatform({ data, stack }, async (client) => {
      const going = await deletionOf(client, given);
      if (going) {
        print(json, going, deletionInWords(going));
        return 0;
      }
      const facts = await factsOf(client, await caseOf(client, given));
      print(json, facts, caseInWords(facts));
      return 0;
    }),
};

/** The deletion of a case that is deleted or about to be; undefined of any other. */
async function deletionOf(client: PlatformClient, given: string): Promise<CaseDeletion | undefined> {
  const id = caseIdContract.safeParse(given).data;
  if (id === undefined) return undefined;
  const isGoing = (await client.tombstone(id)) !== undefined || (await client.case(id))?.status === "DELETING";
  return isGoing ? client.deletion(id) : undefined;
}

const due: Command<typeof anywhere> = {
  help: overview,
  options: anywhere,
  positionals: [],
  run: ({ json, data, stack }) =>
    onPlatform({ data, stack }, async (client) => {
      const now = new Date().toISOString();
      const found = (await client.kept()).filter(({ case: { status }, keptUntil }) => status !== "DELETING" && keptUntil <= now);
      print(json, found, dueList(found));
      return 0;
    }),
};

const deleteOptions = { ...options, reason: { type: "string" }, yes: { type: "boolean" } } as const;

const deleteCase: Command<typeof deleteOptions> = {
  help: overview,
  options: deleteOptions,
  positionals: ["CASE"],
  run: ({ json, data, reason, yes }, [given = ""]) => {
    const code = deletionReason.safeParse(reason);
    if (!code.success) throw new UsageError(`--reason must be one of ${deletionReason.options.join(", ")}${reason === undefined ? "" : `, not "${reason}"`}.`);
    if (!yes && !process.stdin.isTTY) throw new UsageError("Nobody can be asked back here: add --yes to delete the case for good.");
    return withPlatform(data, async (client) => {
      const { caseId, status, createdAt } = await caseOf(client, given);
      if (!yes && !(await confirms(caseId, `Case ${caseId}, ${status.toLowerCase()}, of ${createdAt}, will be deleted for good.`)))
        throw new CommandError("Nothing was deleted.");
      await client.requestDeletion(caseId, code.data);
      const shown = progress("Deletion");
      const ended = await client.deleted(caseId, (states) =>
        shown.update(deletionStates.filter((state) => states.includes(state)).length / deletionStates.length, states.at(-1) ?? ""),
      );
      shown.end(ended.status.toLowerCase());
      print(json, ended, deletionInWords(ended));
      return ended.status === "DELETED" ? 0 : 1;
    });
  },
};

/** States that a deletion usually passes; what the bar counts against. */
const deletionStates = [
  "CheckHolds",
  "Claim",
  "StopExecutions",
  "Settle",
  "TakeInventory",
  "DeleteObjects",
  "DeleteItems",
  "CheckRemains",
  "RecordDeletion",
  "Bury",
];

/** Whether somebody at the terminal types the case's identifier. */
async function confirms(caseId: string, what: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(`${what}\nType its identifier to go on: `)).trim() === caseId;
  } finally {
    terminal.close();
  }
}

const redriveCase: Command<typeof anywhere> = {
  help: overview,
  options: anywhere,
  positionals: ["CASE"],
  run: ({ json, data, stack }, [given = ""]) =>
    onPlatform({ data, stack }, async (client) => {
      const item = await caseOf(client, given);
      if (item.status === "DELETING") {
        await client.redriveDeletion(item.caseId);
        const ended = await client.deleted(item.caseId, () => undefined);
        print(json, ended, deletionInWords(ended));
        return ended.status === "DELETED" ? 0 : 1;
      }
      const execution = item.runId ? await client.execution(item.runId) : undefined;
      if (!item.runId || !execution?.redrivable)
        throw new CommandError(
          `Case ${item.caseId} is ${item.status.toLowerCase()}: only an analysis that failed, was stopped or ran out of time can be redriven. "npm run cases -- reanalyse CASE" analyses a quarantined, partial or failed case again.`,
        );
      const ended = await watchStates("Analysis", (onStates) => client.redrive(item.caseId, item.runId as string, onStates));
      print(json, ended, ended.reasons.map((reason) => `- ${reason}\n`).join(""));
      return ended.status === "COMPLETE" || ended.status === "PARTIAL" ? 0 : 1;
    }),
};

const reanalyse: Command<typeof options> = {
  help: overview,
  options,
  positionals: ["CASE"],
  run: ({ json, data }, [given = ""]) =>
    withPlatform(data, async (client) => {
      const { caseId } = await caseOf(client, given);
      const ended = await watchStates("Analysis", (onStates) => client.reanalyse(caseId, onStates)).catch((error: Error) => {
        throw new CommandError(error.message);
      });
      print(json, ended, ended.reasons.map((reason) => `- ${reason}\n`).join(""));
      return ended.status === "COMPLETE" || ended.status === "PARTIAL" ? 0 : 1;
    }),
};

const redriveDeadLetters: Command<typeof anywhere & { "dead-letters": { type: "boolean" } }> = {
  help: overview,
  options: { ...anywhere, "dead-letters": { type: "boolean" } },
  positionals: [],
  run: ({ json, data, stack }) =>
    onPlatform({ data, stack }, async (client) => {
      const moved = await client.redriveDeadLetters();
      print(json, { moved }, `${moved === 1 ? "1 upload is" : `${moved} uploads are`} tried again.\n`);
      return 0;
    }),
};

const unknown: Command<typeof options> = {
  help: overview,
  options,
  positionals: ["ACTION"],
  run: (_values, [given = ""]) => Promise.reject(new UsageError(`"${given}" is none of list, show, due, delete, redrive, reanalyse.`)),
};

const [action = "", ...args] = process.argv.slice(2);
if (action === "list") await main(list, args);
else if (action === "show") await main(show, args);
else if (action === "due") await main(due, args);
else if (action === "delete") await main(deleteCase, args);
else if (action === "redrive" && args.includes("--dead-letters")) await main(redriveDeadLetters, args);
else if (action === "redrive") await main(redriveCase, args);
else if (action === "reanalyse") await main(reanalyse, args);
else await main(unknown);
