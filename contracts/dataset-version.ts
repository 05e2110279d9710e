import { z } from "zod";
import { runLengths } from "./analyser-result.ts";
import { boxShape } from "./corrections.ts";
import { caseId, runId, sha256, unit } from "./primitives.ts";

/*
 * A dataset version: `datasets/{name}/v{version}/` in the datasets bucket, which is all that a training job needs to read.
 *
 *   manifest.json               what it is: written last, so its presence says that the version is whole
 *   annotations/{case}.jsonl    a line a frame ({@link datasetFrame}), rising
 *   frames/{case}/{frame}.jpg   the pictures, as large as the raster that boxes are given in
 *
 * Nothing in it is ever changed, and nothing in it names a case: whom a pseudonym stands for is in the plan ({@link datasetPlan}),
 * which lies beside the datasets, where no training job reads. The page that explains it is docs/datasets.md.
 */

/** A dataset's name: what it is for, never whom it is about. */
export const datasetName = z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, "must be lower-case letters, digits and hyphens, at most 40");

/** Semantic version. Major: other classes or another task; minor: other cases or frames; patch: other labels of the same frames. */
export const datasetVersionNumber = z.string().regex(/^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/, "must be such as 1.2.0");

/** Stands for a case, or for a person, within one dataset: 16 hex digits of a SHA-256 ({@link file://./dataset-names.ts}). */
export const pseudonym = z.string().regex(/^[0-9a-f]{16}$/, "must be 16 lower-case hex digits");

/** What the labels are: boxes, masks, or the phase of each frame. Named as the tasks of networks are ({@link file://./model.ts}). */
export const datasetTask = z.enum(["object-detection", "segmentation", "frame-classification"]);
export type DatasetTask = z.infer<typeof datasetTask>;

export const splitName = z.enum(["train", "validation", "test"]);
export type SplitName = z.infer<typeof splitName>;

/** Percent of all cases that each split is to have. */
export const splitShares = z
  .strictObject({ train: z.int().min(0).max(100), validation: z.int().min(0).max(100), test: z.int().min(0).max(100) })
  .refine(({ train, validation, test }) => train + validation + test === 100, "must add up to 100");
export type SplitShares = z.infer<typeof splitShares>;

/** Who says so. */
export const labelOrigin = z.discriminatedUnion("by", [
  /** A person drew, moved or renamed it, in the set of corrections of this version. */
  z.strictObject({ by: z.literal("person"), person: pseudonym, corrections: z.int().positive() }),
  /** A network suggests it; `digest` is that of its weights, null of what tells none. `isConfirmed`: a person looked and agreed. */
  z.strictObject({ by: z.literal("model"), model: z.string().min(1), digest: sha256.nullable(), score: unit.nullable(), isConfirmed: z.boolean() }),
]);
export type LabelOrigin = z.infer<typeof labelOrigin>;

const label = z.string().min(1).max(100);

/** A line of `annotations/{case}.jsonl`: a frame, and what is to be learned of it. */
export const datasetFrame = z.strictObject({
  /** The picture, relative to the version's prefix. */
  file: z.string().regex(/^frames\/[0-9a-f]{16}\/\d{8}\.jpg$/),
  sha256,
  /** What DVC and S3 know the picture by. */
  md5: z.string().regex(/^[0-9a-f]{32}$/),
  bytes: z.int().positive(),
  case: pseudonym,
  /** Frame of the source, and its presentation time in ticks of the source's timebase. */
  frame: z.int().nonnegative(),
  pts: z.int(),
  width: z.int().positive(),
  height: z.int().positive(),
  /** Null unless the task is object detection; empty: somebody looked, and nothing of the classes is there. x, y, width, height in pixels. */
  boxes: z.array(z.strictObject({ label, box: boxShape, origin: labelOrigin })).nullable(),
  /** Null unless the task is segmentation. A grid of cells covers the picture ({@link runLengths}). */
  masks: z.array(z.strictObject({ label, gridWidth: z.int().positive(), gridHeight: z.int().positive(), runs: runLengths, origin: labelOrigin })).nullable(),
  /** Null unless the task is frame classification. */
  phase: z.strictObject({ label, origin: labelOrigin }).nullable(),
});
export type DatasetFrame = z.infer<typeof datasetFrame>;

/** How often a class is there. */
const classCount = z.strictObject({
  label,
  /** Frames with at least one, and how many there are in all. */
  frames: z.int().nonnegative(),
  items: z.int().nonnegative(),
  /** Of the items: said by people; suggested by networks and confirmed; suggested and looked at by nobody. */
  byPeople: z.int().nonnegative(),
  confirmed: z.int().nonnegative(),
  suggested: z.int().nonnegative(),
});

/** Of a split, or of a case. */
export const datasetCounts = z.strictObject({
  cases: z.int().nonnegative(),
  frames: z.int().nonnegative(),
  /** Frames in which nothing of the classes is. */
  emptyFrames: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  /** In the order of the classes. */
  classes: z.array(classCount),
});
export type DatasetCounts = z.infer<typeof datasetCounts>;

/** How frames are taken from a video. */
export const extraction = z.strictObject({
  /** The rendition that people watch, in which burnt-in text is covered. No other picture ever gets into a dataset. */
  rendition: z.literal("review"),
  /** Frames a second, at most: those frames that people or networks looked at. Frames that people drew in are always taken. */
  framesPerSecond: z.number().positive().max(30),
});

