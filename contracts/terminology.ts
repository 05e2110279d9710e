import { z } from "zod";

/** A code of a terminology: SNOMED CT, RadLex, OntoSPM. */
export const terminologyCode = z.strictObject({
  /** The terminology's URI, as FHIR names it: `http://snomed.info/sct`. */
  system: z.string().regex(/^(https?:\/\/|urn:)\S+$/, "must be a URI such as http://snomed.info/sct"),
  code: z.string().regex(/^\S{1,64}$/, "must be a code without spaces"),
  display: z.string().min(1).max(120),
});

/** What can have codes: levels of segments, types of events, what either is called, procedures and measures. */
const coded = /^(level|event|label|procedure|measure):\S.{0,99}$/;

/** Characters of all codes together: they travel in a function's environment, which has 4 KB (Lambda Developer Guide, "Quotas"). */
const mostCharacters = 3000;

/**
 * Codes of other terminologies beside the platform's own, by `kind:name`, such as `procedure:laparoscopic-cholecystectomy`. Empty where nobody
 * configured any: SNOMED CT needs a licence in most countries, and whoever has one adds the codes of its edition.
 */
export const terminology = z
  .record(z.string().regex(coded, "must be level, event, label, procedure or measure, a colon and a name"), z.array(terminologyCode).min(1))
  .refine((codes) => JSON.stringify(codes).length <= mostCharacters, `must have ${mostCharacters} characters of JSON at most`);
export type Terminology = z.infer<typeof terminology>;
