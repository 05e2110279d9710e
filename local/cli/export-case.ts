import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type ExportRequest, type ExportStatus, exportStatus } from "../../contracts/exports.ts";
import type { Api } from "./api.ts";
import { CommandError } from "./command.ts";

/**
 * Exports a case and writes the files into a folder, or into `out` itself if it names a file and there is one. Answers their paths, and what
 * must be known of them. Throws a CommandError if the export fails.
 */
export async function exportCase(api: Api, caseId: string, request: ExportRequest, out: string): Promise<{ files: string[]; warnings: readonly string[] }> {
  const done = await settled(api, await api.call("POST", `/cases/${encodeURIComponent(caseId)}/exports`, exportStatus, request));
  if (done.status === "FAILED") throw new CommandError(`The export failed. ${done.error}`);
  return { files: await write(done, out), warnings: done.warnings };
}

async function settled(api: Api, { caseId, exportId }: ExportStatus): Promise<ExportStatus> {
  for (;;) {
    const status = await api.call("GET", `/cases/${caseId}/exports/${exportId}`, exportStatus);
    if (status.status !== "RUNNING") return status;
    await new Promise((wake) => setTimeout(wake, 500));
  }
}

async function write({ files }: ExportStatus, out: string): Promise<string[]> {
  const isFile = files.length === 1 && extname(out) !== "";
  const written: string[] = [];
  for (const { name, link } of files) {
    const path = isFile ? out : join(out, name);
    await mkdir(dirname(path), { recursive: true });
    const { body, ok, status } = await fetch(link);
    if (!ok || !body) throw new CommandError(`${name} can't be fetched: S3 answered ${status}.`);
    await pipeline(Readable.fromWeb(body), createWriteStream(path));
    written.push(path);
  }
  return written;
}
