import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError, main } from "../local/cli/command.ts";
import { answers, pythonTools, succeeds } from "../local/cli/python-tools.ts";
import { root } from "../local/root.ts";

const packages = "python3-torch python3-onnx python3-numpy python3-pytest";
/** What trains; the tools have a Python of their own, since PyTorch comes from elsewhere. */
const trainer = process.env["PYTHON"] ?? "/usr/bin/python3";

await main({
  help: `
npm run verify:python

Holds models/training to what its tools say: lint and format (ruff), types (mypy), a few steps of training of each kind on tiny data,
readers of datasets and measures, tuning of a tiny language model (pytest), tracking by the clients of others, and two shipped networks measured by the
evaluation's own entry, its answer by the contract (mocha); and makes one network from the drawing to its comparison with the shipped one, in little (make).
The tools, ONNX Runtime, the clients and transformers are installed into node_modules/.cache from a package index of Python, once.

  -h, --help   this text

Needs make, Python 3.10 or newer with venv (PYTHON_TOOLS, by default python3), and one with PyTorch, onnx, numpy and pytest (PYTHON, by
default /usr/bin/python3). On Debian: apt-get install -y python3-venv ${packages}
Exit code: 0 all agree; 1 something does not, or a tool is missing; 2 wrong usage.`,
  options: {},
  positionals: [],
  async run() {
    const tools = pythonTools("python-tools", join(root, "models/training/requirements-check.txt"));
    if (!answers(trainer, ["-c", "import numpy, onnx, pytest, torch"]))
      throw new CommandError(`"${trainer}" lacks PyTorch, onnx, numpy or pytest. On Debian: apt-get install -y ${packages}`);
    const environment = pythonTools("python-training", join(root, "models/training/requirements-try.txt"), { python: trainer, withItsPackages: true });
    const listed = { python: trainer, withItsPackages: true, asListed: true };
    const vlm = pythonTools("python-vlm", join(root, "models/training/requirements-vlm.txt"), listed);
    const pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider"];
    const checks: Record<string, () => boolean> = {
      "ruff check": () => succeeds(join(tools, "ruff"), ["check"]),
      "ruff format": () => succeeds(join(tools, "ruff"), ["format", "--check"]),
      mypy: () => succeeds(join(tools, "mypy"), ["--cache-dir", join(root, "node_modules/.cache/mypy")]),
      // The clients keep threads and hooks of their process for themselves, so each has one of its own, below.
      pytest: () => succeeds(join(environment, "python"), [...pytest, "--ignore-glob=*tracking*", "--ignore-glob=*tune_vlm*", "test/models/training"]),
      "pytest of tune_vlm.py": () => succeeds(join(vlm, "python"), [...pytest, "test/models/training/test_tune_vlm.py"]),
      make: () => makes("organ_segmenter", join(environment, "python")),
      "tracking and evaluation": () => succeeds("npx", ["mocha", "test/models/training", "--grep", "tracking|evaluate.py"]),
    };
    // All of them, so that every mistake shows at once.
    const failed = Object.entries(checks).flatMap(([name, check]) => (check() ? [] : [name]));
    if (failed.length > 0) throw new CommandError(`Refused by ${failed.join(", ")}.`);
    process.stdout.write("ruff, mypy, pytest and make agree.\n");
    return 0;
  },
});

/** Whether a network comes out whole: drawn, trained for seconds, exported, measured, quantised and compared. How good it is, seconds can't tell. */
function makes(network: string, python: string): boolean {
  const data = mkdtempSync(join(tmpdir(), "svp-make-"));
  try {
    const variables = ["SMALL=1", `DATA=${data}`, `PYTHON=${python}`, `NODE=${join(root, "node_modules/.bin/node")}`];
    return succeeds("make", ["--no-print-directory", "-C", join(root, "models/training"), ...variables, network, `check-${network}`]);
  } finally {
    rmSync(data, { recursive: true });
  }
}
