import { spawnSync } from "node:child_process";

/** What was checked of a project is kept, since checking it again after a change takes a third of the time. */
const types = (project: string): [string, string[]] => [
  "tsc",
  ["-p", project, "--noEmit", "--incremental", "--tsBuildInfoFile", `node_modules/.cache/tsc/${project}/tsbuildinfo.json`],
];

/** `npm run check`: types, format and lint, import rules. Runs all even if one fails, so that every mistake shows at once. */
const checks: [string, string[]][] = [
  ...[".", "web", "test/web", "bench/page/probe"].map(types),
  ["biome", ["check", "."]],
  ["depcruise", ["contracts", "functions", "models", "components", "stacks", "policies", "local", "web", "scripts", "bench", "test", "--output-type", "err"]],
];

const failed = checks
  .filter(([command, args]) => spawnSync(command, args, { stdio: "inherit" }).status !== 0)
  .map(([command, args]) => [command, ...args].slice(0, 4).join(" "));
if (failed.length > 0) {
  process.stderr.write(`check failed: ${failed.join(", ")}\n`);
  process.exit(1);
}
