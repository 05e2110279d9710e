import { type ExportResult, exportJob } from "../../../contracts/exports.ts";
import { exportPrefix } from "../../../contracts/keys.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { caseScene } from "../../runtime/interchange/case-scene.ts";
import { formats } from "../../runtime/interchange/formats.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { CorrectionLog } from "../correction-log.ts";

export interface Deps {
  lake: Lake;
  log: Pick<CorrectionLog, "all">;
}

/** State WriteExport: a span of an analysis in another format, file by file, each written while it is made. */
export const createHandler =
  ({ lake, log: corrections }: Deps) =>
  async (event: unknown): Promise<ExportResult> => {
    const { exportId, caseId, runId, format, startFrame, endFrame, corrections: version } = parseInput(exportJob, event);
    if (format === "mp4") throw new InvalidInput("Pictures are drawn by AnnotateVideo, not written here.");
    const sets = version === null ? null : (await corrections.all(caseId, runId)).filter((set) => set.version <= version);
    const scene = await caseScene(lake, { caseId, runId }, { startFrame, endFrame }, sets);
    const files = [];
    for (const { name, mediaType, content } of formats[format].files(scene)) {
      await lake.putStream(exportPrefix(caseId, runId, exportId) + name, content(), mediaType);
      files.push({ name, mediaType });
    }
    log("export written", { caseId, runId, exportId, fileCount: files.length });
    return { files };
  };
