import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.ts";

const prepared = join(root, "node_modules/.cache/python-training/bin/python");

/** The Python that trains: the one that `npm run verify:python` prepares, where it is there, else PYTHON, else Debian's. */
export const trainingPython = (): string => (existsSync(prepared) ? prepared : (process.env["PYTHON"] ?? "/usr/bin/python3"));

/** What the training image holds (models/training/requirements-image.txt), by the names under which it is imported. */
export const trainingModules = ["numpy", "onnx", "onnxruntime", "PIL", "torch"] as const;

/** Those of some modules that a Python lacks; all, where it is no Python. */
export const lackingModules = (python: string, modules: readonly string[]): string[] =>
  modules.filter((name) => spawnSync(python, ["-c", `import ${name}`], { stdio: "ignore" }).status !== 0);

let answer: { python: string; reason: string | undefined } | undefined;

/** Why no training can run on this machine; undefined if it can. Asked of a Python once. */
export function whyNoTraining(python = trainingPython()): string | undefined {
  if (answer?.python === python) return answer.reason;
  const lacking = lackingModules(python, trainingModules);
  const reason =
    lacking.length === 0
      ? undefined
      : `Training needs a Python with ${trainingModules.join(", ")}; ${python} lacks ${lacking.join(", ")}. npm run verify:python prepares one, and PYTHON names another.`;
  answer = { python, reason };
  return reason;
}
