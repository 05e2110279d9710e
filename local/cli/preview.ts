import { writeFile } from "node:fs/promises";
import { styleText } from "node:util";
import { readProject } from "../deploy/project.ts";
import { root } from "../root.ts";
import { main, UsageError } from "./command.ts";
import { isRefused, previewReport } from "./preview-report.ts";

await main({
  help: `
npm run preview -- STACK [--json FILE]

Runs the program of a stack on this machine, without AWS and without the Pulumi CLI, checks every input of every
resource, and judges the result by the policy pack. Prints the resources as a tree, how many there are of each
type, and the findings.

  --json FILE   write every resource to FILE ("npm run changes" compares two such files), as a list of: urn, type, name, parent, custom, inputs, outputs,
                dependencies, propertyDependencies, protect, ignoreChanges, provider, id
  -h, --help    this text

This is not "pulumi preview": it knows nothing of what exists in an account, so it shows what the program declares
and not what would change. Ids and ARNs are computed, and what only AWS itself refuses is not found.
Exit code: 0 nothing to object to; 1 the program is wrong or violates a mandatory policy; 2 wrong usage.`,
  options: { json: { type: "string" } },
  positionals: ["STACK"],
  async run({ json }, [stack = ""]) {
    const { stacks } = readProject(root);
    if (!stacks.includes(stack)) throw new UsageError(`There is no stack "${stack}"; the stacks are ${stacks.join(", ")}.`);
    // Pulumi takes a second to load: not for a slip of the pen.
    const { previewStack } = await import("./preview-stack.ts");
    const { deployment, report } = await previewStack(root, stack);
    if (json !== undefined) await writeFile(json, `${JSON.stringify(deployment.resources, null, 2)}\n`);
    // Colours only where the terminal shows them.
    process.stdout.write(previewReport(deployment, report, (style, text) => styleText(style, text, { stream: process.stdout })));
    return isRefused(report) ? 1 : 0;
  },
});
