import { documentClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { linkSigner } from "../link.ts";
import type { Deps } from "./handler.ts";
import { caseTable } from "./table.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE } = readEnvironment(["CASE_TABLE"]);
  return { ...caseTable(documentClient(), CASE_TABLE), link: linkSigner() };
}
