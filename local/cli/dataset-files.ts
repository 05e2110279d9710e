import { createHash } from "node:crypto";
import type { DatasetContent } from "../../contracts/dataset-diff.ts";
import { compareVersions, splitOf } from "../../contracts/dataset-names.ts";
import { countsOf, sumOfCounts } from "../../contracts/dataset-statistics.ts";
import { type DatasetFrame, type DatasetManifest, datasetFrame, datasetManifest, datasetPlan, splitName } from "../../contracts/dataset-version.ts";
import { datasetManifestKey, datasetPlanKey, datasetsPrefix, datasetVersionPrefix, parseDatasetKey } from "../../contracts/keys.ts";
import type { PlatformClient } from "./client.ts";
import { CommandError } from "./command.ts";
import { compareText, type TrackedFile } from "./dvc.ts";

/** Whole versions, by dataset and number. */
export async function listVersions(client: PlatformClient, name?: string): Promise<{ name: string; version: string }[]> {
  const keys = await client.keys(client.datasetsBucket, datasetsPrefix + (name === undefined ? "" : `${name}/`));
  return keys
    .filter((key) => key.endsWith("/manifest.json"))
    .flatMap((key) => [parseDatasetKey(key)].filter((one) => one !== undefined))
    .sort((a, b) => compareText(a.name, b.name) || compareVersions(a.version, b.version));
}

/** `instruments@1.2.0`, or `instruments` for its newest version. Throws a CommandError if there is none. */
export async function versionOf(client: PlatformClient, text: string): Promise<{ name: string; version: string }> {
  const [name = "", version] = text.split("@");
  const all = await listVersions(client, name);
  const found = version === undefined ? all.at(-1) : all.find((one) => one.version === version);
  if (!found)
    throw new CommandError(`There is no whole version ${text}. ${all.length === 0 ? "" : `There are ${all.map((one) => one.version).join(", ")}.`}`.trim());
  return found;
}

export async function manifestOf(client: PlatformClient, { name, version }: { name: string; version: string }): Promise<DatasetManifest> {
  const content = await client.object({ bucket: client.datasetsBucket, key: datasetManifestKey(name, version) });
  return datasetManifest.parse(JSON.parse(content.toString()));
}

export async function contentOf(client: PlatformClient, which: { name: string; version: string }): Promise<DatasetContent> {
  const manifest = await manifestOf(client, which);
  const frames: DatasetFrame[] = [];
  for (const { annotations } of manifest.cases) frames.push(...linesOf(await fileOf(client, manifest, annotations.file)));
  return { manifest, frames };
}

const fileOf = (client: PlatformClient, { name, version }: DatasetManifest, file: string): Promise<Buffer> =>
  client.object({ bucket: client.datasetsBucket, key: datasetVersionPrefix(name, version) + file });

const linesOf = (content: Buffer): DatasetFrame[] =>
  content
    .toString()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => datasetFrame.parse(JSON.parse(line)));

const digest = (algorithm: "md5" | "sha256", content: Uint8Array): string => createHash(algorithm).update(content).digest("hex");

/** All files of a version. */
export async function filesOf(client: PlatformClient, which: { name: string; version: string }): Promise<TrackedFile[]> {
  const { manifest, frames } = await contentOf(client, which);
  const own = await fileOf(client, manifest, "manifest.json");
  return [
    { path: "manifest.json", md5: digest("md5", own), bytes: own.length },
    ...manifest.cases.map(({ annotations: { file, md5, bytes } }) => ({ path: file, md5, bytes })),
    ...frames.map(({ file, md5, bytes }) => ({ path: file, md5, bytes })),
  ];
}

/**
 * Holds a version to its manifest: every file by its digest, every count, every split, and that nothing else lies there. Sentences, all of them;
 * none if it is as it was sealed.
 */
export async function faultsOf(client: PlatformClient, which: { name: string; version: string }): Promise<string[]> {
  const manifest = await manifestOf(client, which);
  const { name, version, classes, shares } = manifest;
  const faults: string[] = [];
  const prefix = datasetVersionPrefix(name, version);
  const expected = new Set(["manifest.json"]);
  const check = async (file: string, sha256: string): Promise<Buffer | undefined> => {
    expected.add(file);
    const content = await client.objectIfThere({ bucket: client.datasetsBucket, key: prefix + file });
    if (!content) faults.push(`${file} is gone.`);
    else if (digest("sha256", content) !== sha256) faults.push(`${file} is not what was sealed.`);
    else return content;
    return undefined;
  };
  for (const { case: pseudonym, annotations, counts } of manifest.cases) {
    const content = await check(annotations.file, annotations.sha256);
    if (!content) continue;
    const frames = linesOf(content);
    for (const { file, sha256 } of frames) await check(file, sha256);
    if (JSON.stringify(countsOf(frames, classes)) !== JSON.stringify(counts)) faults.push(`The manifest counts otherwise than case ${pseudonym} has.`);
  }
  for (const split of splitName.options) {
    const counts = manifest.cases.filter((one) => one.split === split).map((one) => one.counts);
    if (JSON.stringify(sumOfCounts(counts, classes)) !== JSON.stringify(manifest.statistics[split]))
      faults.push(`The statistics of ${split} are not those of its cases.`);
  }
  const plan = datasetPlan.parse(JSON.parse((await client.object({ bucket: client.datasetsBucket, key: datasetPlanKey(name, version) })).toString()));
  if (plan.recipeSha256 !== manifest.recipeSha256) faults.push("The manifest was made by another plan.");
  for (const { case: pseudonym, split, caseId } of plan.cases) {
    const sealed = manifest.cases.find((one) => one.case === pseudonym);
    if (sealed && (sealed.split !== split || splitOf(caseId, shares) !== split))
      faults.push(`Case ${pseudonym} is in the split ${sealed.split}, where it does not belong.`);
  }
  const cases = manifest.cases.map((one) => one.case);
  if (new Set(cases).size < cases.length) faults.push("A case is in it twice.");
  const others = (await client.keys(client.datasetsBucket, prefix)).map((key) => key.slice(prefix.length)).filter((file) => !expected.has(file));
  if (others.length > 0) faults.push(`Files lie there that no line names: ${others.length}, such as ${others[0]}.`);
  return faults;
}
