import { cohortTable } from "../../aggregate/measure-operation/cohort-table.ts";
import { documentClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE } = readEnvironment(["CASE_TABLE"]);
  return { values: cohortTable(documentClient(), CASE_TABLE).cohort };
}
