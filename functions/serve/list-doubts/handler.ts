import { z } from "zod";
import { isDeleted } from "../../../contracts/case-table.ts";
import { caseId } from "../../../contracts/primitives.ts";
import { type DoubtItem, doubt, doubtItem, doubtItemPrefix, queueQuery, type ReviewQueue, waiting } from "../../../contracts/review-queue.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import { parseInput, parseStored } from "../../runtime/parse.ts";
import { summaryOf } from "../summary.ts";

/** Where a page ended: the key of its last item, in the table and in the index. */
const place = z.strictObject({ caseId, item: z.string().startsWith(doubtItemPrefix), queue: z.literal(waiting), doubtOrder: z.string() });
export type Place = z.infer<typeof place>;

export interface Deps {
  /** Items of the index in its order, at most 25, after a place. */
  page(after: Place | undefined): Promise<{ items: unknown[]; last: Place | undefined }>;
  /** Summary items of cases, in any order; of some there may be none. */
  summaries(caseIds: readonly string[]): Promise<{ readonly caseId: string }[]>;
}

/** `GET /review-queue?next=`: what analysers were least sure of, in all cases, and nobody judged yet. */
export const createHandler = (deps: Deps) =>
  route(async ({ queryStringParameters }): Promise<ReviewQueue> => {
    const { items, last } = await deps.page(placeOf(parseInput(queueQuery, queryStringParameters).next));
    const found = items.map((item) => parseStored(doubtItem, item, "An item of the review queue"));
    const caseIds = [...new Set(found.map((item) => item.caseId))];
    const stored = caseIds.length === 0 ? [] : await deps.summaries(caseIds);
    const summaries = new Map(stored.filter((item) => !isDeleted(item)).map((item) => [item.caseId, summaryOf(item)]));
    const doubts = found.flatMap((item: DoubtItem) => {
      const summary = summaries.get(item.caseId);
      // What an earlier run doubted says nothing once another has begun, or the case is on its way out.
      const holds = summary?.runId === item.runId && (summary.status === "COMPLETE" || summary.status === "PARTIAL");
      return holds ? [{ ...doubt.parse(only(item)), fileName: summary.fileName }] : [];
    });
    return { doubts, next: last === undefined ? null : Buffer.from(JSON.stringify(last)).toString("base64url") };
  });

const only = ({ item: _, queue: __, doubtOrder: ___, ...told }: DoubtItem) => told;

function placeOf(token: string | undefined): Place | undefined {
  if (token === undefined) return undefined;
  try {
    return place.parse(JSON.parse(Buffer.from(token, "base64url").toString()));
  } catch {
    throw new InvalidInput('The query parameter "next" isn\'t one that a page of the queue gave.');
  }
}
