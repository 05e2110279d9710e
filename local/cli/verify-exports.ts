import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { root } from "../root.ts";
import { CommandError, main } from "./command.ts";
import { pythonTools, succeeds } from "./python-tools.ts";

/** Formats that others wrote readers of, which a package index of Python has (`local/export-readers/check.py`). */
const formats = ["coco", "csv", "dicom-sr", "fhir", "parquet", "webvtt"];

await main({
  help: `
npm run verify:exports -- FOLDER

Has exports read by readers that others wrote: pycocotools, fhir.resources, pydicom, Apache Arrow and webvtt-py. FOLDER holds a folder for each
format, as "npm run export -- CASE --format coco --out FOLDER/coco" makes it: ${formats.join(", ")}, or some of them.
The readers are installed into node_modules/.cache from a package index of Python, once.

  -h, --help   this text

Needs Python 3.10 or newer with venv (PYTHON_TOOLS, by default python3). On Debian: apt-get install -y python3-venv
Exit code: 0 all were read; 1 one was not, or there is none, or a tool is missing; 2 wrong usage.`,
  options: {},
  positionals: ["FOLDER"],
  async run(_, [given = ""]) {
    const folder = resolve(given);
    if (!formats.some((format) => existsSync(join(folder, format)))) throw new CommandError(`${given} holds no folder that is called ${formats.join(", ")}.`);
    const bin = pythonTools("export-readers", join(root, "local/export-readers/requirements.txt"));
    return succeeds(join(bin, "python"), [join(root, "local/export-readers/check.py"), folder]) ? 0 : 1;
  },
});
