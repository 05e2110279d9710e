import { z } from "zod";

/* What learning and deploying leave behind and nothing uses (docs/learning.md): found, and removed, by the function `learn/sweep-stale`. */

/** What the function is asked: to remove what it finds, or to tell it alone. A rule by the clock asks it to remove. */
export const sweepRequest = z.union([
  z.strictObject({ remove: z.boolean() }),
  z.object({ source: z.literal("aws.events"), "detail-type": z.literal("Scheduled Event") }).transform(() => ({ remove: true })),
]);

/** `undecided-version`: nothing of it is removed; it is rejected, and its files are stale some time later. */
export const staleKind = z.enum(["endpoint-configuration", "model", "endpoint-files", "training-files", "experiment-files", "undecided-version"]);
export type StaleKind = z.infer<typeof staleKind>;

export const staleArtefact = z.strictObject({
  kind: staleKind,
  /** Name in SageMaker, ARN of a version, or folder of the models bucket. */
  name: z.string().min(1),
  /** A sentence. */
  reason: z.string().min(1),
  /** Files of a folder that go; 0 of what has none. */
  files: z.int().nonnegative(),
});
export type StaleArtefact = z.infer<typeof staleArtefact>;

export const staleSweep = z.strictObject({
  found: z.array(staleArtefact),
  /** How many of them were removed, or rejected. */
  removed: z.int().nonnegative(),
  /** Whether there may be more than one sweep takes. */
  isCut: z.boolean(),
});
export type StaleSweep = z.infer<typeof staleSweep>;
