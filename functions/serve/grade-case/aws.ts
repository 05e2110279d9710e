import { documentClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { summaryReader } from "../stored-summary.ts";
import { grades } from "./grades.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE } = readEnvironment(["CASE_TABLE"]);
  return { summary: summaryReader(CASE_TABLE), ...grades(documentClient(), CASE_TABLE), now: () => new Date() };
}
