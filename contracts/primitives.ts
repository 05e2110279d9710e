import { z } from "zod";

/** A fraction, exact: 30000/1001 frames per second, 1/90000 seconds per tick. */
export const rational = z.strictObject({ num: z.int().positive(), den: z.int().positive() });
export type Rational = z.infer<typeof rational>;

/** Opaque identifier of a case: random, never derived from a patient, a date or a file name. */
export const caseId = z.uuid();

/** Identifier of one upload of a case's video. */
export const uploadId = z.uuid();

/**
 * Identifier of one analysis of one version of a source object, and the name of its state-machine execution.
 * The first 40 hex digits of SHA-256 over bucket, key, object version, pipeline version and, but for the first, the attempt: the
 * same event delivered twice names the same run.
 */
export const runId = z.string().regex(/^[0-9a-f]{40}$/, "must be 40 lower-case hex digits");

/** SHA-256 of a file's content, lower-case hex. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hex digits");

/** Where an object lies. `versionId` is absent only for buckets without versions. */
export const objectLocation = z.strictObject({ bucket: z.string().min(1), key: z.string().min(1), versionId: z.string().min(1).optional() });
export type ObjectLocation = z.infer<typeof objectLocation>;

/** `s3://bucket/key` */
export const s3Uri = z.string().regex(/^s3:\/\/[^/]+\/.+$/, "must be s3://bucket/key");

/** A span of frames, half-open: `startFrame` is in it, `endFrame` is the first frame after it. Frames are counted from 0 in presentation order. */
export const frameSpan = z
  .strictObject({ startFrame: z.int().nonnegative(), endFrame: z.int().positive() })
  .refine((span) => span.endFrame > span.startFrame, "endFrame must be greater than startFrame");
export type FrameSpan = z.infer<typeof frameSpan>;

/** What people have said about a finding. `needs-review` asks a surgeon to look before anybody relies on it. */
export const review = z.enum(["unreviewed", "needs-review", "confirmed", "rejected"]);
export type Review = z.infer<typeof review>;

/** A share or a probability. */
export const unit = z.number().min(0).max(1);
