import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../root.ts";
import { main } from "./command.ts";
import { measuresDocument } from "./measures-document.ts";

const document = "docs/measures.md";

await main({
  help: `
npm run measures [-- --write]

Prints every clinical measure: what it is counted in, how it is computed, and where the definition comes from.

  --write       write ${document}
  -h, --help    this text

Exit code: 0 done; 2 wrong usage.`,
  options: { write: { type: "boolean" } },
  positionals: [],
  async run({ write }) {
    const text = measuresDocument();
    if (!write) process.stdout.write(text);
    else {
      await writeFile(join(root, document), text);
      process.stdout.write(`Wrote ${document}.\n`);
    }
    return 0;
  },
});
