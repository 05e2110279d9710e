import { z } from "zod";
import type { CaseList, ListedCase } from "../../../contracts/api.ts";
import { isDeleted } from "../../../contracts/case-table.ts";
import { caseId } from "../../../contracts/primitives.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import { posterUriOf, summaryOf } from "../summary.ts";
import { type Listing, readSearch, type Search } from "./search.ts";

/** An item of the case table, of which nothing is known yet but its key. */
export interface Item {
  readonly caseId: string;
  readonly item: string;
  readonly [attribute: string]: unknown;
}

/** Where a page ended: the key of its last item, in the table and in the index that was asked. */
const placeIn = ({ by, value }: Listing) =>
  z.strictObject({
    caseId,
    item: by === "finding" ? z.string().startsWith("FINDING#") : z.literal("SUMMARY"),
    [by]: z.literal(value),
    createdAt: z.iso.datetime(),
  });
export type Place = z.infer<ReturnType<typeof placeIn>>;

export interface Deps {
  /** A page of what an index lists, newest first, after the given place. */
  page(listing: Listing, limit: number, after: Place | undefined): Promise<{ items: Item[]; last: Place | undefined }>;
  /** The items of these keys that there are, in any order; at most 100 keys. */
  items(keys: readonly { caseId: string; item: string }[]): Promise<Item[]>;
  /** A link that opens an `s3://` object for 15 minutes. */
  link(uri: string): Promise<string>;
}

/** Items that one query takes from an index. Times 1 + 3 keys a case it is what one batch may ask for. */
const pageSize = 25;
/** Cases from which a page is full, and queries after which it ends all the same: few may be what is wanted. */
const fullPage = 50;
const mostQueries = 8;

/** `GET /cases?procedure=&status=&event=&instrument=&phase=&next=`: cases for which all that is given holds, newest first, page by page. A page may be short, or empty, and have a next one. */
export const createHandler = (deps: Deps) =>
  route(async ({ queryStringParameters }): Promise<CaseList> => {
    const search = readSearch(queryStringParameters);
    const { listing, next } = search;
    let after = next === undefined ? undefined : placeOf(next, listing);
    const cases: ListedCase[] = [];
    for (let queries = 0; queries < mostQueries && cases.length < fullPage; queries++) {
      const { items, last } = await deps.page(listing, pageSize, after);
      for (const stored of await matching(deps, items, search)) cases.push(await listed(deps, stored));
      after = last;
      if (after === undefined) break;
    }
    return { cases, next: after === undefined ? null : tokenOf(after) };
  });

async function listed({ link }: Deps, stored: Item): Promise<ListedCase> {
  const poster = posterUriOf(stored);
  return { ...summaryOf(stored), poster: poster === null ? null : await link(poster) };
}

/** The summary items of a page's cases that are wanted, in its order. */
async function matching(deps: Deps, items: readonly Item[], { listing, findings, procedure, status }: Search): Promise<Item[]> {
  const wanted = (stored: Item) => {
    const summary = summaryOf(stored);
    return (procedure === undefined || summary.procedure === procedure) && (status === undefined || summary.status === status);
  };
  // Other items of a case may carry a listed attribute, too.
  if (listing.by !== "finding") return items.filter((stored) => stored.item === "SUMMARY" && wanted(stored));
  if (items.length === 0) return [];
  const others = findings.slice(1);
  const read = await deps.items(items.flatMap(({ caseId }) => ["SUMMARY", ...others].map((item) => ({ caseId, item }))));
  const byKey = new Map(read.map((item) => [`${item.caseId} ${item.item}`, item]));
  return items.flatMap((found) => {
    const stored = byKey.get(`${found.caseId} SUMMARY`);
    // An index may be asked a moment before it knows that the case is deleted.
    if (stored === undefined || isDeleted(stored)) return [];
    const { runId } = summaryOf(stored);
    // What an earlier run found says nothing once another has begun.
    const holds = [found, ...others.map((item) => byKey.get(`${found.caseId} ${item}`))].every((item) => item?.["runId"] === runId);
    return holds && wanted(stored) ? [stored] : [];
  });
}

const tokenOf = (last: Place): string => Buffer.from(JSON.stringify(last)).toString("base64url");

function placeOf(token: string, listing: Listing): Place {
  try {
    return placeIn(listing).parse(JSON.parse(Buffer.from(token, "base64url").toString()));
  } catch {
    throw new InvalidInput('The query parameter "next" isn\'t one that a page of this search gave.');
  }
}
