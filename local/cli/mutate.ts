import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readProject } from "../deploy/project.ts";
import { root } from "../root.ts";
import { main, UsageError } from "./command.ts";

const args = process.argv.slice(2);
const document = "docs/mutation.md";
/** Between them, these make every kind of resource. */
const documented = ["prod", "shared"];

await main(
  {
    help: `
npm run mutate -- STACK
npm run mutate -- --write

Tests the policy pack: undoes each thing that a stack's program says, one at a time, and tells which of these mutants no
mandatory rule would notice. Runs the program offline. Takes minutes.

  --write       write ${document}, from the stacks ${documented.join(" and ")}
  -h, --help    this text

Exit code: 0 every mutant is noticed, or with --write the document is written; 1 one is not, a rule threw, or the program is
wrong; 2 wrong usage.`,
    options: { write: { type: "boolean" } },
    positionals: args.includes("--write") ? [] : ["STACK"],
    async run({ write }, [stack = ""]) {
      const { stacks } = readProject(root);
      if (!write && !stacks.includes(stack)) throw new UsageError(`There is no stack "${stack}"; the stacks are ${stacks.join(", ")}.`);
      // Pulumi takes a second to load: not for a slip of the pen.
      const { huntIn } = await import("../mutation/hunt-in.ts");
      const { huntReport, isComplete, mutationDocument } = await import("../mutation/report.ts");
      const hunts = [];
      for (const name of write ? documented : [stack]) hunts.push(await huntIn(root, name));
      if (write) {
        await writeFile(join(root, document), mutationDocument(hunts));
        process.stdout.write(`Wrote ${document}.\n`);
        // Which mutants survive is what the document is for; a rule that throws is a fault of the rule.
        return hunts.every(({ crashes }) => crashes.length === 0) ? 0 : 1;
      }
      process.stdout.write(`${hunts.map(huntReport).join("\n\n")}\n`);
      return hunts.every(isComplete) ? 0 : 1;
    },
  },
  args,
);
