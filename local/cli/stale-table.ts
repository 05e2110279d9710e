import type { StaleSweep } from "../../contracts/stale.ts";

const called: Readonly<Record<StaleSweep["found"][number]["kind"], string>> = {
  "endpoint-configuration": "configuration",
  model: "model",
  "endpoint-files": "endpoint's files",
  "training-files": "training's files",
  "experiment-files": "experiment's files",
  "undecided-version": "version",
};

/** What was found stale, a line each, and what came of it. */
export function staleText({ found, removed, isCut }: StaleSweep): string[] {
  if (found.length === 0) return ["Nothing is stale."];
  const count = (files: number): string => (files === 0 ? "" : ` (${files} ${files === 1 ? "file" : "files"})`);
  const wide = Math.max(...found.map(({ kind }) => called[kind].length));
  return [
    ...found.map(({ kind, name, reason, files }) => `${called[kind].padEnd(wide)}  ${name}${count(files)}: ${reason}`),
    "",
    `${found.length} found, ${removed} removed.${isCut ? " There may be more: one sweep takes no more than this." : ""}`,
  ];
}
