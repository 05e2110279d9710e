import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.ts";

const prepared = join(root, "node_modules/.cache/python-training/bin/python");

/** The Python that trains: the one that `npm run verify:python` prepares, where it is there, else PYTHON, else Debian's. */
export const trainingPython = (): string => (existsSync(prepared) ? prepared : (process.env["PYTHON"] ?? "/usr/bin/python3"));

/** What the training image holds (models/training/requirements-image.txt), by the names under which it is imported. */
export const trainingModules = ["numpy", "onnx", "onnxruntime", "PIL", "torch"] as const;

const lookUp = "import sys; from importlib.util import find_spec; print(*[name for name in sys.argv[1:] if find_spec(name) is None])";

/** Those of some modules that a Python lacks; all, where it is no Python. They are looked up and not imported, which takes PyTorch seconds. */
export function lackingModules(python: string, modules: readonly string[]): string[] {
  const { status, stdout } = spawnSync(python, ["-c", lookUp, ...modules], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return status === 0 ? stdout.split(/\s+/).filter((name) => name !== "") : [...modules];
}

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
