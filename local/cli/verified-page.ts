import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Holds a page of `docs` to what a check found, or writes it.
 *
 * @param page path of the page below `root`
 * @param text the page as the check would write it
 * @param script name of the npm script that writes the page
 * @returns what is wrong: nothing, or that the page is old and each line that differs, since whoever reads the log of a machine that
 *   can run the check may not be able to run it
 */
export async function keepPage(root: string, page: string, text: string, { write, script }: { write: boolean; script: string }): Promise<string[]> {
  const path = join(root, page);
  if (write) {
    await writeFile(path, text);
    return [];
  }
  const before = await readFile(path, "utf8");
  if (before === text) return [];
  return [
    `${page} says otherwise: npm run ${script} -- --write`,
    ...onlyIn(before, text).map((line) => `  - ${line}`),
    ...onlyIn(text, before).map((line) => `  + ${line}`),
  ];
}

/** Lines that one text has and another lacks. */
function onlyIn(text: string, other: string): string[] {
  const known = new Set(other.split("\n"));
  return text.split("\n").filter((line) => !known.has(line));
}
