import { createHash } from "node:crypto";

/** By code units, as Python and S3 order names of ASCII. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A file of a dataset version, relative to its folder. */
export interface TrackedFile {
  readonly path: string;
  readonly md5: string;
  readonly bytes: number;
}

/**
 * DVC's listing of a folder: what `dvc add` would write into its cache for the same files (DVC 3, "Structure of the cache directory": JSON of
 * `md5` and `relpath`, by `relpath`, with a blank after comma and colon as Python's `json.dumps` puts it).
 */
export const dvcListing = (files: readonly TrackedFile[]): string =>
  `[${[...files]
    .sort((a, b) => compareText(a.path, b.path))
    .map(({ md5, path }) => `{"md5": "${md5}", "relpath": ${JSON.stringify(path)}}`)
    .join(", ")}]`;

/** A `.dvc` file that tracks a version's folder: Git keeps it, and DVC knows by it which version lies in the folder. */
export function dvcFile(files: readonly TrackedFile[], folder: string): string {
  const md5 = createHash("md5").update(dvcListing(files)).digest("hex");
  const size = files.reduce((sum, { bytes }) => sum + bytes, 0);
  return ["outs:", `- md5: ${md5}.dir`, `  size: ${size}`, `  nfiles: ${files.length}`, "  hash: md5", `  path: ${folder}`, ""].join("\n");
}
