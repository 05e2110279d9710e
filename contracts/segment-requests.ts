import { z } from "zod";
import { s3Uri } from "./primitives.ts";

/**
 * What an asynchronous endpoint was asked of a video's segments. Written by `analyse/infer-segments`, which goes on with it, and
 * read by `analyse/collect-segments`: where an answer lies, only the endpoint's answer to the asking tells.
 */
export const segmentRequests = z.strictObject({
  schema: z.literal("segment-requests/1.0"),
  endpoint: z.string().min(1),
  requests: z.array(
    z.strictObject({
      /** Index in the segment manifest. */
      segment: z.int().nonnegative(),
      model: z.string().min(1),
      /** Counted from 1. */
      attempt: z.int().positive(),
      /** Where the answer will lie, or the failure. */
      output: s3Uri,
      failure: s3Uri,
      state: z.enum(["ASKED", "ANSWERED", "FAILED"]),
      /** Why it failed. */
      error: z.string().max(300).nullable(),
    }),
  ),
});
export type SegmentRequests = z.infer<typeof segmentRequests>;
export type SegmentRequest = SegmentRequests["requests"][number];
