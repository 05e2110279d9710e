import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readProject } from "../deploy/project.ts";
import { root } from "../root.ts";
import { main, UsageError } from "./command.ts";

const args = process.argv.slice(2);

await main(
  {
    help: `
npm run picture -- STACK --out FILE.svg
npm run picture -- --write

Draws a stack from the resources that its program registers, offline: accounts, components by area, what is inside them
and which component uses which. The same program gives the same picture.

  --out FILE    where the SVG goes
  --write       write docs/deployment.md and its pictures, of the stacks shared and prod
  -h, --help    this text

Exit code: 0 done; 1 the program is wrong; 2 wrong usage.`,
    options: { out: { type: "string" }, write: { type: "boolean" } },
    positionals: args.includes("--write") ? [] : ["STACK"],
    async run({ out, write }, [stack = ""]) {
      const { stacks } = readProject(root);
      if (write && out !== undefined) throw new UsageError("--write stands alone.");
      if (!write && !stacks.includes(stack)) throw new UsageError(`There is no stack "${stack}"; the stacks are ${stacks.join(", ")}.`);
      if (!write && out === undefined) throw new UsageError("--out FILE must be given.");
      // Pulumi takes a second to load: not for a slip of the pen.
      const { deployOffline } = await import("./deploy-offline.ts");
      if (!write) {
        const { pictureOf } = await import("../picture/model.ts");
        const { svgOf } = await import("../picture/svg.ts");
        await writeFile(out, svgOf(pictureOf(await deployOffline(root, stack))));
        return 0;
      }
      const { deploymentFiles, drawnStacks } = await import("../picture/document.ts");
      const deployments = [];
      for (const name of drawnStacks) deployments.push(await deployOffline(root, name));
      for (const [path, content] of deploymentFiles(deployments)) {
        await mkdir(dirname(join(root, path)), { recursive: true });
        await writeFile(join(root, path), content);
        process.stdout.write(`Wrote ${path}.\n`);
      }
      return 0;
    },
  },
  args,
);