/** A case as a dataset knows it. */
export const datasetCase = z.strictObject({
  case: pseudonym,
  split: splitName,
  /** Content of the analysis whose frames and labels these are. */
  contentSha256: sha256,
  /** Version of the corrections that count; 0 if nothing was corrected. */
  corrections: z.int().nonnegative(),
  /** Whether a surgeon had signed the case's report when the version was planned. */
  isSignedOff: z.boolean(),
  annotations: z.strictObject({ file: z.string().regex(/^annotations\/[0-9a-f]{16}\.jsonl$/), sha256, md5: datasetFrame.shape.md5, bytes: z.int().positive() }),
  counts: datasetCounts,
});
export type DatasetCase = z.infer<typeof datasetCase>;

export const datasetManifest = z.strictObject({
  schema: z.literal("dataset-version/1.0"),
  name: datasetName,
  version: datasetVersionNumber,
  /** The version that it follows; null of the first. */
  parent: datasetVersionNumber.nullable(),
  createdAt: z.iso.datetime(),
  task: datasetTask,
  /** The label set, in the order that label indexes count in. */
  classes: z.array(label).min(1),
  extraction,
  shares: splitShares,
  /** By pseudonym. A case is in one split only, in every version of every dataset the same as long as the shares are. */
  cases: z.array(datasetCase).min(1),
  /** Networks whose suggestions are among the labels. */
  models: z.array(z.strictObject({ id: z.string().min(1), version: z.string().min(1), digest: sha256.nullable(), syntheticOnly: z.boolean() })),
  statistics: z.strictObject({ train: datasetCounts, validation: datasetCounts, test: datasetCounts }),
  /** What whoever trains with it must know, in sentences. */
  notes: z.array(z.string()),
  /** The plan's {@link datasetPlan}, `recipeSha256`. */
  recipeSha256: sha256,
  /** SHA-256 over task, classes, splits and all annotation files, which hold the digests of all pictures: equal for equal content. */
  contentSha256: sha256,
});
export type DatasetManifest = z.infer<typeof datasetManifest>;

/** What a build is asked for: input of the state machine `dataset-build`. */
export const datasetRequest = z.strictObject({
  name: datasetName,
  task: datasetTask,
  classes: z
    .array(label)
    .min(1)
    .max(200)
    .refine((all) => new Set(all).size === all.length, "must name each class once"),
  /** Cases by name, or all that were corrected or signed off, or both of them. */
  cases: z.union([z.array(caseId).min(1).max(300), z.strictObject({ that: z.enum(["corrected", "signed-off", "corrected-and-signed-off"]) })]),
  framesPerSecond: extraction.shape.framesPerSecond.default(5),
  shares: splitShares.default({ train: 70, validation: 15, test: 15 }),
  /** Which part of the version number rises. The first version is 1.0.0. */
  bump: z.enum(["major", "minor", "patch"]).default("minor"),
});
export type DatasetRequest = z.infer<typeof datasetRequest>;

/** Name of the execution that builds a version: jobs are named after it, whose names have 63 characters. */
export const datasetBuildId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,36}$/, "an execution of this machine must have a name of letters, digits and hyphens, at most 36");

/** A case of a plan: whom the pseudonym stands for. */
export const plannedCase = z.strictObject({
  case: pseudonym,
  split: splitName,
  caseId,
  runId,
  contentSha256: sha256,
  corrections: z.int().nonnegative(),
  isSignedOff: z.boolean(),
});
export type PlannedCase = z.infer<typeof plannedCase>;

/**
 * What a build is going to do, and the lineage of what it made: which cases, which analyses, which corrections. Written before
 * anything is extracted and never again: whoever writes it holds the version's number.
 */
export const datasetPlan = z.strictObject({
  schema: z.literal("dataset-plan/1.0"),
  buildId: datasetBuildId,
  createdAt: z.iso.datetime(),
  version: datasetVersionNumber,
  parent: datasetVersionNumber.nullable(),
  request: datasetRequest,
  cases: z.array(plannedCase).min(1),
  notes: z.array(z.string()),
  /** SHA-256 over all that decides the content: equal for a build that would make the same again. */
  recipeSha256: sha256,
});
export type DatasetPlan = z.infer<typeof datasetPlan>;

/** Which frames the job takes from a case's review rendition, and for which source frames they stand. Rising. */
export const framePicks = z.strictObject({
  schema: z.literal("frame-picks/1.0"),
  case: pseudonym,
  width: z.int().positive(),
  height: z.int().positive(),
  picks: z
    .array(
      z.strictObject({
        frame: z.int().nonnegative(),
        pts: z.int(),
        renditionFrame: z.int().nonnegative(),
        /** Whether a person drew in it: then it is taken though its picture may be the same as another's. */
        isDrawnIn: z.boolean(),
      }),
    )
    .min(1),
});
export type FramePicks = z.infer<typeof framePicks>;

/** What is known of a case once its frames are labelled: beside the plan, for the manifest. */
export const labelledCase = z.strictObject({ case: datasetCase, models: datasetManifest.shape.models });
export type LabelledCase = z.infer<typeof labelledCase>;

/** A line of `extracted.jsonl`: a picture that the job wrote. */
export const extractedFrame = datasetFrame.pick({
  file: true,
  sha256: true,
  md5: true,
  bytes: true,
  case: true,
  frame: true,
  pts: true,
  width: true,
  height: true,
});
export type ExtractedFrame = z.infer<typeof extractedFrame>;

/** What the state machine ends with. UNCHANGED: the newest version is already what was asked for, and none was made. */
export const datasetBuildResult = z.strictObject({
  status: z.enum(["BUILT", "UNCHANGED"]),
  name: datasetName,
  version: datasetVersionNumber,
  /** `s3://` prefix of the version, ending with a slash. */
  uri: z.string(),
  contentSha256: sha256,
});
export type DatasetBuildResult = z.infer<typeof datasetBuildResult>;
