/** A CORS rule of a bucket, in Pulumi's names. */
export interface CorsRule {
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedHeaders?: readonly string[] | undefined;
  readonly exposeHeaders?: readonly string[] | undefined;
  readonly maxAgeSeconds?: number | undefined;
}

/** Whether a pattern with at most one `*` matches. */
function matches(pattern: string, text: string): boolean {
  const [start = "", end] = pattern.split("*", 2);
  return end === undefined ? pattern === text : text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

/** The first rule that lets this origin use the method and headers. */
export function corsRuleFor(rules: readonly CorsRule[], origin: string, method: string, headers: readonly string[] = []): CorsRule | undefined {
  return rules.find(
    (rule) =>
      rule.allowedOrigins.some((pattern) => matches(pattern, origin)) &&
      rule.allowedMethods.includes(method) &&
      headers.every((header) => rule.allowedHeaders?.some((pattern) => matches(pattern.toLowerCase(), header.toLowerCase()))),
  );
}

/** The headers with which S3 answers a request that a rule allows. */
export function corsHeaders(rule: CorsRule, origin: string): Record<string, string> {
  const all = rule.allowedOrigins.includes("*");
  return {
    "access-control-allow-origin": all ? "*" : origin,
    "access-control-allow-methods": rule.allowedMethods.join(", "),
    ...(rule.exposeHeaders?.length ? { "access-control-expose-headers": rule.exposeHeaders.join(", ") } : {}),
    ...(all ? {} : { "access-control-allow-credentials": "true" }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}
