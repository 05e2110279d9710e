import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { Misconfigured } from "../../runtime/errors.ts";

/** Ids that CloudFront gave to public keys, by the first digits of the SHA-256 of each (DER). */
export type KeyIds = Readonly<Record<string, string>>;

/** CloudFront's own base 64 (CloudFront Developer Guide, "Set signed cookies using a custom policy", step 4). */
const encode = (bytes: Buffer): string => bytes.toString("base64").replace(/\+/g, "-").replace(/=/g, "_").replace(/\//g, "~");

/**
 * The cookies that open addresses of a distribution until a moment: `resource` may end with `*`. SHA-1 is what CloudFront verifies of RSA keys
 * (CloudFront Developer Guide, "Set signed cookies using a custom policy", step 6). Throws Misconfigured if the key is none that the site trusts.
 */
export function signedCookies(resource: string, until: Date, privateKeyPem: string, keyIds: KeyIds): ReadonlyMap<string, string> {
  let key: ReturnType<typeof createPrivateKey>;
  try {
    key = createPrivateKey(privateKeyPem);
  } catch {
    // What the secret holds belongs in no message.
    throw new Misconfigured("The secret with the key for videos holds no private key in PEM.");
  }
  const print = createHash("sha256")
    .update(createPublicKey(key).export({ type: "spki", format: "der" }))
    .digest("hex");
  const [, keyId] = Object.entries(keyIds).find(([start]) => print.startsWith(start)) ?? [];
  if (keyId === undefined) throw new Misconfigured("The secret with the key for videos holds none that the site trusts.");
  const policy = Buffer.from(
    JSON.stringify({ Statement: [{ Resource: resource, Condition: { DateLessThan: { "AWS:EpochTime": Math.floor(until.getTime() / 1000) } } }] }),
  );
  return new Map([
    ["CloudFront-Policy", encode(policy)],
    ["CloudFront-Signature", encode(sign("RSA-SHA1", policy, key))],
    ["CloudFront-Key-Pair-Id", keyId],
  ]);
}
