import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../local/root.ts";

const prepared = join(root, "node_modules/.cache/python-training/bin/python");

/** The Python that trains: the one that `npm run verify:python` prepares, where it is there, else PYTHON. */
export const python = existsSync(prepared) ? prepared : (process.env["PYTHON"] ?? "/usr/bin/python3");

/** Empty if Python has all of these; else which it lacks, to stand beside a name of tests. */
export function why(...modules: readonly string[]): string {
  const lacking = modules.filter((name) => spawnSync(python, ["-c", `import ${name}`], { stdio: "ignore" }).status !== 0);
  return lacking.length === 0 ? "" : ` (left out: ${python} lacks ${lacking.join(", ")}; npm run verify:python prepares one that has them)`;
}
