import { z } from "zod";
import type { CaseList } from "../../../contracts/api.ts";
import { caseId } from "../../../contracts/primitives.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import { summaryOf } from "../summary.ts";

/** Where a page ended: the key of its last item, in the index and in the table. */
const place = z.strictObject({ caseId, item: z.literal("SUMMARY"), list: z.literal("CASES"), createdAt: z.iso.datetime() });
export type Place = z.infer<typeof place>;

export interface Deps {
  /** A page of summary items, newest first, after the given place. */
  page(after: Place | undefined): Promise<{ items: unknown[]; last: Place | undefined }>;
}

/** `GET /cases?next=`: cases, newest first, page by page. */
export const createHandler = (deps: Deps) =>
  route(async ({ queryStringParameters }): Promise<CaseList> => {
    const token = queryStringParameters["next"];
    const { items, last } = await deps.page(token === undefined ? undefined : placeOf(token));
    return { cases: items.map(summaryOf), next: last === undefined ? null : tokenOf(last) };
  });

const tokenOf = (last: Place): string => Buffer.from(JSON.stringify(last)).toString("base64url");

function placeOf(token: string): Place {
  try {
    return place.parse(JSON.parse(Buffer.from(token, "base64url").toString()));
  } catch {
    throw new InvalidInput('The query parameter "next" isn\'t one that a page of cases gave.');
  }
}
