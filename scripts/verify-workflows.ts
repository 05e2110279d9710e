import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { CommandError, main } from "../local/cli/command.ts";
import { answers, succeeds } from "../local/cli/python-tools.ts";
import { root } from "../local/root.ts";

/** Looks workflows of GitHub Actions over. */
const linter = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";
const folder = join(root, "node_modules/.cache/actionlint");

await main({
  help: `
npm run verify:workflows

Looks the workflows of GitHub Actions over with actionlint, built from its Go module into node_modules/.cache, once.

  -h, --help   this text

Needs Go 1.24 or newer. That GitHub and AWS do as the workflows ask is not tried.
Exit code: 0 nothing to object to; 1 something is wrong, or Go is missing; 2 wrong usage.`,
  options: {},
  positionals: [],
  async run() {
    if (!succeeds(actionlint(), [])) throw new CommandError("actionlint objects.");
    process.stdout.write("actionlint agrees.\n");
    return 0;
  },
});

function actionlint(): string {
  mkdirSync(folder, { recursive: true });
  const program = join(folder, linter.replace(/^.*@/, "actionlint-"));
  if (existsSync(program)) return program;
  if (!answers("go", ["version"])) throw new CommandError("Go is not installed. actionlint is built from its Go module: https://go.dev/doc/install.");
  const built = spawnSync("go", ["install", linter], { env: { ...process.env, GOBIN: folder, GOFLAGS: "-mod=mod" }, cwd: folder, encoding: "utf8" });
  if (built.status !== 0) throw new CommandError(`${linter} can't be built: ${built.stderr}`);
  renameSync(join(folder, "actionlint"), program);
  return program;
}
