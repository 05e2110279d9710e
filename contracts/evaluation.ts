import { z } from "zod";
import { producer } from "./analyser-result.ts";
import { caseId, runId, sha256 } from "./primitives.ts";

/** A metric's value by its id: `phase/accuracy`, `detection/ap50/Hook`. Null where it has no meaning in this operation; absent where nobody says what is true. */
const values = z.record(z.string().min(1), z.number().nullable());

/**
 * How well an analysis agrees with what is true of its operations: what an approval of a network is decided on. The metrics are
 * defined in `models/metrics/definitions.ts`, and told in `docs/metrics.md`.
 */
export const evaluation = z.strictObject({
  schema: z.literal("evaluation/1.0"),
  createdAt: z.iso.datetime(),
  /** What the values are about, each once: all networks and measurements of the analyses. */
  producers: z.array(producer.pick({ id: true, version: true, digest: true, threshold: true, dataset: true, syntheticOnly: true })),
  operations: z
    .array(
      z.strictObject({
        caseId,
        runId,
        /** Digest of the analysis's content, and of the file that says what is true. */
        contentSha256: sha256,
        truthSha256: sha256,
        values,
      }),
    )
    .min(1),
  /** Over the operations in which a metric has a value: mean, 95 % bootstrap interval and standard deviation, null of fewer than two. */
  summary: z.record(
    z.string().min(1),
    z.strictObject({
      mean: z.number(),
      low: z.number().nullable(),
      high: z.number().nullable(),
      deviation: z.number().nullable(),
      operations: z.int().positive(),
    }),
  ),
});
export type Evaluation = z.infer<typeof evaluation>;
