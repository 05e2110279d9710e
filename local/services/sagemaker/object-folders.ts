import { constants } from "node:fs";
import { copyFile, link, mkdir, readdir } from "node:fs/promises";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import type { Caller } from "../../wire/service.ts";
import { JobError } from "../jobs/jobs.ts";
import type { ObjectStore } from "../seams.ts";

export function parseS3Uri(uri: string): { bucket: string; prefix: string } {
  const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(uri);
  if (!match) throw new JobError(`ClientError: "${uri}" is not s3://bucket/prefix.`);
  return { bucket: match[1] as string, prefix: match[2] ?? "" };
}

/**
 * Where an object of a prefix lies below the folder it is brought to, as SageMaker lays it: what follows the prefix's
 * folder. An object that is itself the prefix keeps its last name.
 */
export const pathBelow = (prefix: string, key: string): string =>
  prefix.endsWith("/") || prefix === "" ? key.slice(prefix.length) : key === prefix ? posix.basename(key) : key.slice(prefix.length).replace(/^\//, "");

/** A copy that shares its bytes where the file system can, else a second name for the same file, else a true copy: videos are large. */
async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE)
    .catch(() => link(from, to))
    .catch(() => copyFile(from, to));
}

/** Brings the objects of a prefix into a folder. Throws a JobError that names the prefix if there are none. */
export async function download(store: ObjectStore, caller: Caller, uri: string, folder: string): Promise<void> {
  const { bucket, prefix } = parseS3Uri(uri);
  await mkdir(folder, { recursive: true });
  const objects = (await store.list(caller, bucket, prefix)).filter(({ key }) => !key.endsWith("/"));
  if (objects.length === 0) throw new JobError(`ClientError: Data download failed: No S3 objects found under S3 URL "${uri}".`);
  for (const { key } of objects) {
    const to = resolve(folder, pathBelow(prefix, key));
    if (!to.startsWith(folder + sep)) throw new JobError(`ClientError: The key "${key}" leads out of the folder it is brought to.`);
    await place((await store.file(caller, bucket, key)).path, to);
  }
}

/** Stores all files of a folder below a prefix, in the order of their names. */
export async function upload(store: ObjectStore, caller: Caller, folder: string, uri: string, kmsKeyArn: string | undefined): Promise<void> {
  const { bucket, prefix } = parseS3Uri(uri);
  const base = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of files.sort()) {
    const key = base + relative(folder, path).split(sep).join("/");
    await store.put(caller, bucket, key, { path }, kmsKeyArn === undefined ? {} : { kmsKeyArn });
  }
}
