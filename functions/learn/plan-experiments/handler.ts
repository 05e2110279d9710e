import { z } from "zod";
import { type DatasetManifest, datasetFrame, datasetManifest } from "../../../contracts/dataset-version.ts";
import { type Experiment, experimentBatch, type PlannedBatch, type PlannedExperiment } from "../../../contracts/experiments.ts";
import { datasetManifestKey, datasetVersionPrefix, experimentPrefix } from "../../../contracts/keys.ts";
import { BrokenContract, InvalidInput, NotFound } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { complaints, parseInput } from "../../runtime/parse.ts";

export interface Deps {
  datasets: Pick<Lake, "json" | "lines" | "uri">;
  models: Pick<Lake, "putJson" | "uri">;
  /** Networks of the catalogue that a script trains on dataset versions, and the task of each. */
  tasks: Readonly<Record<string, string>>;
}

const input = z.strictObject({ batch: z.string().regex(/^[A-Za-z0-9_-]{1,80}$/), request: z.unknown() });

/** Pictures that a trained network is asked about, at most: spread over the test split. */
const mostPictures = 500;

/** State PlanExperiments: checks a batch, and writes for each experiment which pictures its network is asked about. Throws InvalidInput with all that is wrong. */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<PlannedBatch> => {
    const { batch, request } = parseInput(input, event);
    const parsed = experimentBatch.safeParse(request);
    // What can be judged of a batch that breaks its contract is told along.
    const items = parsed.success ? parsed.data.itemList : [];
    const faults = parsed.success ? [] : complaints(parsed.error);
    const pictures = new Map<string, string[]>();
    for (const item of items) {
      const found = await picturesOf(deps, item);
      if (typeof found === "string") faults.push(`Experiment ${item.id}: ${found}`);
      else pictures.set(item.id, found);
    }
    if (faults.length > 0 || !parsed.success) throw new InvalidInput(...faults);
    const experiments: PlannedExperiment[] = [];
    for (const item of items) experiments.push(await plan(deps, batch, item, pictures.get(item.id) as string[]));
    log("experiments planned", { batchId: batch, experimentCount: experiments.length });
    return { experiments, toleratedFailures: parsed.data.toleratedFailures };
  };

/** Pictures of the test split, relative to the version; or in a sentence why the experiment can't be made. */
async function picturesOf({ datasets, tasks }: Deps, { model, dataset, datasetVersion }: Experiment): Promise<string[] | string> {
  const task = tasks[model];
  if (task === undefined) return `No script trains "${model}" on dataset versions; they train ${Object.keys(tasks).join(", ")}.`;
  let manifest: DatasetManifest;
  try {
    manifest = await datasets.json(datasetManifestKey(dataset, datasetVersion), datasetManifest);
  } catch (error) {
    if (!(error instanceof NotFound || error instanceof BrokenContract)) throw error;
    return error instanceof NotFound ? `There is no version ${datasetVersion} of "${dataset}".` : error.message;
  }
  if (manifest.task !== task) return `"${dataset}" is for ${manifest.task}, and "${model}" does ${task}.`;
  const files: string[] = [];
  for (const { annotations } of manifest.cases.filter(({ split }) => split === "test"))
    for await (const { file } of datasets.lines(datasetVersionPrefix(dataset, datasetVersion) + annotations.file, datasetFrame)) files.push(file);
  if (files.length === 0) return `Version ${datasetVersion} of "${dataset}" has no picture in its test split.`;
  const step = Math.max(1, files.length / mostPictures);
  return Array.from({ length: Math.min(files.length, mostPictures) }, (_, i) => files[Math.floor(i * step)] as string);
}

async function plan({ datasets, models }: Deps, batch: string, item: Experiment, pictures: readonly string[]): Promise<PlannedExperiment> {
  const { id, model, hyperParameters } = item;
  const dataset = datasets.uri(datasetVersionPrefix(item.dataset, item.datasetVersion));
  const folder = experimentPrefix(batch, id);
  // SageMaker's form of a manifest: a prefix, and what lies below it (API reference, S3DataSource).
  await models.putJson(`${folder}pictures.manifest`, [{ prefix: dataset }, ...pictures]);
  return {
    ...{ id, model, dataset, manifest: models.uri(`${folder}pictures.manifest`), folder },
    hyperParameters: { ...hyperParameters, sagemaker_program: `train_${model.replaceAll("-", "_")}.py`, layout: "version" },
  };
}
