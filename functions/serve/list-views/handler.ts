import { z } from "zod";
import { type ViewPage, viewItem, viewList, viewQuery, viewsOf, viewsPrefix } from "../../../contracts/views.ts";
import { route } from "../../runtime/http.ts";
import { parseInput, parseStored } from "../../runtime/parse.ts";
import { placeOf, tokenOf } from "../page-token.ts";

/** Where a page ended: the key of its last item, of the table or of the index by time. */
const placeIn = (caseId: string | undefined) =>
  caseId === undefined
    ? z.strictObject({ caseId: z.string().startsWith(viewsPrefix), item: z.string(), list: z.literal(viewList), createdAt: z.iso.datetime() })
    : z.strictObject({ caseId: z.literal(viewsOf(caseId)), item: z.string() });
export type Place = z.infer<ReturnType<typeof placeIn>>;

export interface Deps {
  /** A page of the views of one case, or of all, newest first, after a place. */
  page(caseId: string | undefined, after: Place | undefined): Promise<{ items: unknown[]; last: Place | undefined }>;
}

/** `GET /views?case=&next=`: who saw what of which case. A case that is deleted keeps its views. */
export const createHandler = ({ page }: Deps) =>
  route(async ({ queryStringParameters }): Promise<ViewPage> => {
    const { case: caseId, next } = parseInput(viewQuery, queryStringParameters);
    const { items, last } = await page(caseId, placeOf(next, placeIn(caseId)));
    const views = items.map((item) => {
      const { viewedCaseId, what, by, createdAt } = parseStored(viewItem, item, "A view in the case table");
      return { caseId: viewedCaseId, what, by, at: createdAt };
    });
    return { views, next: tokenOf(last) };
  });
