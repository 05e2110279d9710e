import { z } from "zod";
import { caseId } from "./primitives.ts";

/**
 * Who saw what of which case: one item for each, written by the function that shows it, before it does (decision 42). HIPAA 164.312(b),
 * 164.308(a)(1)(ii)(D).
 */

/** What of a case is shown: itself, with links to its video and findings; its report; files taken out of it. */
export const viewedThing = z.enum(["case", "report", "export"]);
export type ViewedThing = z.infer<typeof viewedThing>;

export const view = z.strictObject({
  caseId,
  what: viewedThing,
  /** The user pool's opaque id. */
  by: z.string().min(1),
  at: z.iso.datetime(),
});
export type View = z.infer<typeof view>;

/**
 * Links live so long, and what is seen through them is one view: of the same person, case and thing no second item is kept in the same
 * quarter of an hour.
 */
export const viewMinutes = 15;

/** First part of the partition keys that views lie under, and nothing else: who may write there can't touch a case. */
export const viewsPrefix = "VIEWS#";
export const viewsOf = (caseId: string): string => `${viewsPrefix}${caseId}`;
/** What `list` is in views, which the index by time lists them by. */
export const viewList = "VIEWS";

const slotOf = (at: string): string => new Date(Math.floor(Date.parse(at) / (viewMinutes * 60_000)) * viewMinutes * 60_000).toISOString();

/** A view as an item of the case table. */
export const viewItemOf = ({ caseId, what, by, at }: View) => ({
  caseId: viewsOf(caseId),
  item: `${slotOf(at)}#${what}#${by}`,
  list: viewList,
  createdAt: at,
  viewedCaseId: caseId,
  what,
  by,
});
export const viewItem = z.strictObject({
  caseId: z.string().startsWith(viewsPrefix),
  item: z.string(),
  list: z.literal(viewList),
  createdAt: z.iso.datetime(),
  viewedCaseId: caseId,
  what: viewedThing,
  by: z.string().min(1),
});

/** What `GET /views` takes in its query: a case, without which all are told, and the next page. */
export const viewQuery = z.strictObject({ case: caseId.optional(), next: z.string().max(2000).optional() });

/** `GET /views?case=&next=`: who saw what, newest first. */
export const viewPage = z.strictObject({
  views: z.array(view),
  /** Opaque; null on the last page. */
  next: z.string().nullable(),
});
export type ViewPage = z.infer<typeof viewPage>;
