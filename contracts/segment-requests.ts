import { z } from "zod";
import { s3Uri } from "./primitives.ts";

/**
 * What an endpoint was asked of a video's segments. Written by `analyse/infer-segments`, which goes on with it, and read by
 * `analyse/collect-segments`: where an asynchronous endpoint's answer lies, only its answer to the asking tells.
 */
export const segmentRequests = z.strictObject({
  /** 1.0 knows asynchronous endpoints only. */
  schema: z.enum(["segment-requests/1.0", "segment-requests/1.1"]),
  endpoint: z.string().min(1),
  requests: z.array(
    z.strictObject({
      /** Index in the segment manifest. */
      segment: z.int().nonnegative(),
      model: z.string().min(1),
      /** Counted from 1. */
      attempt: z.int().positive(),
      /** Where the answer will lie, or the failure; null: whoever asked was told of it. */
      output: s3Uri,
      failure: s3Uri.nullable(),
      state: z.enum(["ASKED", "ANSWERED", "FAILED"]),
      /** Why it failed. */
      error: z.string().max(300).nullable(),
    }),
  ),
});
export type SegmentRequests = z.infer<typeof segmentRequests>;
export type SegmentRequest = SegmentRequests["requests"][number];
