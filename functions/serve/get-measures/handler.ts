import { z } from "zod";
import { measuresKey } from "../../../contracts/keys.ts";
import { type Measures, measures } from "../../../contracts/measures.ts";
import { caseId } from "../../../contracts/primitives.ts";
import { NotFound } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import type { Lake } from "../../runtime/lake.ts";
import { parseInput } from "../../runtime/parse.ts";
import { summaryOf } from "../summary.ts";

export interface Deps {
  lake: Pick<Lake, "json">;
  /** The case's summary item; undefined if there is none. */
  summary(caseId: string): Promise<unknown>;
}

const path = z.strictObject({ caseId });

/** `GET /cases/{caseId}/measures`: the clinical measures of the case's newest run. */
export const createHandler = ({ lake, summary }: Deps) =>
  route(async ({ pathParameters }): Promise<Measures> => {
    const { caseId } = parseInput(path, pathParameters);
    const stored = await summary(caseId);
    if (stored === undefined) throw new NotFound(`There is no case ${caseId}.`);
    const { runId, status } = summaryOf(stored);
    if (runId === null || (status !== "COMPLETE" && status !== "PARTIAL")) throw new NotFound(`Case ${caseId} is ${status}: nothing of it has been measured.`);
    try {
      return await lake.json(measuresKey(caseId, runId), measures);
    } catch (error) {
      if (error instanceof NotFound) throw new NotFound(`Case ${caseId} was analysed, but not measured.`);
      throw error;
    }
  });
