import { readFile } from "node:fs/promises";
import { z } from "zod";
import { CommandError, main } from "./command.ts";
import { changesBetween, changesReport, type PreviewedResource } from "./preview-changes.ts";

const previewed = z.array(
  z.object({ urn: z.string(), type: z.string(), name: z.string(), inputs: z.record(z.string(), z.unknown()), protect: z.boolean().default(false) }),
);

await main({
  help: `
npm run changes -- BEFORE.json AFTER.json

Tells as Markdown what a program declares otherwise than it did: resources added, removed and changed, with the names of the inputs that
differ but not their values, and data that would be lost. Both files come from "npm run preview -- STACK --json FILE".

  -h, --help    this text

Exit code: 0 told, whether anything differs or not; 1 a file is not such a list; 2 wrong usage.`,
  options: {},
  positionals: ["BEFORE.json", "AFTER.json"],
  async run(_options, [before = "", after = ""]) {
    const [was, is] = await Promise.all([readPreview(before), readPreview(after)]);
    // urn:pulumi:STACK::PROJECT::TYPE::NAME
    const stack = (is[0] ?? was[0])?.urn.split(":")[2] ?? "without resources";
    process.stdout.write(`${changesReport(stack, changesBetween(was, is))}\n`);
    return 0;
  },
});

async function readPreview(file: string): Promise<PreviewedResource[]> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new CommandError(`${file} can't be read: ${(error as Error).message}`);
  }
  const parsed = previewed.safeParse(json);
  if (!parsed.success) throw new CommandError(`${file} is not what "npm run preview -- STACK --json" writes: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
