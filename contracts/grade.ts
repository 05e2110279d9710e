import { z } from "zod";
import { severity } from "./case.ts";
import { caseId } from "./primitives.ts";

/** What `PUT /cases/{caseId}/severity` takes: how difficult the operation was, which is known only after it; null takes a grade back. */
export const gradeRequest = z.strictObject({ severity: severity.nullable() });
export type GradeRequest = z.infer<typeof gradeRequest>;

/** What one person graded: an item of the case table for each time, never changed. */
export const grade = z.strictObject({
  schema: z.literal("case-grade/1.0"),
  caseId,
  severity: severity.nullable(),
  gradedAt: z.iso.datetime(),
  /** The user pool's opaque identifier of a person. */
  gradedBy: z.string().min(1).max(128),
});
export type Grade = z.infer<typeof grade>;

/** Its answer. */
export const caseGrade = z.strictObject({ caseId, severity: severity.nullable(), gradedAt: grade.shape.gradedAt });
export type CaseGrade = z.infer<typeof caseGrade>;
