import { z } from "zod";
import { procedure } from "../../../contracts/case.ts";
import { type Cohort, cohortQuery, smallestCohort } from "../../../contracts/cohort.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import { parseInput } from "../../runtime/parse.ts";
import { spreadsOf, type Values } from "./core.ts";

export interface Deps {
  /** The values of a stratum's operations, the newest thousand, without those of one case. */
  values(stratum: Pick<Cohort, "procedure" | "severity">, exceptCaseId: string | undefined): Promise<Values[]>;
}

const path = z.strictObject({ procedure });

/** `GET /cohorts/{procedure}?severity=&except=`: how operations of one procedure and one grade went. Under ten nothing is told, not even how many there are. */
export const createHandler = ({ values }: Deps) =>
  route(async ({ pathParameters, queryStringParameters }): Promise<Cohort> => {
    const asked = path.safeParse(pathParameters);
    if (!asked.success) throw new InvalidInput(`The procedure must be ${procedure.options.join(", ")}.`);
    const query = parseInput(cohortQuery, queryStringParameters);
    const stratum = { procedure: asked.data.procedure, severity: query.severity === undefined ? null : Number(query.severity) };
    const found = await values(stratum, query.except);
    if (found.length < smallestCohort) return { ...stratum, n: null, spreads: [] };
    return { ...stratum, n: found.length, spreads: spreadsOf(found) };
  });
