/** Words that, at the end of a name, say that a value is a secret itself. `DATABASE_SECRET_ARN` says where one is. */
const secretNames = /(password|passwd|passphrase|secret|token|api_?key|private_?key|access_?key|credentials?)$/i;

/** What secrets look like: access keys of AWS, private keys in PEM, signed tokens, and keys of well-known services. */
const secretValues: readonly RegExp[] = [
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+/,
  /\b(ghp|gho|ghs|github_pat|glpat|sk_live|xox[abp])[_-][\w-]{16,}/,
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:[^\s:/@]+@/,
];

/** What identifies people: social security numbers, e-mail addresses, numbers of records, dates of birth, telephone numbers. */
const personalValues: readonly RegExp[] = [
  /\b\d{3}-\d{2}-\d{4}\b/,
  /\b[\w.+-]+@[\w-]+\.[\w.-]*[a-z]\b/i,
  /\b(MRN|medical record( number)?)\s*[:#=-]?\s*\d{5,}\b/i,
  /\b(DOB|date of birth|born( on)?)\s*[:=-]?\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b/i,
  /(?<![\w.-])(\+1[ .-]?)?(\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])/,
];

export const soundsSecret = (name: string): boolean => secretNames.test(name);
export const looksSecret = (value: string): boolean => secretValues.some((pattern) => pattern.test(value));
export const looksPersonal = (value: string): boolean => personalValues.some((pattern) => pattern.test(value));
