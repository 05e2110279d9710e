import type { Measure } from "../../../contracts/measures.ts";

/** A code of a terminology. */
export interface Code {
  readonly system: string;
  readonly code: string;
  readonly display: string;
}

/** The platform's own terminology: what it calls things, under names that can't be mistaken for anybody else's. */
export const ownSystem = (kind: "level" | "event" | "measure" | "procedure" | "confidence" | "report"): string => `urn:svp:code:${kind}`;

/**
 * Codes of other terminologies beside the platform's own, by `kind:name` such as `procedure:laparoscopic-cholecystectomy`. Empty
 * here: SNOMED CT needs a licence in most countries, and whoever has one adds the codes of its edition.
 */
export const codes: Readonly<Record<string, readonly Code[]>> = {};

/** Units as UCUM writes them (The Unified Code for Units of Measure, 2.1); a diagonal is of the picture, so it has none. */
export const units: Readonly<Record<Measure["unit"], { readonly code: string; readonly display: string }>> = {
  seconds: { code: "s", display: "s" },
  count: { code: "1", display: "times" },
  "count-per-hour": { code: "/h", display: "times an hour" },
  share: { code: "1", display: "share" },
  diagonals: { code: "1", display: "diagonals of the picture" },
  "diagonals-per-second": { code: "/s", display: "diagonals of the picture a second" },
  "diagonals-per-second-cubed": { code: "/s3", display: "diagonals of the picture per second cubed" },
  probability: { code: "1", display: "probability" },
};
