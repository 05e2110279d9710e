import type { Procedure } from "../../../contracts/case.ts";
import { isGoing } from "../../../contracts/case-table.ts";
import { type CaseGrade, type Grade, gradeRequest } from "../../../contracts/grade.ts";
import { callerOf } from "../../runtime/caller.ts";
import { NotFound } from "../../runtime/errors.ts";
import { jsonBody, route } from "../../runtime/http.ts";
import { log } from "../../runtime/log.ts";
import { caseIdOf } from "../case-id.ts";
import { summaryOf } from "../summary.ts";

export interface Deps {
  /** The case's summary item, if there is one. */
  summary(caseId: string): Promise<unknown>;
  /** Keeps who graded what. */
  record(grade: Grade): Promise<void>;
  /** Writes the grade into the summary. Gives the procedure; undefined if there is no such case any more, or it is being deleted. */
  grade(grade: Grade): Promise<{ readonly procedure: Procedure | null } | undefined>;
  /** Moves what others are compared with into the stratum of the grade, if the case was measured. */
  regroup(caseId: string, stratum: { readonly procedure: Procedure; readonly severity: number | null }): Promise<void>;
  now(): Date;
}

/**
 * `PUT /cases/{caseId}/severity`: how difficult an operation was, as somebody grades it after it was uploaded. From then on the case is compared with
 * others of that grade, and they with it. Sent again it does the same.
 */
export const createHandler = (deps: Deps) =>
  route(async (request): Promise<CaseGrade> => {
    const id = caseIdOf(request);
    const { severity } = jsonBody(request, gradeRequest);
    const { sub: gradedBy } = callerOf(request);
    const stored = await deps.summary(id);
    if (stored === undefined || isGoing(stored)) throw new NotFound("There is no such case.");
    const { caseId } = summaryOf(stored);
    const grade: Grade = { schema: "case-grade/1.0", caseId, severity, gradedAt: deps.now().toISOString(), gradedBy };
    // First who did it, then what was done: nothing is changed by nobody.
    await deps.record(grade);
    const graded = await deps.grade(grade);
    if (!graded) throw new NotFound("There is no such case.");
    if (graded.procedure !== null) await deps.regroup(caseId, { procedure: graded.procedure, severity });
    log("case graded", { caseId });
    return { caseId, severity, gradedAt: grade.gradedAt };
  });
