import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../local/root.ts";

/** A project whose program is this one's with an analyser in each mode (`modes-program.ts`). */
export function projectOfModes(folder: string): string {
  for (const file of readdirSync(root))
    if (/^Pulumi\..*yaml$/.test(file)) writeFileSync(join(folder, file), readFileSync(join(root, file), "utf8").replace("page: built", "page: elsewhere"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ main: "program.mjs" }));
  writeFileSync(join(folder, "program.mjs"), `export { default } from ${JSON.stringify(join(import.meta.dirname, "modes-program.ts"))};\n`);
  return folder;
}
