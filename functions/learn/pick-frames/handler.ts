import { z } from "zod";
import {
  type DatasetPlan,
  datasetName,
  datasetPlan,
  datasetVersionNumber,
  type FramePicks,
  type PlannedCase,
  pseudonym,
} from "../../../contracts/dataset-version.ts";
import { datasetPicksKey, datasetPlanKey } from "../../../contracts/keys.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import { caseScene } from "../../runtime/interchange/case-scene.ts";
import type { Scene } from "../../runtime/interchange/scene.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { CorrectionLog } from "../../serve/correction-log.ts";
import { type CorrectedCase, correctedCase } from "../analysed.ts";
import type { DatasetStore } from "../dataset-store.ts";
import { picksOf } from "./core.ts";

export interface Deps {
  lake: Lake;
  datasets: DatasetStore;
  log: Pick<CorrectionLog, "all">;
}

const input = z.strictObject({ name: datasetName, version: datasetVersionNumber, case: pseudonym });

/** A planned case, as it was when the version was planned. */
export interface PlannedScene extends CorrectedCase {
  readonly plan: DatasetPlan;
  readonly planned: PlannedCase;
  readonly scene: Scene;
}

/** Reads what a state about one case of a version is given. Throws BrokenContract if the analysis is another by now. */
export async function plannedScene({ lake, datasets, log: corrections }: Deps, event: unknown): Promise<PlannedScene> {
  const { name, version, case: wanted } = parseInput(input, event);
  const key = datasetPlanKey(name, version);
  const plan = await datasets.json(key, datasetPlan);
  const planned = plan.cases.find((one) => one.case === wanted);
  if (!planned) throw new BrokenContract(`${datasets.uri(key)} plans no case ${wanted}.`);
  const found = await correctedCase(lake, corrections, planned);
  const { frameCount } = found.analysis.media.source;
  if (found.analysis.provenance.contentSha256 !== planned.contentSha256)
    throw new BrokenContract(`The analysis of case ${wanted} is not the one that was planned.`);
  return { plan, planned, ...found, scene: await caseScene(lake, planned, { startFrame: 0, endFrame: frameCount }, found.sets) };
}

/** State PickFrames: which frames of a case are taken. With none, nothing is written. */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<{ frameCount: number }> => {
    const { plan, planned, scene, ...found } = await plannedScene(deps, event);
    const { name } = plan.request;
    const picks = await picksOf(found, scene, plan.request);
    log("frames picked", { caseId: planned.caseId, runId: planned.runId, frameCount: picks.length });
    if (picks.length === 0) return { frameCount: 0 };
    const { width, height } = found.analysis.media.raster;
    const file: FramePicks = { schema: "frame-picks/1.0", case: planned.case, width, height, picks };
    const key = datasetPicksKey(name, plan.version, planned.case);
    if (!(await deps.datasets.putNew(key, JSON.stringify(file), "application/json")))
      throw new BrokenContract(`${deps.datasets.uri(key)} names other frames than those picked now.`);
    return { frameCount: picks.length };
  };
