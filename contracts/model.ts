import { z } from "zod";
import { procedure } from "./case.ts";
import { sha256, unit } from "./primitives.ts";

const identifier = z.string().regex(/^[a-z][a-z0-9-]{1,30}$/, "must be lower-case words joined by hyphens, at most 31 characters");

/**
 * What a network tells about; decides what the merge makes of its scores. A network whose subject is known here needs no
 * code of its own anywhere else.
 */
export const subject = z.enum([
  /** Is the camera outside the patient? Label `out-of-body`. */
  "out-of-body",
  /** Which phase of the operation is it? Labels exclude each other, in the order the procedure takes them. */
  "phase",
  /** What spoils the view: labels such as `smoke`, `bleeding`, `fog`, `blur`, `reflection`; each may hold at once. */
  "view",
  /**
   * Criteria of the critical view of safety: labels `C1`, `C2`, `C3` (Strasberg 1995); each may hold at once. A network may have a label `raterSd` beside
   * them: no probability, but the standard deviation of the answers that raters would give.
   */
  "critical-view",
  /** Which instruments are seen, and where. */
  "instrument",
  /** Which organs and structures are seen, and where. */
  "structure",
]);
export type Subject = z.infer<typeof subject>;

/**
 * Graph output `embedding: float32[N, D]`, of a network that has one: where a frame lies among others, whatever it is called, for
 * measuring drift. D is the network's own.
 */
const embedding = z.string().optional();

export const calibration = z.strictObject({ method: z.literal("temperature"), expectedError: unit });

const common = {
  id: identifier,
  /** Semantic version of the weights. */
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** Name a person reads. */
  name: z.string().min(1),
  /** Digest of `model.onnx`. The serving container refuses a file that differs. */
  sha256,
  /** How scores were turned into probabilities, as part of the graph, and the expected calibration error left on held-out data; null if they were not. */
  calibration: calibration.nullable(),
  /** What the weights were trained on; shown wherever a result is shown. */
  dataset: z.string().min(1),
  /** True for weights that are fit for trying the platform only, never for care. */
  syntheticOnly: z.boolean(),
  /** The one graph input: packed RGB, `uint8[N, height, width, 3]`. Scaling and normalisation are part of the graph. */
  input: z.strictObject({
    name: z.string(),
    width: z.int().positive(),
    height: z.int().positive(),
    /** How a picture of another shape is brought to this size, as in training: stretched to fill it, or scaled as a whole with black beside it. */
    fit: z.enum(["stretch", "letterbox"]),
  }),
  subject,
  labels: z.array(z.string().min(1)).min(1),
  /** Score from which a result counts. */
  threshold: unit,
  /** Of a network that tells phases: how long one lasts on average in the operations that it learned from. Other speeds than a surgeon's are those of drawings and time lapses. */
  meanPhaseSeconds: z.number().positive().optional(),
  /**
   * The only procedures that its labels are about, such as a phase classifier's; absent: any. Of a case whose procedure is known to be another,
   * what it says is left out of the analysis, which tells so (`leftOut`).
   */
  procedures: z.array(procedure).min(1).optional(),
  /**
   * What the privacy gate misses with this network at its threshold, measured on operations that it was not trained on
   * (`models/serving`'s own decoding and the gate's own rule). For networks about `out-of-body` only.
   */
  operatingPoint: z.strictObject({ missedSecondsPerHour: z.number().nonnegative(), basis: z.string().min(1) }).optional(),
};

/** `models/<id>/model.json`: everything the platform needs to know to run a network. */
export const model = z.discriminatedUnion("task", [
  /** Graph output `scores: float32[N, labels]`, probabilities; of labels that exclude each other they add up to 1, of others each stands for itself. */
  z.strictObject({ ...common, task: z.literal("frame-classification"), outputs: z.strictObject({ scores: z.string(), embedding }) }),
  /**
   * Graph outputs, K best boxes a frame, suppression done in the graph: `boxes: float32[N, K, 4]` as x, y, width, height
   * in shares of the picture (top-left corner), `scores: float32[N, K]`, `classes: int64[N, K]`.
   */
  z.strictObject({
    ...common,
    task: z.literal("object-detection"),
    outputs: z.strictObject({ boxes: z.string(), scores: z.string(), classes: z.string(), embedding }),
  }),
  /**
   * Semantic segmentation, which tells what each cell of a grid over the picture shows. Graph outputs
   * `classes: uint8[N, grid height, grid width]`, 0 for nothing and one more than the label's index otherwise, and
   * `confidence: float32[N, grid height, grid width]`, the probability of that class. A mask's score is the mean over its cells.
   */
  z.strictObject({
    ...common,
    task: z.literal("segmentation"),
    outputs: z.strictObject({ classes: z.string(), confidence: z.string(), embedding }),
    /**
     * What is one mask: `whole`, all cells of a label (an organ may lie in several places), or `connected`, each patch of
     * cells of a label that touch, corners included. Two instruments of one kind that cross are one patch: these are no instances.
     */
    regions: z.enum(["whole", "connected"]),
    /** Masks of fewer cells are noise and left out. */
    leastCells: z.int().positive(),
  }),
]);
export type Model = z.infer<typeof model>;

