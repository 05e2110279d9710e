import { caseQuery } from "../../../contracts/api.ts";
import { findingItemName, findingKey } from "../../../contracts/case-table.ts";
import { parseInput } from "../../runtime/parse.ts";

/** Where to look: an attribute that an index of the table has for its key, and the value wanted. */
export interface Listing {
  by: "list" | "status" | "procedure" | "finding";
  value: string;
}

export interface Search {
  /** The narrowest listing that has every case wanted. */
  listing: Listing;
  procedure: string | undefined;
  status: string | undefined;
  /** Finding items that a case must have. */
  findings: string[];
  next: string | undefined;
}

/** Reads a request's query. Throws InvalidInput for a parameter that isn't known: a filter that is misspelt would else find everything. */
export function readSearch(query: Readonly<Record<string, string>>): Search {
  const { procedure, status, event, instrument, phase, tag, next } = parseInput(caseQuery, query);
  const findings = [
    ...(event === undefined ? [] : [findingKey("event", event)]),
    ...(instrument === undefined ? [] : [findingKey("instrument", instrument)]),
    ...(phase === undefined ? [] : [findingKey("phase", phase)]),
    ...(tag === undefined ? [] : [findingKey("tag", tag)]),
  ];
  return { listing: listingOf(findings[0], procedure, status), procedure, status, findings: findings.map(findingItemName), next };
}

function listingOf(finding: string | undefined, procedure: string | undefined, status: string | undefined): Listing {
  if (finding !== undefined) return { by: "finding", value: finding };
  if (procedure !== undefined) return { by: "procedure", value: procedure };
  if (status !== undefined) return { by: "status", value: status };
  return { by: "list", value: "CASES" };
}
