import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { root } from "../root.ts";
import { openApi } from "./api.ts";
import { CommandError, main } from "./command.ts";
import { exportCase } from "./export-case.ts";
import { pythonTools, succeeds } from "./python-tools.ts";
import { StartedPlatform } from "./started-platform.ts";

/** Formats that others wrote readers of, which a package index of Python has (`local/export-readers/check.py`). */
const formats = ["coco", "csv", "dicom-sr", "fhir", "parquet", "webvtt"] as const;

await main({
  help: `
npm run verify:exports [-- FOLDER]

Has exports read by readers that others wrote: pycocotools, fhir.resources, pydicom, Apache Arrow and webvtt-py. FOLDER holds a folder for each
format, as "npm run export -- CASE --format coco --out FOLDER/coco" makes it: ${formats.join(", ")}, or some of them.
Without it the sample operation is analysed in a local cloud of its own, and exported to all of them.
The readers are installed into node_modules/.cache from a package index of Python, once.

  -h, --help   this text

Needs Python 3.10 or newer with venv (PYTHON_TOOLS, by default python3). On Debian: apt-get install -y python3-venv
Exit code: 0 all were read; 1 one was not, or there is none, or a tool is missing; 2 wrong usage.`,
  options: {},
  positionals: ["FOLDER"],
  optional: true,
  async run(_, [given]) {
    if (given !== undefined && !formats.some((format) => existsSync(join(resolve(given), format))))
      throw new CommandError(`${given} holds no folder that is called ${formats.join(", ")}.`);
    const bin = pythonTools("export-readers", join(root, "local/export-readers/requirements.txt"));
    const areRead = (folder: string) => succeeds(join(bin, "python"), [join(root, "local/export-readers/check.py"), folder]);
    if (given !== undefined) return areRead(resolve(given)) ? 0 : 1;
    const folder = mkdtempSync(join(tmpdir(), "svp-exports-"));
    try {
      await exportSample(join(folder, "data"), folder);
      return areRead(folder) ? 0 : 1;
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
});

/** Analyses the sample operation in a local cloud on a folder, and exports it to a folder for each format. */
async function exportSample(dataDir: string, out: string): Promise<void> {
  const platform = await StartedPlatform.start(dataDir);
  try {
    const caseId = await platform.client.upload(join(root, "samples/laparoscopy.mp4"), () => undefined);
    const { status } = await platform.client.settled(caseId, () => undefined);
    if (status !== "COMPLETE") throw new CommandError(`The sample operation is ${status}, not COMPLETE.`);
    const api = await openApi(dataDir);
    try {
      for (const format of formats) await exportCase(api, caseId, { format }, join(out, format));
    } finally {
      await api.close();
    }
  } finally {
    await platform.stop();
  }
}
