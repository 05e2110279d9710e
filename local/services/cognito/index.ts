import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID, sign } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scopesOf } from "../../../contracts/access.ts";

/** A public key as a user pool publishes it. */
export interface PoolKey extends JsonWebKey {
  readonly kid: string;
}

export interface CognitoOptions {
  readonly dir: string;
  readonly region: string;
  /** Milliseconds since 1970. @default the machine's clock */
  readonly clock?: () => number;
}

interface Client {
  readonly id: string;
  readonly poolId: string;
  readonly accessSeconds: number;
  readonly scopes: readonly string[];
}

/** Groups of the person at this machine: who can read its disk may do everything here. */
const administratorGroups = ["admin"];

/** A token is renewed this long before it ends, so that none ends on its way. */
const renewSeconds = 60;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/**
 * User pools of one person: whoever sits at this machine, who has signed in already. Pools and clients are declared anew at
 * each start; the key that signs tokens stays in the folder. Its sign-in pages and its API are not implemented.
 */
export function createCognito({ dir, region, clock = Date.now }: CognitoOptions) {
  const key = keyOf(dir);
  const publicKey = publicKeyOf(key);
  const sub = uuidOf(publicKey.kid);
  const pools = new Set<string>();
  const clients = new Map<string, Client>();
  const issuerOf = (poolId: string): string => `https://cognito-idp.${region}.amazonaws.com/${poolId}`;
  let held: { token: string; clientId: string; until: number } | undefined;

  const onlyClient = (): Client => {
    const [client, ...others] = clients.values();
    if (client === undefined || others.length > 0) throw new Error(`A person signs in to the one client of the stack; ${clients.size} were declared.`);
    return client;
  };

  /** An access token as the code flow gives it (Cognito Developer Guide, "Understanding the access token"). */
  function issue({ id, poolId, accessSeconds, scopes }: Client, now: number): string {
    const header = { kid: publicKey.kid, alg: "RS256" };
    const granted = scopesOf(administratorGroups).filter((scope) => scopes.includes(scope));
    const claims = {
      sub,
      "cognito:groups": administratorGroups,
      iss: issuerOf(poolId),
      version: 2,
      client_id: id,
      origin_jti: randomUUID(),
      token_use: "access",
      scope: [...(scopes.includes("openid") ? ["openid"] : []), ...granted].join(" "),
      auth_time: now,
      exp: now + accessSeconds,
      iat: now,
      jti: randomUUID(),
      username: sub,
    };
    const signed = `${encode(header)}.${encode(claims)}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
  }

  return {
    putUserPool({ id }: { id: string }): void {
      pools.add(id);
    },

    putClient(client: Client): void {
      if (!pools.has(client.poolId)) throw new Error(`The user pool ${client.poolId} was not declared.`);
      clients.set(client.id, client);
    },

    /** Keys that tokens of this issuer are signed with; undefined for an issuer that is no user pool of this cloud. */
    keysOf(issuer: string): readonly PoolKey[] | undefined {
      return [...pools].some((id) => issuerOf(id) === issuer) ? [publicKey] : undefined;
    },

    /** An access token of the person at this machine for the only client, as the page holds one after sign-in. */
    accessToken(): string {
      const client = onlyClient();
      const now = Math.floor(clock() / 1000);
      if (held?.clientId !== client.id || held.until - renewSeconds <= now) {
        held = { token: issue(client, now), clientId: client.id, until: now + client.accessSeconds };
      }
      return held.token;
    },
  };
}

export type Cognito = ReturnType<typeof createCognito>;

/** The folder's key, made at the first start. */
function keyOf(dir: string): KeyObject {
  const file = join(dir, "key.pem");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  try {
    return createPrivateKey(readFileSync(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }), { flag: "wx", mode: 0o600 });
  return privateKey;
}

function publicKeyOf(key: KeyObject): PoolKey {
  const jwk = createPublicKey(key).export({ format: "jwk" });
  const kid = createHash("sha256").update(String(jwk.n)).digest("base64url");
  return { ...jwk, kid, alg: "RS256", use: "sig" };
}

/** Version and variant of a random UUID, from a digest. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}
