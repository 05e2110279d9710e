import { z } from "zod";
import { subject } from "./model.ts";
import { sha256, unit } from "./primitives.ts";

/** A metric over a test set: the value over all of it, and what resampling its operations makes of that value. */
export const metricEstimate = z
  .strictObject({
    value: z.number(),
    /** 95 % interval by bootstrap over operations, since frames of one operation resemble each other; null of fewer than two. */
    low: z.number().nullable(),
    high: z.number().nullable(),
    better: z.enum(["higher", "lower"]),
    /** Operations in which it has a value. */
    operations: z.int().positive(),
  })
  .superRefine(({ low, high, operations }, context) => {
    const fault = (message: string) => context.addIssue({ code: "custom", path: ["low"], message });
    if ((low === null) !== (high === null)) fault("must be null where high is, and only there");
    if ((low === null) !== operations < 2) fault("must be null of fewer than two operations, and only then");
    if (low !== null && high !== null && low > high) fault("must not be above high");
  });
export type MetricEstimate = z.infer<typeof metricEstimate>;

/** `accuracy`, `missed-seconds-per-hour`: what `models/training/measure.py` names and defines. */
const metricId = z.string().regex(/^[a-z][a-z0-9-]*$/, "must be lower-case words joined by hyphens");
const estimates = z.record(metricId, metricEstimate);

/**
 * How well one network, as the file that would be deployed, does on a test set: what the evaluation of a training pipeline writes as
 * `quality.json` (`models/training/evaluate.py`), and what the gate before the registry and the person who approves it decide on.
 * Frame by frame, before anything that the merge makes of it; `evaluation/1.0` tells of whole analyses.
 */
export const modelQuality = z
  .strictObject({
    schema: z.literal("model-quality/1.0"),
    createdAt: z.iso.datetime(),
    /** The file that was run; `sha256` is computed from it, not taken from its description. */
    model: z.strictObject({
      id: z.string().min(1),
      version: z.string().min(1),
      task: z.enum(["frame-classification", "object-detection", "segmentation"]),
      subject,
      sha256,
      threshold: unit,
    }),
    dataset: z.strictObject({
      name: z.string().min(1),
      /** Of the dataset; of drawn operations, of the generator. */
      version: z.string().min(1),
      /** Digest of what says which frames there are and what is true of them: compares whether two networks saw the same test. */
      sha256,
      split: z.literal("test"),
      operations: z.int().positive(),
      frames: z.int().positive(),
      /** True if nothing in it is real: such figures say nothing of care. */
      syntheticOnly: z.boolean(),
    }),
    /** What ran the file. */
    runtime: z.strictObject({ name: z.literal("onnxruntime"), version: z.string().min(1), provider: z.string().min(1) }),
    /** Id of the metric by which two versions are compared first. */
    headline: metricId,
    metrics: estimates,
    /** The metrics of each label that occurs in the test set. */
    perClass: z.record(z.string().min(1), estimates),
    /**
     * Frames whose outputs the training wrote down beside the weights (`reference.json`), and how many of them this run computed
     * alike. Null where the model folder has none.
     */
    golden: z.strictObject({ frames: z.int().positive(), agreeing: z.int().nonnegative() }).nullable(),
  })
  .superRefine((document, context) => {
    if (!(document.headline in document.metrics))
      context.addIssue({ code: "custom", path: ["headline"], message: `must be one of the metrics: ${Object.keys(document.metrics).join(", ")}` });
    if (document.golden !== null && document.golden.agreeing > document.golden.frames)
      context.addIssue({ code: "custom", path: ["golden", "agreeing"], message: "must not be above golden.frames" });
  });
export type ModelQuality = z.infer<typeof modelQuality>;

/**
 * `models/<id>/shifts.json`: the same of a network of drawn operations where pictures differ from those that it learned from, such as another
 * procedure (`evaluate.py --shifts`). For who reads its card; nothing is approved by it.
 */
export const modelShifts = z.strictObject({ schema: z.literal("model-shifts/1.0"), shifts: z.array(modelQuality) });
export type ModelShifts = z.infer<typeof modelShifts>;
