/**
 * What identifies people, as far as it can be told from a text: of the eighteen identifiers of 164.514(b)(2)(i) names by what they are
 * called, numbers and dates by their form. Names of people themselves can't be told from other words.
 */
export const phiPatterns = {
  asOf: "2026-06-30",
  source: "https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)",
  /** Social security numbers, e-mail addresses, numbers of records, dates of birth, telephone numbers. */
  values: [
    /\b\d{3}-\d{2}-\d{4}\b/,
    /\b[\w.+-]+@[\w-]+\.[\w.-]*[a-z]\b/i,
    /\b(MRN|medical record( number)?)\s*[:#=_-]?\s*\d{5,}\b/i,
    /\b(DOB|date of birth|born( on)?)\s*[:=_-]?\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b/i,
    /(?<![\w.-])(\+1[ .-]?)?(\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])/,
  ] as readonly RegExp[],
  /** What such a thing is called: the name of a tag, of a key, of a resource that is about one patient. */
  names:
    /(?<![a-z])(birth-?date|date-?of-?birth|dob|first-?name|given-?name|last-?name|medical-?record(-?number)?|mrn|patient-?(id|name|number)|social-?security(-?number)?|ssn|sur-?name)(?![a-z])/i,
} as const;

/** Whether a text holds something that identifies a person. */
export const looksPersonal = (value: string): boolean => phiPatterns.values.some((pattern) => pattern.test(value));

/** Whether a name is that of something that identifies a person: `patientName`, `patient_name`, `patient-name`. */
export const soundsPersonal = (name: string): boolean => phiPatterns.names.test(name.replace(/([a-z])([A-Z])/g, "$1-$2").replace(/[_ .]/g, "-"));
