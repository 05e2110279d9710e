import { createPublicKey, type JsonWebKey, verify } from "node:crypto";

/** Where an authorizer's tokens come from. */
export interface Issuers {
  /** Public keys of an issuer, each with its `kid`; undefined for an issuer that nobody here knows. */
  keysOf(issuer: string): readonly (JsonWebKey & { readonly kid: string })[] | undefined;
}

/** What a JWT authorizer asks of a token. */
export interface JwtRules {
  readonly issuer: string;
  readonly audiences: readonly string[];
}

export type Claims = Readonly<Record<string, unknown>>;

/** Why a token counts for nothing. Never holds the token. */
export class InvalidToken extends Error {
  override readonly name = "InvalidToken";
}

/** The token of a header such as `Bearer xyz`; the word may be missing. */
export const tokenOf = (header: string): string => header.replace(/^Bearer +/i, "");

/**
 * Claims of a token that an HTTP API's JWT authorizer takes: signed with RS256 by a key of the issuer, and issued by it, for
 * an audience, in force now. What kind of token it is, nobody asks (API Gateway Developer Guide, "Control access to HTTP APIs
 * with JWT authorizers", "Authorizing API requests"). Throws InvalidToken.
 */
export function claimsOf(token: string, { issuer, audiences }: JwtRules, issuers: Issuers, now: number): Claims {
  const [header, payload, signature, ...rest] = token.split(".");
  if (!header || !payload || !signature || rest.length > 0) throw new InvalidToken("It is no signed token.");
  const { alg, kid } = objectOf(header);
  if (alg !== "RS256") throw new InvalidToken("It is not signed with RS256.");
  const key = issuers.keysOf(issuer)?.find((candidate) => candidate.kid === kid);
  if (key === undefined) throw new InvalidToken("It names no key of the issuer.");
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify("sha256", signed, createPublicKey({ key, format: "jwk" }), Buffer.from(signature, "base64url")))
    throw new InvalidToken("Its signature is not the issuer's.");

  const claims = objectOf(payload);
  if (claims["iss"] !== issuer) throw new InvalidToken("Another issuer issued it.");
  if (!audienceOf(claims).some((audience) => audiences.includes(audience))) throw new InvalidToken("It is for another audience.");
  if (!(typeof claims["exp"] === "number" && claims["exp"] > now)) throw new InvalidToken("It has expired.");
  for (const name of ["nbf", "iat"]) {
    const from = claims[name];
    if (from !== undefined && !(typeof from === "number" && from <= now)) throw new InvalidToken(`Its ${name} lies in the future.`);
  }
  return claims;
}

/** `client_id` counts only where there is no `aud`: Cognito's access tokens have none. */
const audienceOf = ({ aud, client_id: clientId }: Claims): string[] => [aud ?? clientId].flat().filter((audience) => typeof audience === "string");

/** Scopes of a token: `scope` in one string, or `scp` as a list. */
export function scopesIn({ scope, scp }: Claims): string[] {
  if (typeof scope === "string") return scope.split(" ");
  if (Array.isArray(scp)) return scp.map(String);
  return typeof scp === "string" ? scp.split(" ") : [];
}

/** Claims as an HTTP API hands them to a function: every value as text, a list as `[a b]`. */
export const claimsAsText = (claims: Claims): Record<string, string> =>
  Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, textOf(value)]));

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(" ")}]`;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function objectOf(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new InvalidToken("It is no JSON.");
}
