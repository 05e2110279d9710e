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

export const soundsSecret = (name: string): boolean => secretNames.test(name);
export const looksSecret = (value: string): boolean => secretValues.some((pattern) => pattern.test(value));
