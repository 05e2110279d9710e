import { documentClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { tableLeases } from "../leases.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { LEASE_TABLE } = readEnvironment(["LEASE_TABLE"]);
  return { leases: tableLeases(documentClient(), { tableName: LEASE_TABLE, caps: {} }) };
}
