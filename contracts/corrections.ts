import { z } from "zod";
import { leastCorners, mostCorners, mostHoles } from "./outlines.ts";
import { caseId, frameSpan, runId, sha256 } from "./primitives.ts";

/*
 * What people correct of an analysis. Append-only: an analysis is never changed, nor is a correction; a later one stands after
 * it. There is no free text anywhere, since that could name a patient: labels are those that the analysis knows, reasons are listed.
 */

/** Why somebody corrected something. */
export const correctionReason = z.enum(["not-there", "missed", "wrong-label", "wrong-place", "wrong-time", "duplicate", "view-blocked"]);
export type CorrectionReason = z.infer<typeof correctionReason>;

/** What people say of a finding; `unreviewed` takes back what they said. */
export const verdict = z.enum(["confirmed", "rejected", "unreviewed"]);
export type Verdict = z.infer<typeof verdict>;

const frame = z.int().nonnegative();
const label = z.string().min(1).max(100);

/** x, y, width, height in pixels of the analysis's raster. */
export const boxShape = z.tuple([z.int().nonnegative(), z.int().nonnegative(), z.int().positive(), z.int().positive()]);
export type BoxShape = z.infer<typeof boxShape>;

/** Where a person saw something in a frame. Null: out of sight from this frame on, until the next keyframe. */
export const keyframe = z.strictObject({ frame, box: boxShape.nullable() });
export type Keyframe = z.infer<typeof keyframe>;

/** Keyframes that one drawn object may have. */
export const mostKeyframes = 500;

/**
 * A box that a person drew through the operation. Between two keyframes it goes straight from one to the other; before the first and
 * after the last it is not. As long as it is, what it replaces is not.
 */
export const drawnObject = z.strictObject({
  label,
  keyframes: z.array(keyframe).min(1).max(mostKeyframes),
  /** A track of the analysis; a box that belongs to no track, in the frame that it was found in; or nothing. */
  replaces: z
    .union([z.strictObject({ track: z.int().nonnegative() }), z.strictObject({ producer: z.string().min(1).max(100), frame, box: boxShape })])
    .nullable(),
});
export type DrawnObject = z.infer<typeof drawnObject>;

const ring = z
  .array(z.tuple([frame, frame]))
  .min(leastCorners)
  .max(mostCorners);
const outlined = {
  frame,
  /** Corners in pixels of the raster. Null: nothing of the label is there from this frame on, until the next keyframe. */
  polygon: ring.nullable(),
  /** What of it is not part of it. */
  holes: z.array(ring).min(1).max(mostHoles).optional(),
};

/** What a person saw the outline of in a frame. */
export const maskKeyframe = z.strictObject(outlined);
export type MaskKeyframe = z.infer<typeof maskKeyframe>;

/** Keyframes that one drawn outline may have. */
export const mostMaskKeyframes = 101;

/**
 * An outline that a person drew: in one frame, or through several. Between two keyframes with as many corners it goes straight from one to the
 * other, else the earlier one stays; before the first and after the last it is not. As long as it is, what it replaces is not.
 */
export const drawnMask = z.strictObject({
  label,
  ...outlined,
  /** Keyframes after the first. */
  later: z
    .array(maskKeyframe)
    .min(1)
    .max(mostMaskKeyframes - 1)
    .optional(),
  /** The producer whose masks of this label it stands for; null if it stands beside them. */
  replaces: z.string().min(1).max(100).nullable(),
});
export type DrawnMask = z.infer<typeof drawnMask>;

/** A segment or an event that the analysis missed. */
export const addedFinding = z.strictObject({
  /** Level of a segment, type of an event. */
  type: z.string().min(1).max(100),
  label,
  ...frameSpan.shape,
});
export type AddedFinding = z.infer<typeof addedFinding>;

/** Identifiers of the analysis, or of what people added. A track's is its number. */
const id = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, "must be an identifier of the analysis or of a correction");
const timed = z.strictObject({ kind: z.enum(["segment", "event"]), id });
const finding = z.strictObject({ kind: z.enum(["segment", "event", "track"]), id });
/** What people add has a UUID that the page makes, so that a request that is sent twice adds once. */
const own = <K extends string>(...kinds: [K, ...K[]]) => z.strictObject({ kind: z.enum(kinds), id: z.uuid() });
const reason = correctionReason.optional();

