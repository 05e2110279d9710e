import { readFile, writeFile } from "node:fs/promises";
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
npm run mutate -- --sample

Tests the policy pack: undoes each thing that a stack's program says, one at a time, and tells which of these mutants no
mandatory rule would notice. Runs the program offline. Takes minutes.

  --write       write ${document}, from the stacks ${documented.join(" and ")}
  --sample      hold the first mutant of each kind in these stacks to what ${document} says of its kind; a tenth of the time
  -h, --help    this text

Exit code: 0 every mutant is noticed, with --write the document is written, with --sample it is right; 1 not so, a rule threw, or the
program is wrong; 2 wrong usage.`,
    options: { write: { type: "boolean" }, sample: { type: "boolean" } },
    positionals: args.includes("--write") || args.includes("--sample") ? [] : ["STACK"],
    async run({ write, sample }, [stack = ""]) {
      const { stacks } = readProject(root);
      if (write && sample) throw new UsageError("--write and --sample exclude one another.");
      if (!write && !sample && !stacks.includes(stack)) throw new UsageError(`There is no stack "${stack}"; the stacks are ${stacks.join(", ")}.`);
      // Pulumi takes a second to load: not for a slip of the pen.
      const { huntIn } = await import("../mutation/hunt-in.ts");
      const { differences, huntReport, isComplete, mutationDocument } = await import("../mutation/report.ts");
      const hunts = [];
      for (const name of write || sample ? documented : [stack]) hunts.push(await huntIn(root, name, { firstOnly: sample === true }));
      if (sample) {
        const wrong = [...differences(await readFile(join(root, document), "utf8"), hunts), ...hunts.flatMap(({ crashes }) => crashes)];
        const kinds = hunts.reduce((sum, { groups }) => sum + groups.length, 0);
        process.stdout.write(
          wrong.length === 0 ? `${kinds} kinds are as ${document} says.\n` : `${wrong.join("\n")}\n${document} is old: npm run mutate -- --write\n`,
        );
        return wrong.length === 0 ? 0 : 1;
      }
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
