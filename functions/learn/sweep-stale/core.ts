import type { StaleArtefact } from "../../../contracts/stale.ts";

/** Something with a name that SageMaker keeps. */
interface Named {
  readonly name: string;
  readonly createdAt: Date;
}
export interface FoundConfiguration extends Named {
  /** Models that its variants name. */
  readonly models: readonly string[];
}
export interface FoundModel extends Named {
  /** Folder that it loads, `s3://bucket/prefix/`, if it loads one. */
  readonly folder: string | undefined;
}

/** A folder of the models bucket, `prefix/`, and what lies in it. */
export interface Folder {
  readonly prefix: string;
  readonly files: readonly { readonly key: string; readonly changedAt: Date }[];
}

/** A version of the registry, and where it has its files: keys of the models bucket. */
export interface FoundVersion {
  readonly arn: string;
  readonly approval: string;
  readonly createdAt: Date;
  /** When somebody last said something of it. */
  readonly changedAt: Date;
  readonly folder: string;
  readonly quality: string;
}

/** Something stale, and the keys of the models bucket that go with it. */
export interface Stale extends StaleArtefact {
  readonly keys: readonly string[];
}

const stale = (kind: StaleArtefact["kind"], name: string, reason: string, keys: readonly string[] = []): Stale => ({
  ...{ kind, name, reason, keys },
  files: keys.length,
});

/** Of configurations of the platform's own making those that no endpoint uses. `before`: nothing that was made later is stale. */
export const staleConfigurations = (own: readonly FoundConfiguration[], inUse: ReadonlySet<string>, before: Date): Stale[] =>
  own.filter(({ name, createdAt }) => createdAt < before && !inUse.has(name)).map(({ name }) => stale("endpoint-configuration", name, "No endpoint uses it."));

/** Of models of the platform's own making those that none of these configurations names. */
export function staleModels(own: readonly FoundModel[], kept: readonly FoundConfiguration[], before: Date): Stale[] {
  const named = new Set(kept.flatMap(({ models }) => models));
  return own
    .filter(({ name, createdAt }) => createdAt < before && !named.has(name))
    .map(({ name }) => stale("model", name, "No endpoint configuration names it."));
}

const newest = ({ files }: Folder): number => Math.max(...files.map(({ changedAt }) => changedAt.getTime()));
/** An empty folder is none; one in which something was written lately may still be written. */
const isOld = (folder: Folder, before: Date): boolean => folder.files.length > 0 && newest(folder) < before.getTime();
const keysOf = ({ files }: Folder): string[] => files.map(({ key }) => key);

/** A folder that was laid for endpoints and that none of these models loads. */
export const staleEndpointFiles = (folder: Folder, loaded: ReadonlySet<string>, uri: string, before: Date): Stale | undefined =>
  isOld(folder, before) && !loaded.has(uri) ? stale("endpoint-files", folder.prefix, "No model loads it.", keysOf(folder)) : undefined;

/**
 * What of a training's folder nobody needs. Of a version that is approved, or waits, what it refers to stays, the candidate and its measures; of one that
 * was rejected the measures, which say why.
 */
export function staleTrainingFiles(folder: Folder, versions: readonly FoundVersion[], before: Date): Stale | undefined {
  if (!isOld(folder, before)) return undefined;
  const own = versions.filter((version) => [version.folder, version.quality].some((key) => key.startsWith(folder.prefix)));
  if (own.some(({ changedAt }) => changedAt >= before)) return undefined;
  const kept = own.flatMap(({ approval, folder: candidate, quality }) => [...(approval === "Rejected" ? [] : [candidate]), folderOf(quality)]);
  const keys = keysOf(folder).filter((key) => !kept.some((prefix) => key.startsWith(prefix)));
  if (keys.length === 0) return undefined;
  const reason =
    own.length === 0
      ? "Nothing in the registry came of it."
      : own.every(({ approval }) => approval === "Rejected")
        ? "Its version was rejected; its measures stay."
        : "Its candidate and measures stay; the rest was on the way to them.";
  return stale("training-files", folder.prefix, reason, keys);
}

/** What of an experiment's folder nobody needs: nothing of it as long as a model loads something of it, else the same as of a training's. `uri`: the folder's. */
export function staleExperimentFiles(
  folder: Folder,
  { versions, loaded, uri }: { versions: readonly FoundVersion[]; loaded: ReadonlySet<string>; uri: string },
  before: Date,
): Stale | undefined {
  if ([...loaded].some((each) => each.startsWith(uri))) return undefined;
  const found = staleTrainingFiles(folder, versions, before);
  return found && { ...found, kind: "experiment-files" };
}

const folderOf = (key: string): string => key.slice(0, key.lastIndexOf("/") + 1);

/** Versions that wait for a person, and have for longer than anybody will remember why. */
export const undecidedVersions = (versions: readonly FoundVersion[], before: Date, days: number): Stale[] =>
  versions
    .filter(({ approval, createdAt, changedAt }) => approval === "PendingManualApproval" && createdAt < before && changedAt < before)
    .map(({ arn }) => stale("undecided-version", arn, `Nobody decided in ${days} days.`));
