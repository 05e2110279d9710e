import { join, resolve } from "node:path";
import { caseDetail } from "../../contracts/api.ts";
import { exportFormat } from "../../contracts/exports.ts";
import { FrameIndex, frameTable, lastNotAfter } from "../../contracts/frame-table.ts";
import { root } from "../root.ts";
import { type Api, openApi } from "./api.ts";
import { CommandError, main, UsageError } from "./command.ts";
import { exportCase } from "./export-case.ts";

await main({
  help: `
npm run export -- CASE --format F [--out PATH] [--from m:ss] [--to m:ss] [--corrected] [--data DIR]

Exports an analysed case in another format, through the platform's API.

  --format F    ${exportFormat.options.join(", ")}
  --out PATH    a file, for a format of one file; else a folder (default: export/CASE-F)
  --from m:ss   begin at this time of the operation, such as 12:30 or 1:02:03.5 (default: its start)
  --to m:ss     end before this time (default: its end)
  --corrected   as people corrected it, not as it was analysed
  --data DIR    folder of the local cloud (default: .svp)
  -h, --help    this text

What each format keeps and loses is in docs/interchange.md; what must be known is told on standard error.
Exit code: 0 written; 1 failed; 2 wrong usage.`,
  options: {
    format: { type: "string" },
    out: { type: "string" },
    from: { type: "string" },
    to: { type: "string" },
    corrected: { type: "boolean" },
    data: { type: "string" },
  },
  positionals: ["CASE"],
  async run({ format, out, from, to, corrected, data }, [caseId = ""]) {
    const wanted = exportFormat.safeParse(format);
    if (!wanted.success) throw new UsageError(`--format must be one of ${exportFormat.options.join(", ")}.`);
    const times = { from: from === undefined ? undefined : secondsOf("--from", from), to: to === undefined ? undefined : secondsOf("--to", to) };
    const api = await openApi(resolve(data ?? join(root, ".svp")));
    try {
      const span = await spanOf(api, caseId, times);
      const request = { format: wanted.data, ...span, ...(corrected && { corrected }) };
      const { files, warnings } = await exportCase(api, caseId, request, out ?? join("export", `${caseId}-${wanted.data}`));
      for (const file of files) process.stdout.write(`${file}\n`);
      for (const warning of warnings) process.stderr.write(`${warning}\n`);
      return 0;
    } finally {
      await api.close();
    }
  },
});

function secondsOf(option: string, text: string): number {
  const match = /^(?:(\d+):)?(\d+):([0-5]?\d(?:\.\d+)?)$/.exec(text);
  if (!match) throw new UsageError(`${option} must be a time such as 12:30 or 1:02:03.5, not "${text}".`);
  return Number(match[1] ?? 0) * 3600 + Number(match[2]) * 60 + Number(match[3]);
}

/** Times as frames: the frame that is shown at `from`, and the first one that is not shown before `to`. */
async function spanOf(api: Api, caseId: string, { from, to }: { from: number | undefined; to: number | undefined }) {
  if (from === undefined && to === undefined) return {};
  const { links } = await api.call("GET", `/cases/${encodeURIComponent(caseId)}`, caseDetail);
  if (links.frameTable === null) throw new CommandError("The case has no analysis.");
  const { source } = new FrameIndex(frameTable.parse(await (await fetch(links.frameTable)).json()));
  const ticks = (seconds: number): number => (source.pts[0] as number) + (seconds * source.timebase.den) / source.timebase.num;
  const frameAt = (seconds: number): number => Math.max(0, lastNotAfter(source.pts, ticks(seconds)));
  const firstFrom = (seconds: number): number => lastNotAfter(source.pts, ticks(seconds) - 1e-6) + 1;
  return { ...(from !== undefined && { startFrame: frameAt(from) }), ...(to !== undefined && { endFrame: firstFrom(to) }) };
}
