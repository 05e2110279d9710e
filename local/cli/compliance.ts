import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isCompliant } from "../compliance/evidence.ts";
import { readProject } from "../deploy/project.ts";
import { root } from "../root.ts";
import { main, UsageError } from "./command.ts";

await main({
  help: `
npm run compliance -- STACK [--out DIR] [--nprm-2025]

Judges everything that a stack's program declares by the policy pack, on this machine, without AWS and without the
Pulumi CLI, and writes the evidence: every rule on every resource, every paragraph of the Security Rule, every waiver.

  --out DIR     where to write (default: compliance/STACK):
                evidence.json, evidence.sarif, evidence.html (English), evidence.zh-TW.html (Traditional Chinese)
  --nprm-2025   hold the stack to what the rule that was proposed in 2025 (90 FR 898) would make mandatory, too;
                it was not final in mid-2026
  -h, --help    this text

Exit code: 0 every mandatory rule is kept; 1 a mandatory rule is violated, a waiver may not stand, or the program is
wrong; 2 wrong usage.`,
  options: { out: { type: "string" }, "nprm-2025": { type: "boolean" } },
  positionals: ["STACK"],
  async run({ out, "nprm-2025": nprm }, [stack = ""]) {
    const { stacks } = readProject(root);
    if (!stacks.includes(stack)) throw new UsageError(`There is no stack "${stack}"; the stacks are ${stacks.join(", ")}.`);
    // Pulumi takes a second to load: not for a slip of the pen.
    const { gatherEvidence } = await import("../compliance/gather.ts");
    const { documentsOf } = await import("../compliance/documents.ts");
    const evidence = await gatherEvidence(root, stack, { nprm2025: nprm === true });
    const folder = resolve(out ?? join("compliance", stack));
    await mkdir(folder, { recursive: true });
    const documents = documentsOf(evidence, root);
    for (const [name, content] of Object.entries(documents)) await writeFile(join(folder, name), content);
    const failed = evidence.results.filter(({ verdict }) => verdict === "fail");
    for (const { rule, type, name, messages } of failed) process.stdout.write(`${rule}: ${messages.join(" ")} (${type} "${name}")\n`);
    for (const objection of evidence.waiverObjections) process.stdout.write(`${objection}\n`);
    process.stdout.write(
      `${evidence.rules.length} rules, ${evidence.results.length} judgements, ${failed.length} violations. Written to ${folder}: ${Object.keys(documents).join(", ")}\n`,
    );
    return isCompliant(evidence) ? 0 : 1;
  },
});
