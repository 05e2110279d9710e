import { verify } from "node:crypto";

/** Why a request is not let in, in CloudFront's words. */
export class NotLetIn extends Error {
  override readonly name = "NotLetIn";
}

const decode = (text: string): Buffer => Buffer.from(text.replace(/-/g, "+").replace(/_/g, "=").replace(/~/g, "/"), "base64");

/** Whether an address is one that a resource of a policy names: `*` stands for any characters, `?` for one. */
export const isNamed = (resource: string, url: string): boolean =>
  new RegExp(
    `^${resource
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    "s",
  ).test(url);

interface Statement {
  readonly Resource?: unknown;
  readonly Condition?: { readonly DateLessThan?: { readonly "AWS:EpochTime"?: unknown } };
}

/**
 * Throws {@link NotLetIn} unless the request's cookies hold a policy of one statement that names `url`, has not run out, and is signed with one of the
 * keys (CloudFront Developer Guide, "Set signed cookies using a custom policy"). Other conditions than the end are refused, not passed over.
 * @param header the request's `Cookie`. @param keys public keys in PEM by CloudFront's ids.
 */
export function checkCookies(header: string, url: string, keys: ReadonlyMap<string, string>, now: Date): void {
  const cookies = new Map(header.split(/;\s*/).map((cookie) => [cookie.slice(0, cookie.indexOf("=")), cookie.slice(cookie.indexOf("=") + 1)]));
  const [policy, signature, keyId] = ["Policy", "Signature", "Key-Pair-Id"].map((name) => cookies.get(`CloudFront-${name}`));
  if (!policy || !signature || !keyId) throw new NotLetIn("Missing Key-Pair-Id query parameter or cookie value");
  const key = keys.get(keyId);
  if (key === undefined) throw new NotLetIn("Unknown Key-Pair-Id");
  if (!verify("RSA-SHA1", decode(policy), key, decode(signature))) throw new NotLetIn("Access denied: the signature is not that of the policy");
  const { Statement = [] } = JSON.parse(decode(policy).toString()) as { Statement?: Statement[] };
  const [{ Resource, Condition = {} } = {} as Statement, ...more] = Statement;
  const { DateLessThan, ...others } = Condition;
  const until = DateLessThan?.["AWS:EpochTime"];
  if (more.length > 0 || typeof Resource !== "string" || typeof until !== "number" || Object.keys(others).length > 0)
    throw new NotLetIn("MalformedPolicy: it must have one statement with a Resource and DateLessThan");
  if (!isNamed(Resource, url)) throw new NotLetIn("Access denied: the policy is of another resource");
  if (now.getTime() >= until * 1000) throw new NotLetIn("Access denied: the policy has run out");
}
