import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../root.ts";
import { main } from "./command.ts";

const document = "docs/policies.md";

await main({
  help: `
npm run rules [-- --write]

Prints every rule of the policy pack: what it asks, how grave a violation is, the paragraphs of the HIPAA Security Rule
that it serves, and its settings.

  --write       write ${document}
  -h, --help    this text

Exit code: 0 done; 2 wrong usage.`,
  options: { write: { type: "boolean" } },
  positionals: [],
  async run({ write }) {
    // Pulumi takes a second to load: not for a slip of the pen.
    const { ruleDocument } = await import("../compliance/rule-table.ts");
    const { rules } = await import("../../policies/rules/index.ts");
    const text = ruleDocument(rules);
    if (!write) process.stdout.write(text);
    else {
      await writeFile(join(root, document), text);
      process.stdout.write(`Wrote ${document}.\n`);
    }
    return 0;
  },
});
