import { type ExportResult, exportJob } from "../../../contracts/exports.ts";
import { exportCorrectionsKey, exportPrefix, reportKey, reportPageKey } from "../../../contracts/keys.ts";
import { reportLanguage, report as reportSchema } from "../../../contracts/report.ts";
import type { Terminology } from "../../../contracts/terminology.ts";
import { NotFound } from "../../runtime/errors.ts";
import { caseScene } from "../../runtime/interchange/case-scene.ts";
import { formats } from "../../runtime/interchange/formats.ts";
import type { PublishedReport } from "../../runtime/interchange/scene.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { CorrectionLog } from "../correction-log.ts";

export interface Deps {
  lake: Lake;
  log: Pick<CorrectionLog, "all">;
  codes: Terminology;
}

/** State WriteExport: a span of an analysis in another format, file by file, each written while it is made; of pictures, what they are drawn from. */
export const createHandler =
  ({ lake, log: corrections, codes }: Deps) =>
  async (event: unknown): Promise<ExportResult> => {
    const { exportId, caseId, runId, format, startFrame, endFrame, corrections: version } = parseInput(exportJob, event);
    const sets = version === null ? null : (await corrections.all(caseId, runId)).filter((set) => set.version <= version);
    if (format === "mp4") {
      // Pictures are drawn by AnnotateVideo, which reaches no table: it is given what was corrected.
      const key = exportCorrectionsKey(caseId, runId, exportId);
      await lake.putJson(key, sets ?? []);
      return { files: [{ name: key.slice(exportPrefix(caseId, runId, exportId).length), mediaType: "application/json" }] };
    }
    const found = await caseScene(lake, { caseId, runId }, { startFrame, endFrame }, sets);
    const { files: filesOf, tellsReport = false } = formats[format];
    // A report tells of the whole operation, and cites what a part of it may lack.
    const isWhole = startFrame === 0 && endFrame === found.media.frameCount;
    const scene = { ...found, codes, reports: tellsReport && isWhole ? await publishedReports(lake, caseId, runId) : [] };
    const files = [];
    for (const { name, mediaType, content } of filesOf(scene)) {
      await lake.putStream(exportPrefix(caseId, runId, exportId) + name, content(), mediaType);
      files.push({ name, mediaType });
    }
    log("export written", { caseId, runId, exportId, fileCount: files.length });
    return { files };
  };

/** The report in each language that it was published in. Its page is written before its document, so that it is there. */
async function publishedReports(lake: Lake, caseId: string, runId: string): Promise<PublishedReport[]> {
  const found = await Promise.all(
    reportLanguage.options.map(async (language): Promise<PublishedReport[]> => {
      try {
        const report = await lake.json(reportKey(caseId, runId, language), reportSchema);
        return [{ report, page: Buffer.from(await lake.bytes(reportPageKey(caseId, runId, language))).toString() }];
      } catch (error) {
        if (error instanceof NotFound) return [];
        throw error;
      }
    }),
  );
  return found.flat();
}
