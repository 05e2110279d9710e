import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { type CorrectionReceipt, correctionList, correctionReceipt } from "../../contracts/corrections.ts";
import { type AnnotationReceipt, annotationReceipt, importFormat } from "../../contracts/exports.ts";
import { root } from "../root.ts";
import { type Api, openApi } from "./api.ts";
import { CommandError, main, UsageError } from "./command.ts";

await main({
  help: `
npm run import -- CASE FILE --format F [--labels FILE] [--detections FILE] [--adopt] [--data DIR]

Hands annotations that people made with another tool to a case, through the platform's API. They are checked, and
stored as a set of their own; nothing that is there is changed, unless they are adopted.

  --format F          ${importFormat.options.join(", ")}
  --labels FILE       names of the classes, one a line; MOTChallenge needs it
  --detections FILE   MOTChallenge's det.txt beside its gt.txt: scores, and boxes of no track
  --adopt             keep as corrections what of them is otherwise than what holds (docs/interchange.md)
  --data DIR          folder of the local cloud (default: .svp)
  -h, --help          this text

Prints what was stored as JSON. What is wrong with a file is told with its place, all at once.
Exit code: 0 stored; 1 refused or failed; 2 wrong usage.`,
  options: { format: { type: "string" }, labels: { type: "string" }, detections: { type: "string" }, adopt: { type: "boolean" }, data: { type: "string" } },
  positionals: ["CASE", "FILE"],
  async run({ format, labels, detections, adopt, data }, [caseId = "", file = ""]) {
    const wanted = importFormat.safeParse(format);
    if (!wanted.success) throw new UsageError(`--format must be one of ${importFormat.options.join(", ")}.`);
    const files = [
      await packed(file, basename(file)),
      ...(labels === undefined ? [] : [await packed(labels, "labels.txt")]),
      ...(detections === undefined ? [] : [await packed(detections, "det.txt")]),
    ];
    const api = await openApi(resolve(data ?? join(root, ".svp")));
    try {
      const receipt = await api.call("POST", `/cases/${encodeURIComponent(caseId)}/annotations`, annotationReceipt, { format: wanted.data, files });
      process.stdout.write(`${JSON.stringify(receipt, null, 2)}\n`);
      if (adopt) process.stdout.write(`${JSON.stringify(await adoptedBy(api, receipt), null, 2)}\n`);
      return 0;
    } finally {
      await api.close();
    }
  },
});

/** Makes corrections of a set: of what holds now. */
async function adoptedBy(api: Api, { id, caseId }: AnnotationReceipt): Promise<CorrectionReceipt> {
  const path = `/cases/${encodeURIComponent(caseId)}/corrections`;
  const { runId, contentSha256, version } = await api.call("GET", path, correctionList);
  return api.call("POST", path, correctionReceipt, { runId, contentSha256, annotationSet: id }, { "if-match": `"${version}"` });
}

async function packed(path: string, name: string): Promise<{ name: string; gzip: string }> {
  const content = await readFile(path).catch(() => {
    throw new CommandError(`${path} can't be read.`);
  });
  return { name, gzip: gzipSync(content).toString("base64") };
}
