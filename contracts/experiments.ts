import { z } from "zod";
import { datasetName, datasetVersionNumber } from "./dataset-version.ts";
import { s3Uri } from "./primitives.ts";

/* A batch of experiments: what the state machine `experiments` is given, and what comes of it. Nothing of it is registered or put into use. */

/** An experiment's name within its batch: part of keys and names of jobs. */
export const experimentId = z.string().regex(/^[a-z][a-z0-9-]{0,23}$/, "must begin with a letter, and have lower-case letters, digits and hyphens, at most 24");

/** A value of a script's own settings. What begins with `sagemaker` names the script, which is not an experiment's to choose. */
const hyperParameters = z
  .record(
    z.string().regex(/^(?!sagemaker)[a-z][a-z0-9_]{0,63}$/, "must be lower-case letters, digits and underscores, and not begin with sagemaker"),
    z.string().regex(/^[A-Za-z0-9.+_-]{1,64}$/, "must be a number or a word, at most 64 characters, as text"),
  )
  .refine((all) => Object.keys(all).length <= 50, "must have at most 50 entries");

/** One training: a network's script on a dataset version, with settings of its own. */
export const experiment = z.strictObject({
  id: experimentId,
  /** Network of the catalogue whose script trains. */
  model: z.string().min(1),
  dataset: datasetName,
  datasetVersion: datasetVersionNumber,
  hyperParameters: hyperParameters.default({}),
});
export type Experiment = z.infer<typeof experiment>;

/** Input of the machine. */
export const experimentBatch = z.strictObject({
  itemList: z
    .array(experiment)
    .min(1)
    .max(40)
    .refine((items) => new Set(items.map(({ id }) => id)).size === items.length, "must give each experiment an id of its own"),
  /** Percent of the experiments that may fail without the batch failing. */
  toleratedFailures: z.int().min(0).max(100).default(0),
});
export type ExperimentBatch = z.infer<typeof experimentBatch>;

/** An experiment as the machine runs it. */
export const plannedExperiment = z.strictObject({
  id: experimentId,
  model: z.string().min(1),
  /** What the training job reads, with its script among them. */
  dataset: s3Uri,
  hyperParameters: z.record(z.string(), z.string()),
  /** Names the pictures of the version's test split, which the trained network is asked about. */
  manifest: s3Uri,
  /** Below which all that comes of it lies in the models bucket. */
  folder: z.string().endsWith("/"),
});
export type PlannedExperiment = z.infer<typeof plannedExperiment>;

export const plannedBatch = z.strictObject({ experiments: z.array(plannedExperiment).min(1), toleratedFailures: z.int().min(0).max(100) });
export type PlannedBatch = z.infer<typeof plannedBatch>;
