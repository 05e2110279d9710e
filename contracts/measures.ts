import { z } from "zod";
import { procedure, severity } from "./case.ts";
import { caseId, review, runId, sha256, unit } from "./primitives.ts";

/** What a value is counted in. */
export const measureUnit = z.enum(["seconds", "count", "count-per-hour", "share", "diagonals", "diagonals-per-second", "probability"]);

/**
 * One clinical measure of one operation. `id` names it in reports: the measure's name and, where it has one, what it is of,
 * such as `phase-duration/ClippingCutting`.
 */
export const measure = z.strictObject({
  id: z.string().min(1),
  /** Name of the measure, the same in every case: `phase-duration`. */
  name: z.string().min(1),
  /** What it is of: a phase, an instrument; null if it is of the whole operation. */
  of: z.string().nullable(),
  unit: measureUnit,
  /** Null if it can't be told, and then `note` says why. */
  value: z.number().nullable(),
  note: z.string().nullable(),
  /** Identifiers of the segments, events and findings it is made from. At most 100: the longest. */
  evidence: z.array(z.string()).max(100),
  /** Producers of what it is made from. */
  producers: z.array(z.string()),
  /** Mean confidence of what it is made from; null where nothing tells one. */
  confidence: unit.nullable(),
  /** Whether every producer's scores are calibrated. */
  calibrated: z.boolean(),
  /** The other operations it was compared with; null if there are fewer than ten, or nobody said which procedure it was. */
  cohort: z
    .strictObject({
      n: z.int().min(10),
      procedure,
      severity: severity.nullable(),
      /** Share of the cohort with a smaller value, ties counted half. */
      percentile: unit,
      /** Standard score, of logarithms where the value is a duration; null if all are equal. */
      z: z.number().nullable(),
    })
    .nullable(),
});
export type Measure = z.infer<typeof measure>;

/** What follows from the timeline rather than from one picture: an excursion of the camera, a gap, an exchange, a critical view held. Source frames. */
export const finding = z.strictObject({
  id: z.string().min(1),
  type: z.enum(["excursion", "idle", "exchange", "bimanual", "bleeding", "smoke", "fog", "blur", "reflection", "critical-view", "adverse-event-candidate"]),
  label: z.string(),
  startFrame: z.int().nonnegative(),
  endFrame: z.int().positive(),
  /** 0 to 5 of an adverse event candidate (SAGES/MultiBypass140 grading), else null. Machines propose none. */
  severity: z.int().min(0).max(5).nullable(),
  confidence: unit.nullable(),
  review,
  evidence: z.array(z.string()),
  producers: z.array(z.string()),
});
export type Finding = z.infer<typeof finding>;

/** `measures.json`: what the timeline means clinically. */
export const measures = z.strictObject({
  schema: z.literal("surgical-measures/1.0"),
  caseId,
  runId,
  /** The analysis it was made from. */
  contentSha256: sha256,
  procedure: procedure.nullable(),
  severity: severity.nullable(),
  measures: z.array(measure),
  findings: z.array(finding),
});
export type Measures = z.infer<typeof measures>;

/** `GET /cases/{caseId}/measures?corrected=`: of the analysis as it is, unless one asks for them as people corrected it. */
export const measuresQuery = z.object({ corrected: z.enum(["true", "false"]).default("false") });

/** Its answer. */
export const caseMeasures = z.strictObject({
  ...measures.shape,
  /**
   * Version of the corrections that they take into account: 0 if there are none, null if nobody asked. Measures of corrected
   * findings are compared with nobody: the others' are of analyses as they are.
   */
  correctionsVersion: z.int().nonnegative().nullable(),
});
export type CaseMeasures = z.infer<typeof caseMeasures>;
