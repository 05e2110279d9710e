import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { styleText } from "node:util";
import { readProject } from "../deploy/project.ts";
import { root } from "../root.ts";
import { main, UsageError } from "./command.ts";

const args = process.argv.slice(2);
const document = "docs/costs.md";

await main(
  {
    help: `
npm run cost -- STACK [--hours N] [--fps F] [--json]
npm run cost -- --write

Tells what a stack costs on AWS at list prices, about: in a month in which nothing happens, and for each hour of video.
Reads both from the resources that the stack's program registers, offline, without an account. A resource whose cost
nobody has stated is an error.

  --hours N     hours of video in a month, for the month's sum (100)
  --fps F       frames a second that the analysers sample (what the catalogue says)
  --json        everything as JSON
  --write       write ${document}, which compares dev, prod and two other designs
  -h, --help    this text

Exit code: 0 done; 1 something has no price, or the program is wrong; 2 wrong usage.`,
    options: { hours: { type: "string" }, fps: { type: "string" }, json: { type: "boolean" }, write: { type: "boolean" } },
    positionals: args.includes("--write") ? [] : ["STACK"],
    async run({ hours, fps, json, write }, [stack = ""]) {
      if (write && (json || hours !== undefined || fps !== undefined)) throw new UsageError("--write stands alone.");
      const { stacks } = readProject(root);
      if (!write && !stacks.includes(stack)) throw new UsageError(`There is no stack "${stack}"; the stacks are ${stacks.join(", ")}.`);
      const month = numberOf("--hours", hours, 100, 0);
      const rate = fps === undefined ? undefined : numberOf("--fps", fps, 0, 0.01);
      // Pulumi takes a second to load: not for a slip of the pen.
      const { deployOffline } = await import("./deploy-offline.ts");
      if (write) {
        const { costDocument } = await import("../cost/document.ts");
        const [dev, prod] = [await deployOffline(root, "dev"), await deployOffline(root, "prod")];
        await writeFile(join(root, document), costDocument({ dev, prod }));
        process.stdout.write(`Wrote ${document}.\n`);
        return 0;
      }
      const { estimate } = await import("../cost/estimate.ts");
      const { costReport } = await import("../cost/report.ts");
      const found = estimate(await deployOffline(root, stack), rate === undefined ? {} : { fps: rate });
      process.stdout.write(
        json
          ? `${JSON.stringify({ ...found, hours: month }, null, 2)}\n`
          : costReport(found, month, (style, text) => styleText(style, text, { stream: process.stdout })),
      );
      return 0;
    },
  },
  args,
);

function numberOf(option: string, text: string | undefined, otherwise: number, least: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < least) throw new UsageError(`${option} must be a number, ${least} or more, not "${text}".`);
  return value;
}