/**
 * How an analyser's networks see a video (docs/models.md, decision 29):
 * `processing`: one job decodes the whole rendition once for all of them;
 * `transform`: a batch transform job for each network answers segment by segment, on instances that share them;
 * `endpoint`: an endpoint of the analyser's own answers segment by segment.
 */
export const analyserMode = z.enum(["processing", "transform", "endpoint"]);
export type AnalyserMode = z.infer<typeof analyserMode>;

/**
 * How an analyser's endpoint takes segments:
 * `asynchronous`: into a queue, and none of its instances runs while that is empty;
 * `real-time`: one by one, answered while who asks waits, by instances that always run.
 */
export const endpointKind = z.enum(["asynchronous", "real-time"]);
export type EndpointKind = z.infer<typeof endpointKind>;

/** The fields alone, without what they demand of one another. */
export const analyserFields = z.strictObject({
  id: identifier,
  mode: analyserMode,
  /** Of mode `endpoint`: which kind. */
  endpoint: endpointKind.optional(),
  models: z.array(identifier),
  /** Whether an analysis without all of its results is PARTIAL. */
  required: z.boolean(),
  /** Sampled frames per second of video. */
  sampleRate: z.number().positive().max(60),
  /** Whether the pass also measures the technical cues (shots, black, freeze, blur, exposure) and draws sprites. */
  signals: z.boolean(),
  instanceType: z.string().regex(/^ml\./),
  /** What SageMaker takes, in this order, where it has no instance of that type: GPUs are scarce. Absent: it waits. */
  fallbackInstanceTypes: z.array(z.string().regex(/^ml\./)).min(1).max(4).optional(),
  /** Instances that share the segments: of a transform job; of an endpoint, the most that run at once. Not of a processing job, which has one. */
  instances: z.int().min(1).max(100).optional(),
  /** Instances of a real-time endpoint that always run, asked or not. */
  minimumInstances: z.int().min(1).max(100).optional(),
  /** Longest run time; of a transform job for each network; of an endpoint, longest wait for all answers. */
  timeoutSeconds: z.int().positive(),
});

/** A line of the catalogue: networks that look at a video together, and how. */
export const analyser = analyserFields.superRefine((line, context) => {
  const fault = (field: keyof z.infer<typeof analyserFields>, message: string) => context.addIssue({ code: "custom", path: [field], message });
  if (line.mode === "endpoint" && line.endpoint === undefined) fault("endpoint", `must say which kind, ${endpointKind.options.join(" or ")}, in mode endpoint`);
  if (line.mode !== "endpoint" && line.endpoint !== undefined) fault("endpoint", `must be left out in mode ${line.mode}, which asks none`);
  if (line.endpoint !== "real-time" && line.minimumInstances !== undefined)
    fault("minimumInstances", "must be left out but for a real-time endpoint: all else runs nothing while there is nothing to do");
  if (line.endpoint === "real-time" && line.minimumInstances === undefined)
    fault("minimumInstances", "must say how many instances of a real-time endpoint always run");
  if (line.minimumInstances !== undefined && line.instances !== undefined && line.minimumInstances > line.instances)
    fault("minimumInstances", `must be at most the ${line.instances} instances that run at once`);
  if (line.mode === "processing") {
    if (line.instances !== undefined) fault("instances", "must be left out in mode processing: the job runs on one instance");
    return;
  }
  if (line.models.length === 0) fault("models", `must name at least one network in mode ${line.mode}, which measures nothing by itself`);
  if (line.signals) fault("signals", `must be false in mode ${line.mode}: cues and thumbnails need the whole video, which only a processing job sees`);
  if (line.instances === undefined) fault("instances", `must say how many instances share the segments in mode ${line.mode}`);
  if (line.fallbackInstanceTypes !== undefined)
    fault("fallbackInstanceTypes", `must be left out in mode ${line.mode}: SageMaker takes one instance type there`);
});
export type Analyser = z.infer<typeof analyser>;
