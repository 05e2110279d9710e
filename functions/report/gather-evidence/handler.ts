import { createHash } from "node:crypto";
import type { z } from "zod";
import { analysis as analysisSchema } from "../../../contracts/analysis.ts";
import { FrameIndex, frameTable } from "../../../contracts/frame-table.ts";
import { analysisKey, measuresKey, parseUri, reportEvidenceKey } from "../../../contracts/keys.ts";
import { measures as measuresSchema } from "../../../contracts/measures.ts";
import { reportEvidence } from "../../../contracts/report.ts";
import { gatherEvidenceRequest, type gatherEvidenceResponse } from "../../../contracts/steps.ts";
import { NotFound } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput, parseStored, parseStoredJson } from "../../runtime/parse.ts";
import { evidenceOf } from "./core.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "text" | "putJson" | "uri">;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** State GatherEvidence: what the report may say, as one short document in the lake. Works without measures. */
export const createHandler =
  ({ lake }: Deps) =>
  async (event: unknown): Promise<z.infer<typeof gatherEvidenceResponse>> => {
    const { caseId, runId } = parseInput(gatherEvidenceRequest, event);
    const key = analysisKey(caseId, runId);
    const analysisText = await lake.text(key);
    const analysis = parseStoredJson(analysisSchema, analysisText, lake.uri(key));
    const frames = new FrameIndex(await lake.json(parseUri(analysis.media.frameTable).key, frameTable));
    const measuresText = await textIfThere(lake, measuresKey(caseId, runId));
    const measures = measuresText === null ? null : parseStoredJson(measuresSchema, measuresText, lake.uri(measuresKey(caseId, runId)));
    const evidence = parseStored(
      reportEvidence,
      evidenceOf(analysis, measures, frames, { analysisSha256: sha256(analysisText), measuresSha256: measuresText === null ? null : sha256(measuresText) }),
      "The evidence",
    );
    await lake.putJson(reportEvidenceKey(caseId, runId), evidence);
    log("evidence gathered", { caseId, runId, itemCount: evidence.items.length, leftOutCount: evidence.leftOut });
    return { evidenceUri: lake.uri(reportEvidenceKey(caseId, runId)), itemCount: evidence.items.length };
  };

async function textIfThere(lake: Deps["lake"], key: string): Promise<string | null> {
  try {
    return await lake.text(key);
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}
