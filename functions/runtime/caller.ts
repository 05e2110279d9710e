import { Misconfigured } from "./errors.ts";
import type { HttpRequest } from "./http.ts";

/** Who sent a request, from the access token that API Gateway has verified. */
export interface Person {
  /** The user pool's opaque id. */
  readonly sub: string;
  readonly groups: readonly string[];
}

/** The caller of a request. Throws Misconfigured where the route lets requests in without a token. */
export function callerOf({ requestContext }: HttpRequest): Person {
  const claims = requestContext.authorizer?.jwt.claims;
  const sub = claims?.["sub"];
  if (!sub) throw new Misconfigured("The route lets requests in that carry no token.");
  // API Gateway hands a list over as text: [admin surgeon].
  const groups = (claims["cognito:groups"] ?? "").replace(/^\[|\]$/g, "").split(/[\s,]+/);
  return { sub, groups: groups.filter((group) => group !== "") };
}
