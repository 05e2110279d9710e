import type { Measure } from "../../../contracts/measures.ts";

/** The platform's own terminology: what it calls things, under names that can't be mistaken for anybody else's. */
export const ownSystem = (kind: "level" | "event" | "measure" | "procedure" | "confidence" | "report"): string => `urn:svp:code:${kind}`;

/** How DICOM calls terminologies that FHIR names by URI (PS3.16, section 8, "Coding Schemes"). Others have no place in a DICOM report. */
export const dicomSchemes: Readonly<Record<string, string>> = {
  "http://snomed.info/sct": "SCT",
  "http://loinc.org": "LN",
  "http://www.radlex.org": "RADLEX",
};

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
