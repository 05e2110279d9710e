import { z } from "zod";
import { procedure, severity } from "./case.ts";
import { measureUnit } from "./measures.ts";
import { caseId } from "./primitives.ts";

/** With fewer operations a comparison would tell more about chance than about surgery, and might point at one patient. */
export const smallestCohort = 10;

/** Shares of a cohort that have smaller values than those told. */
export const percentiles = [0.1, 0.25, 0.5, 0.75, 0.9] as const;

/** A percentile is told where at least so many operations lie on either side of it: the outermost values are those of single patients. */
export const leastBeyond = 3;

/** What `GET /cohorts/{procedure}` takes in its query. */
export const cohortQuery = z.strictObject({
  /** Grade of difficulty; without it the operations that nobody graded. Graded and ungraded ones are never mixed. */
  severity: z
    .string()
    .regex(/^[1-5]$/, "must be a whole number from 1 to 5")
    .optional(),
  /** A case that is left out, so that it can be compared with the others. */
  except: caseId.optional(),
});

/** How one measure is spread over a cohort. */
export const spread = z.strictObject({
  /** As a case's own measure is called: `phase-duration/ClippingCutting`. */
  id: z.string().min(1),
  name: z.string().min(1),
  of: z.string().nullable(),
  unit: measureUnit,
  /** Operations that have a value. */
  n: z.int().min(smallestCohort),
  /** The values below which 10, 25, 50, 75 and 90 % lie, interpolated; null where fewer than three operations lie beyond. */
  at: z.tuple([z.number().nullable(), z.number().nullable(), z.number(), z.number().nullable(), z.number().nullable()]),
  /** Of a count: share of operations that have one or more. Else null. */
  withAny: z.number().min(0).max(1).nullable(),
});
export type Spread = z.infer<typeof spread>;

/** `GET /cohorts/{procedure}?severity=&except=`: how the operations of a stratum (decision 21) went. */
export const cohort = z.strictObject({
  procedure,
  severity: severity.nullable(),
  /** Operations that were counted, the newest thousand at most; null where there are fewer than ten, and then nothing else is told. */
  n: z.int().min(smallestCohort).nullable(),
  spreads: z.array(spread),
});
export type Cohort = z.infer<typeof cohort>;
