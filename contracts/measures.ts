import { z } from "zod";
import { procedure, severity } from "./case.ts";
import { calibration } from "./model.ts";
import { caseId, review, runId, sha256, unit } from "./primitives.ts";

/** What a value is counted in. */
export const measureUnit = z.enum([
  "seconds",
  "count",
  "count-per-hour",
  "share",
  "diagonals",
  "diagonals-per-second",
  "diagonals-per-second-cubed",
  "probability",
]);

/** Who tells what values are made from: a network, a measuring algorithm, a service; or people who corrected it. */
export const measureProducer = z.strictObject({
  id: z.string().min(1),
  kind: z.enum(["model", "algorithm", "service", "person"]),
  name: z.string().min(1),
  /** Of a person: the version of the corrections. */
  version: z.string().min(1),
  /** Digest of the weights, or of the algorithm's parameters. Null of a service that tells none, and of people. */
  digest: sha256.nullable(),
  /** How its scores were made probabilities, and the error left (its `model.json`); null if they are none. */
  calibration: calibration.nullable(),
});
export type MeasureProducer = z.infer<typeof measureProducer>;

/** What a measure's name means, as it was when the value was computed. */
export const measureDefinition = z.strictObject({
  name: z.string().min(1),
  unit: measureUnit,
  title: z.strictObject({ en: z.string().min(1), "zh-TW": z.string().min(1) }),
  formula: z.string().min(1),
  /** Where the formula comes from. */
  source: z.string().min(1),
});
export type MeasureDefinition = z.infer<typeof measureDefinition>;

/**
 * One clinical measure of one operation. `id` names it in reports: the measure's name and, where it has one, what it is of,
 * such as `phase-duration/ClippingCutting`.
 */
export const measure = z.strictObject({
  id: z.string().min(1),
  /** Name of the measure, the same in every case: `phase-duration`. Its formula and source are in `definitions`. */
  name: z.string().min(1),
  /** What it is of: a phase, an instrument; null if it is of the whole operation. */
  of: z.string().nullable(),
  unit: measureUnit,
  /** Null if it can't be told, and then `note` says why. */
  value: z.number().nullable(),
  note: z.string().nullable(),
  /** Identifiers of the segments, events and findings it is made from. At most 100: the longest. */
  evidence: z.array(z.string()).max(100),
  /** Producers of what it is made from, and who looked and found nothing: identifiers in the document's `producers`. */
  producers: z.array(z.string()),
  /**
   * Mean confidence of what it is made from, weighted by time; of what is made of several kinds of things, such as an instrument in a phase, the
   * least of their means. Null where nothing tells one.
   */
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
  /** 0 to 5 of an adverse event candidate (SAGES/MultiBypass140 grading) whose network tells one, else null. */
  severity: z.int().min(0).max(5).nullable(),
  confidence: unit.nullable(),
  review,
  evidence: z.array(z.string()),
  producers: z.array(z.string()),
});
export type Finding = z.infer<typeof finding>;

/** `measures.json`: what the timeline means clinically. */
const document = z.strictObject({
  /** 1.0 lacks `producers` and `definitions`; it is read, and never written. */
  schema: z.enum(["surgical-measures/1.0", "surgical-measures/1.1"]),
  caseId,
  runId,
  /** The analysis it was made from. */
  contentSha256: sha256,
  procedure: procedure.nullable(),
  severity: severity.nullable(),
  /** Everybody whom a measure or a finding names, once. */
  producers: z.array(measureProducer).optional(),
  /** The definition of every measure, once for each name. */
  definitions: z.array(measureDefinition).optional(),
  measures: z.array(measure),
  findings: z.array(finding),
});

/** {@link document}, of which 1.1 says of every value who told it and what it means. */
export const measures = document.superRefine((found, context) => {
  if (found.schema === "surgical-measures/1.0") return;
  const fault = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
  if (!found.producers) fault(["producers"], "must say who told the values");
  if (!found.definitions) fault(["definitions"], "must say what the values mean");
  const producers = new Set(found.producers?.map(({ id }) => id));
  const names = new Set(found.definitions?.map(({ name }) => name));
  for (const list of ["measures", "findings"] as const)
    for (const [i, one] of found[list].entries())
      for (const id of one.producers) if (!producers.has(id)) fault([list, i, "producers"], `names ${id}, which is not among the document's producers`);
  for (const [i, { id, name, value, producers }] of found.measures.entries()) {
    if (!names.has(name)) fault(["measures", i, "name"], `${name} has no definition in the document`);
    if (value !== null && producers.length === 0) fault(["measures", i, "producers"], `must say who told ${id}`);
  }
});
export type Measures = z.infer<typeof measures>;

/** `GET /cases/{caseId}/measures?corrected=`: of the analysis as it is, unless one asks for them as people corrected it. */
export const measuresQuery = z.object({ corrected: z.enum(["true", "false"]).default("false") });

/** Its answer. */
export const caseMeasures = z.strictObject({
  ...document.shape,
  /**
   * Version of the corrections that they take into account: 0 if there are none, null if nobody asked. Measures of corrected
   * findings are compared with nobody: the others' are of analyses as they are.
   */
  correctionsVersion: z.int().nonnegative().nullable(),
});
export type CaseMeasures = z.infer<typeof caseMeasures>;
