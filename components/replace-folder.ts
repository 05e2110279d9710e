import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Puts a finished folder where another was, or none. The program of another stack may do the same at the same time, from the same
 * sources: whichever comes later finds what it would have put there, and drops its own.
 */
export function replaceFolder(finished: string, folder: string): void {
  const former = `${finished}.former`;
  mkdirSync(dirname(folder), { recursive: true });
  move(folder, former, ["ENOENT"]);
  move(finished, folder, ["ENOTEMPTY", "EEXIST"]);
  for (const rest of [former, finished]) rmSync(rest, { recursive: true, force: true });
}

/** Moves at once. Where one of these errors is why it can't be, nothing moves. */
function move(from: string, to: string, unless: readonly string[]): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!unless.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
