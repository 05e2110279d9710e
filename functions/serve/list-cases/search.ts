import { z } from "zod";
import { caseStatus, procedure } from "../../../contracts/case.ts";
import { findingItemName, findingKey } from "../../../contracts/case-table.ts";
import { parseInput } from "../../runtime/parse.ts";

const label = z.string().trim().min(1).max(100);
/** What the route takes in its query. All that is given must hold. */
const parameters = z.strictObject({
  procedure: procedure.optional(),
  status: caseStatus.optional(),
  event: label.optional(),
  instrument: label.optional(),
  phase: label.optional(),
  next: z.string().optional(),
});

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
  const { procedure, status, event, instrument, phase, next } = parseInput(parameters, query);
  const findings = [
    ...(event === undefined ? [] : [findingKey("event", event)]),
    ...(instrument === undefined ? [] : [findingKey("instrument", instrument)]),
    ...(phase === undefined ? [] : [findingKey("phase", phase)]),
  ];
  return { listing: listingOf(findings[0], procedure, status), procedure, status, findings: findings.map(findingItemName), next };
}

function listingOf(finding: string | undefined, procedure: string | undefined, status: string | undefined): Listing {
  if (finding !== undefined) return { by: "finding", value: finding };
  if (procedure !== undefined) return { by: "procedure", value: procedure };
  if (status !== undefined) return { by: "status", value: status };
  return { by: "list", value: "CASES" };
}
