import { z } from "zod";
import { caseId } from "../../../contracts/primitives.ts";
import { type RetentionPage, retentionQuery } from "../../../contracts/retention.ts";
import { type HoldDeps, keepingOf, keptUntilOf } from "../../delete/holds.ts";
import { NotFound } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import { parseInput } from "../../runtime/parse.ts";
import { placeOf, tokenOf } from "../page-token.ts";
import { summaryOf } from "../summary.ts";

/** Where a page ended: the key of its last item, in the table and in the index by time. */
const place = z.strictObject({ caseId, item: z.literal("SUMMARY"), list: z.literal("CASES"), createdAt: z.iso.datetime() });
export type Place = z.infer<typeof place>;

export interface Deps extends HoldDeps {
  /** A page of summary items, oldest first, after a place. */
  oldest(after: Place | undefined): Promise<{ items: unknown[]; last: Place | undefined }>;
}

type Kept = RetentionPage["cases"][number];

/** `GET /retention?next=`: until when cases are kept, oldest first, and of those whose time has passed what holds them all the same. */
export const createHandler = (deps: Deps) =>
  route(async ({ queryStringParameters }): Promise<RetentionPage> => {
    const { next } = parseInput(retentionQuery, queryStringParameters);
    const { items, last } = await deps.oldest(placeOf(next, place));
    const cases: Kept[] = [];
    for (const stored of items) {
      const { caseId, fileName, status, createdAt, retentionClass } = summaryOf(stored);
      const keptUntil = keptUntilOf(createdAt, retentionClass, deps.retentionDays);
      const isDue = Date.parse(keptUntil) <= deps.now().getTime();
      const holds = isDue ? await holdsOf(deps, caseId) : null;
      // Deleted since the index was read.
      if (holds === undefined) continue;
      cases.push({ caseId, fileName, status, createdAt, retentionClass, keptUntil, isDue, holds });
    }
    return { cases, next: tokenOf(last) };
  });

async function holdsOf(deps: HoldDeps, caseId: string): Promise<string[] | undefined> {
  try {
    return [...(await keepingOf(deps, caseId)).holds];
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
