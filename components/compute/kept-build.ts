import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deserialize, serialize } from "node:v8";

/** What was built, and of what: settings, and every file that was read, by its digest. */
interface Kept<Built> {
  readonly settings: string;
  readonly inputs: ReadonlyMap<string, string>;
  readonly built: Built;
}

/**
 * What `build` makes, or made earlier of the very same: kept in `file`, with the digest of every file that went into it. `build` names those files,
 * relative to `root`. What can't be read back is built anew.
 */
export function keptBuild<Built>(file: string, root: string, settings: object, build: () => { built: Built; inputs: readonly string[] }): Built {
  const stated = JSON.stringify(settings);
  const kept = read<Built>(file);
  if (kept?.settings === stated && [...kept.inputs].every(([input, digest]) => digestOf(join(root, input)) === digest)) return kept.built;
  const { built, inputs } = build();
  const fresh: Kept<Built> = { settings: stated, inputs: new Map(inputs.map((input) => [input, digestOf(join(root, input))])), built };
  mkdirSync(dirname(file), { recursive: true });
  // Renamed into place: another program may be reading it, or making the same.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, serialize(fresh));
  renameSync(draft, file);
  return built;
}

function read<Built>(file: string): Kept<Built> | undefined {
  try {
    return deserialize(readFileSync(file)) as Kept<Built>;
  } catch {
    // Not there yet, cut off, or of another version of Node: what it holds can be made again.
    return undefined;
  }
}

/** "absent" of a file that is not there: that it comes is a change, too. */
function digestOf(path: string): string {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "absent";
    throw error;
  }
}
