import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { annotationSet } from "../../contracts/annotation-set.ts";
import { datasetDiff } from "../../contracts/dataset-diff.ts";
import { sumOfCounts } from "../../contracts/dataset-statistics.ts";
import { datasetBuildResult, datasetPlan, datasetRequest, datasetTask } from "../../contracts/dataset-version.ts";
import { annotationReceipt } from "../../contracts/exports.ts";
import { annotationSetKey, datasetPlanKey } from "../../contracts/keys.ts";
import { annotatorAgreement } from "../../models/metrics/annotators.ts";
import { root } from "../root.ts";
import { openApi } from "./api.ts";
import type { PlatformClient } from "./client.ts";
import { CommandError, main, UsageError } from "./command.ts";
import { contentOf, faultsOf, filesOf, listVersions, manifestOf, versionOf } from "./dataset-files.ts";
import { answersByCase, augmentedManifest } from "./dataset-manifest.ts";
import { differenceTable, versionTable } from "./dataset-tables.ts";
import { dvcFile } from "./dvc.ts";
import { withPlatform } from "./with-platform.ts";

await main({
  help: `
npm run dataset -- list [NAME]
npm run dataset -- show NAME[@VERSION] [--json] [--dvc FILE] [--manifest FILE]
npm run dataset -- diff NAME@VERSION NAME[@VERSION] [--json]
npm run dataset -- verify NAME[@VERSION]
npm run dataset -- agreement CASE SET SET [--json]
npm run dataset -- answers NAME[@VERSION] FILE
npm run dataset -- build NAME --task T --classes A,B (--cases ID,ID | --that WHAT) [--rate N] [--shares 70/15/15] [--bump PART]

Versions of datasets that networks learn from (docs/datasets.md). NAME alone is its newest version. SET is the identifier of
annotations that somebody handed in with "npm run import": how far two people agree about a case. "answers" hands what people answered in a labelling job over --manifest's file to the cases
that it is about, as annotations of their own.

  --task T        ${datasetTask.options.join(", ")}
  --classes A,B   what is labelled, in the words of the analyses
  --cases ID,ID   cases by their identifiers
  --that WHAT     all cases that were corrected, signed-off, or corrected-and-signed-off
  --rate N        frames a second, at most (default: 5)
  --shares T/V/E  percent of the cases for training, validation and test (default: 70/15/15)
  --bump PART     which part of the version number rises: major, minor (default) or patch
  --dvc FILE      write a .dvc file for the version's folder, which must be called as FILE is, less .dvc
  --manifest FILE write an augmented manifest, as SageMaker Ground Truth has it; of boxes only
  --json          print JSON
  --data DIR      folder of the local cloud (default: .svp)
  -h, --help      this text

Exit code: 0 done; 1 failed, or a version is not what was sealed; 2 wrong usage.`,
  options: {
    task: { type: "string" },
    classes: { type: "string" },
    cases: { type: "string" },
    that: { type: "string" },
    rate: { type: "string" },
    shares: { type: "string" },
    bump: { type: "string" },
    dvc: { type: "string" },
    manifest: { type: "string" },
    json: { type: "boolean" },
    data: { type: "string" },
  },
  positionals: ["list, show, diff, verify, agreement, answers or build", "NAME", "NAME", "SET"],
  optional: true,
  async run(values, [command, first, second, third]) {
    const needs = (text: string | undefined): string => {
      if (text === undefined) throw new UsageError("There is a name missing.");
      return text;
    };
    const works: Record<string, (client: PlatformClient) => Promise<number>> = {
      list: (client) => list(client, first),
      show: (client) => show(client, needs(first), values),
      diff: (client) => diff(client, needs(first), needs(second), values["json"]),
      verify: (client) => verify(client, needs(first)),
      agreement: (client) => agreement(client, needs(first), [needs(second), needs(third)], values["json"]),
      build: (client) => build(client, requestOf(needs(first), values), values["json"]),
    };
    if (command === "answers") return answers(needs(first), needs(second), values["data"]);
    const work = works[command ?? ""];
    if (!work) throw new UsageError(command === undefined ? "A command must be given." : `"${command}" is not a command.`);
    if (command !== "list") needs(first);
    if (command === "diff" || command === "agreement") needs(second);
    if (command === "agreement") needs(third);
    if (command === "build") requestOf(first as string, values);
    return withPlatform(values["data"], work);
  },
});

function print(...lines: string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}
function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

async function list(client: PlatformClient, name?: string): Promise<number> {
  const versions = await listVersions(client, name);
  for (const which of versions) {
    const { task, statistics, classes, cases, createdAt } = await manifestOf(client, which);
    const { frames } = sumOfCounts(Object.values(statistics), classes);
    print(`${which.name}@${which.version}  ${task}  ${cases.length} cases  ${frames} frames  ${classes.length} classes  ${createdAt}`);
  }
  if (versions.length === 0) print("There is no version yet.");
  return 0;
}

async function show(
  client: PlatformClient,
  text: string,
  { json, dvc, manifest: augmented }: { json?: boolean; dvc?: string; manifest?: string },
): Promise<number> {
  if (dvc !== undefined && !dvc.endsWith(".dvc")) throw new UsageError("--dvc must name a file that ends with .dvc.");
  const which = await versionOf(client, text);
  const manifest = await manifestOf(client, which);
  if (json) printJson(manifest);
  else print(...versionTable(manifest));
  if (augmented !== undefined) await writeFile(augmented, augmentedManifest(await contentOf(client, which), client.datasetsBucket));
  if (dvc !== undefined) await writeFile(dvc, dvcFile(await filesOf(client, which), basename(dvc, ".dvc")));
  return 0;
}

