import { type Analysis, analysis as analysisSchema } from "../../contracts/analysis.ts";
import { type CorrectedView, corrected, uncorrected } from "../../contracts/corrected-view.ts";
import type { CorrectionSet } from "../../contracts/corrections.ts";
import { FrameIndex, frameTable } from "../../contracts/frame-table.ts";
import { analysisKey, parseUri } from "../../contracts/keys.ts";
import type { Lake } from "../runtime/lake.ts";
import type { CorrectionLog } from "../serve/correction-log.ts";

/** An analysis as people corrected it, up to a version of the corrections. */
export interface CorrectedCase {
  readonly analysis: Analysis;
  readonly frames: FrameIndex;
  readonly sets: readonly CorrectionSet[];
  readonly view: CorrectedView;
}

export async function correctedCase(
  lake: Pick<Lake, "json">,
  log: Pick<CorrectionLog, "all">,
  { caseId, runId, corrections }: { readonly caseId: string; readonly runId: string; readonly corrections: number },
): Promise<CorrectedCase> {
  const analysis = await lake.json(analysisKey(caseId, runId), analysisSchema);
  const sets = (await log.all(caseId, runId)).filter(({ version }) => version <= corrections);
  const view = corrected(
    uncorrected(analysis),
    sets.flatMap((set) => set.corrections),
  );
  return { analysis, sets, view, frames: new FrameIndex(await lake.json(parseUri(analysis.media.frameTable).key, frameTable)) };
}

/** Whether the privacy gate calls a frame outside the patient. */
export const isOutside = ({ gate }: Pick<Analysis, "gate">, frame: number): boolean =>
  gate.outOfBody.some(({ startFrame, endFrame }) => frame >= startFrame && frame < endFrame);