const kinds = {
  /** Accepts or rejects a finding. */
  judge: z.strictObject({ kind: z.literal("judge"), target: finding, after: verdict, reason }),
  relabel: z.strictObject({ kind: z.literal("relabel"), target: finding, after: label, reason }),
  /** Moves the start or the end. The edge of a segment is its neighbour's too where they touch, and moves for both. */
  retime: z.strictObject({ kind: z.literal("retime"), target: timed, after: frameSpan, reason }),
  add: z.strictObject({ kind: z.literal("add"), target: own("segment", "event"), after: addedFinding, reason }),
  /** Draws a box, or draws it anew; null takes it back. */
  "draw-box": z.strictObject({ kind: z.literal("draw-box"), target: own("object"), after: drawnObject.nullable(), reason }),
  "draw-mask": z.strictObject({ kind: z.literal("draw-mask"), target: own("mask"), after: drawnMask.nullable(), reason }),
};

/** One correction as it is asked for. */
export const change = z.discriminatedUnion("kind", [kinds.judge, kinds.relabel, kinds.retime, kinds.add, kinds["draw-box"], kinds["draw-mask"]]);
export type Change = z.infer<typeof change>;

/** One correction as it is kept: with what held before it. */
export const correction = z.discriminatedUnion("kind", [
  z.strictObject({ ...kinds.judge.shape, before: verdict.or(z.literal("needs-review")) }),
  z.strictObject({ ...kinds.relabel.shape, before: label }),
  z.strictObject({ ...kinds.retime.shape, before: frameSpan }),
  z.strictObject({ ...kinds.add.shape, before: z.null() }),
  z.strictObject({ ...kinds["draw-box"].shape, before: drawnObject.nullable() }),
  z.strictObject({ ...kinds["draw-mask"].shape, before: drawnMask.nullable() }),
]);
export type Correction = z.infer<typeof correction>;

/** What one person saved at once. An item of the case table that is written once, never again. */
export const correctionSet = z.strictObject({
  schema: z.literal("correction-set/1.0"),
  caseId,
  runId,
  /** Content of the analysis that it corrects. */
  contentSha256: sha256,
  /** 1 for the first set of an analysis; each has one more than the one before. */
  version: z.int().positive(),
  createdAt: z.iso.datetime(),
  /** The user pool's opaque identifier of who saved it; never a name. */
  createdBy: z.string().min(1),
  corrections: z.array(correction).min(1),
});
export type CorrectionSet = z.infer<typeof correctionSet>;

/**
 * Body of `POST /cases/{caseId}/corrections`. The header `If-Match` holds the version that the corrections had when they were read,
 * `"0"` if there were none: if somebody saved others since, the answer is 412 and nothing is saved.
 */
export const correctionRequest = z
  .strictObject({
    runId,
    contentSha256: sha256,
    changes: z.array(change).min(1).max(200).optional(),
    /** Instead of changes: the set of imported annotations whose difference from what holds becomes corrections. */
    annotationSet: z.uuid().optional(),
  })
  .refine(({ changes, annotationSet }) => (changes === undefined) !== (annotationSet === undefined), "either changes or annotationSet must be given");
export type CorrectionRequest = z.infer<typeof correctionRequest>;

/** Its answer. */
export const correctionReceipt = z.strictObject({
  caseId,
  runId,
  version: z.int().positive(),
  count: z.int().positive(),
  /** Of an adopted set: what of it could not become corrections, in sentences. */
  notes: z.array(z.string()).optional(),
});
export type CorrectionReceipt = z.infer<typeof correctionReceipt>;

/** What `GET /cases/{caseId}/corrections` takes in its query: the version after which sets are told. */
export const correctionQuery = z.object({ after: z.coerce.number<string>().int().nonnegative().max(99_999_999).default(0) });

/** Answer of `GET /cases/{caseId}/corrections?after=`: the sets after a version, in order. */
export const correctionList = z.strictObject({
  caseId,
  runId,
  contentSha256: sha256,
  sets: z.array(correctionSet),
  /** Version of the last set that there is, on this page or a later one; 0 if nothing was corrected. */
  version: z.int().nonnegative(),
  /** What to ask for `after` to read on; null on the last page. */
  next: z.int().positive().nullable(),
});
export type CorrectionList = z.infer<typeof correctionList>;