async function diff(client: PlatformClient, from: string, to: string, json?: boolean): Promise<number> {
  const [before, after] = [await contentOf(client, await versionOf(client, from)), await contentOf(client, await versionOf(client, to))];
  if (before.manifest.name !== after.manifest.name) throw new CommandError("These are versions of different datasets: a case is called otherwise in each.");
  const found = datasetDiff(before, after);
  if (json) printJson(found);
  else print(...differenceTable(found));
  return 0;
}

async function verify(client: PlatformClient, text: string): Promise<number> {
  const which = await versionOf(client, text);
  const faults = await faultsOf(client, which);
  print(...(faults.length === 0 ? [`${which.name}@${which.version} is as it was sealed.`] : faults));
  return faults.length === 0 ? 0 : 1;
}

async function agreement(client: PlatformClient, caseId: string, sets: readonly [string, string], json?: boolean): Promise<number> {
  const runId = (await client.case(caseId))?.runId;
  if (!runId) throw new CommandError(`Case ${caseId} has no analysis.`);
  const read = async (set: string) => {
    const content = await client.objectIfThere({ bucket: client.processedBucket, key: annotationSetKey(caseId, runId, set) });
    if (!content) throw new CommandError(`The case's analysis has no annotations ${set}.`);
    return annotationSet.parse(JSON.parse(content.toString()));
  };
  const [first, second] = [await read(sets[0]), await read(sets[1])];
  const found = annotatorAgreement(first, second);
  const figure = (value: number | null): string => (value === null ? "-" : value.toFixed(3)).padStart(8);
  if (json) printJson(found);
  else
    print(
      ...(first.createdBy === second.createdBy ? ["Both sets are of the same person: this is how far they agree with themselves."] : []),
      `${found.frames} frames that both looked at`,
      `  ${"".padEnd(24)}${"kappa".padStart(8)}${"F1".padStart(8)}${"overlap".padStart(8)}`,
      ...found.labels.map(({ label, presence, boxes }) => `  ${label.padEnd(24)}${figure(presence.kappa)}${figure(boxes.f1)}${figure(boxes.overlap)}`),
      `  ${"all boxes".padEnd(24)}${figure(null)}${figure(found.boxes.f1)}${figure(found.boxes.overlap)}`,
      ...(found.phases ? [`  ${"phases".padEnd(24)}${figure(found.phases.kappa)}`] : []),
    );
  return 0;
}

async function answers(text: string, file: string, data?: string): Promise<number> {
  const { name, version, caseIds } = await withPlatform(data, async (client) => {
    const which = await versionOf(client, text);
    const content = await client.object({ bucket: client.datasetsBucket, key: datasetPlanKey(which.name, which.version) });
    return { ...which, caseIds: new Map(datasetPlan.parse(JSON.parse(content.toString())).cases.map((one) => [one.case, one.caseId])) };
  });
  const found = answersByCase(await readFile(file, "utf8"));
  const strangers = [...found.keys()].filter((one) => !caseIds.has(one));
  if (strangers.length > 0) throw new CommandError(`${name}@${version} has no case ${strangers.join(", ")}.`);
  const api = await openApi(resolve(data ?? join(root, ".svp")));
  try {
    for (const [pseudonym, manifest] of found) {
      const files = [{ name: "output.manifest", gzip: gzipSync(manifest).toString("base64") }];
      const path = `/cases/${caseIds.get(pseudonym)}/annotations`;
      const { id, counts } = await api.call("POST", path, annotationReceipt, { format: "ground-truth-manifest", files });
      print(`${pseudonym}: ${counts.boxes} boxes, annotations ${id}`);
    }
  } finally {
    await api.close();
  }
  return 0;
}

async function build(client: PlatformClient, request: object, json?: boolean): Promise<number> {
  const built = datasetBuildResult.parse(await client.execute("datasetMachineArn", randomUUID(), request));
  if (json) printJson(built);
  else {
    if (built.status === "UNCHANGED") print(`${built.name}@${built.version} is already what was asked for: nothing was built.`);
    print(...versionTable(await manifestOf(client, built)));
  }
  return 0;
}

/** The request of a build. Throws a UsageError with all that is wrong. */
function requestOf(name: string, values: Record<string, string | undefined>): object {
  const split = (text: string | undefined): string[] | undefined => text?.split(",").map((one) => one.trim());
  const { task, classes, cases, that, rate, shares, bump } = values;
  if ((cases === undefined) === (that === undefined)) throw new UsageError("Either --cases or --that must be given.");
  const [train, validation, test] = (shares ?? "").split("/").map(Number);
  const request = {
    ...{ name, task, classes: split(classes), cases: cases === undefined ? { that } : split(cases) },
    ...(rate !== undefined && { framesPerSecond: Number(rate) }),
    ...(shares !== undefined && { shares: { train, validation, test } }),
    ...(bump !== undefined && { bump }),
  };
  const parsed = datasetRequest.safeParse(request);
  if (!parsed.success) throw new UsageError(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}.`).join("\n"));
  return request;
}
