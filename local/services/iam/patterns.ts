const compiled = new Map<string, RegExp>();

/** Whether `text` matches an IAM pattern, in which `*` stands for any characters and `?` for one. */
export function globMatches(pattern: string, text: string, flags: "" | "i" = ""): boolean {
  const key = flags + pattern;
  let expression = compiled.get(key);
  if (!expression) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", "[^]*")
      .replaceAll("?", "[^]");
    expression = new RegExp(`^${source}$`, flags);
    compiled.set(key, expression);
  }
  return expression.test(text);
}

/** The six parts of an ARN; the last keeps its colons. Undefined if the text is no ARN. */
export function arnParts(text: string): string[] | undefined {
  const parts = text.split(":");
  if (parts.length < 6 || parts[0] !== "arn") return undefined;
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** Whether an ARN matches a pattern, part by part: a wildcard never crosses one of the first five colons. The pattern `*` matches everything. */
export function arnMatches(pattern: string, text: string): boolean {
  if (pattern === "*") return true;
  const wanted = arnParts(pattern);
  const found = arnParts(text);
  return wanted !== undefined && found !== undefined && wanted.every((part, i) => globMatches(part, found[i] as string));
}
