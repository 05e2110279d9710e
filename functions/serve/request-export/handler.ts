import type { Analysis } from "../../../contracts/analysis.ts";
import { type ExportJob, type ExportRequest, type ExportStatus, exportRequest } from "../../../contracts/exports.ts";
import { objectionsInEnglish } from "../../../contracts/objections.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { jsonBody, route } from "../../runtime/http.ts";
import { unknownPhases } from "../../runtime/interchange/formats/cholec80.ts";
import { formats } from "../../runtime/interchange/formats.ts";
import { overlaps, syntheticWarning } from "../../runtime/interchange/scene.ts";
import { log } from "../../runtime/log.ts";
import { analysedCase, type CaseDeps } from "../analysed-case.ts";
import type { CorrectionLog } from "../correction-log.ts";

export interface Deps extends CaseDeps {
  log: Pick<CorrectionLog, "newest">;
  newId(): string;
  /** Starts the state machine `case-export` under the export's identifier. */
  start(job: ExportJob): Promise<void>;
}

/** What drawing into pictures loses. */
const drawnLoss = "What is drawn into the pictures can't be taken out again: measures are left out, and masks show at the resolution they were made at.";

const correctedWarning = "Findings, boxes and masks are as people corrected them; measures are those of the analysis, and were not taken anew.";

/** `POST /cases/{caseId}/exports`: starts an export; how it comes on tells `GET .../exports/{exportId}`. */
export const createHandler = (deps: Deps) =>
  route(async (request): Promise<ExportStatus> => {
    const wanted = jsonBody(request, exportRequest);
    const analysis = await analysedCase(deps, request);
    const { caseId, runId } = analysis;
    const { format } = wanted;
    const span = spanOf(wanted, analysis);
    const corrections = wanted.corrected ? await deps.log.newest(caseId, runId) : null;
    const job = { exportId: deps.newId(), caseId, runId, format, ...span, corrections, warnings: warningsOf(wanted, analysis) };
    await deps.start(job);
    log("export started", { caseId, runId, exportId: job.exportId });
    const { runId: _, ...told } = job;
    return { ...told, status: "RUNNING", error: null, files: [] };
  }, 202);

function spanOf(
  { format, startFrame = 0, endFrame, corrected = false }: ExportRequest,
  { media, segments }: Analysis,
): { startFrame: number; endFrame: number } {
  const { frameCount } = media.source;
  const span = { startFrame, endFrame: endFrame ?? frameCount };
  const reasons = [
    ...(span.startFrame < frameCount && span.endFrame <= frameCount ? [] : [objectionsInEnglish.beyondEnd(frameCount, span.startFrame, span.endFrame)]),
    // Corrections may have given phases other names; whoever writes the file looks again.
    ...(format === "cholec80" && !corrected ? unknownPhases(segments.filter((segment) => overlaps(segment, span))) : []),
    ...(format === "mp4" && media.renditions.review === null ? ["The case has no review rendition to draw into: its branch failed."] : []),
  ];
  if (reasons.length > 0) throw new InvalidInput(...reasons);
  return span;
}

function warningsOf({ format, corrected = false }: ExportRequest, { producers, status }: Analysis): string[] {
  return [
    format === "mp4" ? drawnLoss : formats[format].loses,
    ...(corrected ? [correctedWarning] : []),
    ...(status === "PARTIAL" ? ["The analysis is partial: an analyser failed, and what it would have found is missing."] : []),
    ...(producers.some(({ syntheticOnly }) => syntheticOnly) ? [syntheticWarning] : []),
  ];
}
