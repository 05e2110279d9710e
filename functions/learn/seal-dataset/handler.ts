import { z } from "zod";
import {
  type DatasetBuildResult,
  datasetManifest,
  datasetName,
  datasetPlan,
  datasetVersionNumber,
  labelledCase,
  pseudonym,
} from "../../../contracts/dataset-version.ts";
import { datasetCaseKey, datasetManifestKey, datasetPlanKey, datasetVersionPrefix } from "../../../contracts/keys.ts";
import { BrokenContract, InvalidInput } from "../../runtime/errors.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { DatasetStore } from "../dataset-store.ts";
import { manifestOf } from "./core.ts";

export interface Deps {
  datasets: DatasetStore;
}

const input = z.strictObject({
  name: datasetName,
  version: datasetVersionNumber,
  /** What came of each case: frames that were labelled; 0 if none could be taken. */
  cases: z.array(z.strictObject({ case: pseudonym, frameCount: z.int().nonnegative() })).min(1),
});

/** State SealDataset: writes the manifest, last of all. A version whose content is its parent's is not made: the parent is what is asked for. */
export const createHandler =
  ({ datasets }: Deps) =>
  async (event: unknown): Promise<DatasetBuildResult> => {
    const { name, version, cases } = parseInput(input, event);
    const plan = await datasets.json(datasetPlanKey(name, version), datasetPlan);
    const told = cases.map((one) => one.case).sort();
    if (JSON.stringify(told) !== JSON.stringify(plan.cases.map((one) => one.case).sort()))
      throw new BrokenContract("The cases that were extracted are not those of the plan.");
    const taken = cases.filter(({ frameCount }) => frameCount > 0);
    if (taken.length === 0) throw new InvalidInput("No frame of these cases can be learned from: nobody looked at any that lies inside the patient.");
    const labelled = [];
    for (const { case: one } of taken) labelled.push(await datasets.json(datasetCaseKey(name, version, one), labelledCase));
    // The plan's time: a second try writes the same.
    const manifest = manifestOf(plan, labelled, cases.length - taken.length, plan.createdAt);
    const { contentSha256 } = manifest;
    const result = (of: string, status: DatasetBuildResult["status"]): DatasetBuildResult => ({
      ...{ status, name, version: of, uri: datasets.uri(datasetVersionPrefix(name, of)), contentSha256 },
    });
    if (plan.parent !== null && (await datasets.json(datasetManifestKey(name, plan.parent), datasetManifest)).contentSha256 === contentSha256)
      return result(plan.parent, "UNCHANGED");
    const key = datasetManifestKey(name, version);
    if (!(await datasets.putNew(key, JSON.stringify(datasetManifest.parse(manifest), null, 2), "application/json")))
      throw new BrokenContract(`${datasets.uri(key)} is there already, and says otherwise.`);
    log("dataset sealed", { caseCount: labelled.length, frameCount: labelled.reduce((sum, one) => sum + one.case.counts.frames, 0) });
    return result(version, "BUILT");
  };
