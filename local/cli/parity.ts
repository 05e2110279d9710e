import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parityDocument, readReferences } from "../compliance/parity.ts";
import { root } from "../root.ts";
import { main } from "./command.ts";

const document = "docs/parity.md";

await main({
  help: `
npm run parity [-- --write]

Prints how each rule of the published lists for HIPAA on AWS is kept here, or why it is not: policies/parity/ as tables.

  --write       write ${document}
  -h, --help    this text

Exit code: 0 done; 1 a file of policies/parity/ is of another form; 2 wrong usage.`,
  options: { write: { type: "boolean" } },
  positionals: [],
  async run({ write }) {
    const text = parityDocument(readReferences(root));
    if (!write) process.stdout.write(text);
    else {
      await writeFile(join(root, document), text);
      process.stdout.write(`Wrote ${document}.\n`);
    }
    return 0;
  },
});
