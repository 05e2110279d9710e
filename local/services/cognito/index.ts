import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID, sign } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Functions } from "../seams.ts";

/** A public key as a user pool publishes it. */
export interface PoolKey extends JsonWebKey {
  readonly kid: string;
}

export interface CognitoOptions {
  readonly dir: string;
  readonly region: string;
  readonly functions: Functions;
  /** Milliseconds since 1970. @default the machine's clock */
  readonly clock?: () => number;
}

interface Pool {
  readonly id: string;
  readonly arn: string;
  /** Function that is asked before a token is issued, with an event of version 2. */
  readonly tokenTrigger?: string | undefined;
}

interface Client {
  readonly id: string;
  readonly poolId: string;
  readonly accessSeconds: number;
  readonly scopes: readonly string[];
}

/** Groups of the person at this machine: who can read its disk may do everything here, and signs as a surgeon would. */
const administratorGroups = ["admin", "surgeon"];

interface TriggerAnswer {
  readonly response?: {
    readonly claimsAndScopeOverrideDetails?: { readonly accessTokenGeneration?: { readonly scopesToSuppress?: readonly string[] } } | null;
  };
}

/** A token is renewed this long before it ends, so that none ends on its way. */
const renewSeconds = 60;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/**
 * User pools of one person: whoever sits at this machine, who has signed in already. Pools and clients are declared anew at
 * each start; the key that signs tokens stays in the folder. Its sign-in pages and its API are not implemented.
 */
export function createCognito({ dir, region, functions, clock = Date.now }: CognitoOptions) {
  const key = keyOf(dir);
  const publicKey = publicKeyOf(key);
  const sub = uuidOf(publicKey.kid);
  const pools = new Map<string, Pool>();
  const clients = new Map<string, Client>();
  const issuerOf = (poolId: string): string => `https://cognito-idp.${region}.amazonaws.com/${poolId}`;
  let held: { token: Promise<string>; clientId: string; until: number } | undefined;

  const onlyClient = (): Client => {
    const [client, ...others] = clients.values();
    if (client === undefined || others.length > 0) throw new Error(`A person signs in to the one client of the stack; ${clients.size} were declared.`);
    return client;
  };

  /** Scopes that the pool's trigger takes away (Developer Guide, "Pre token generation Lambda trigger"). Throws where it fails: then nobody signs in. */
  async function suppressed({ id, poolId, scopes }: Client): Promise<readonly string[]> {
    const { arn, tokenTrigger } = pools.get(poolId) as Pool;
    if (tokenTrigger === undefined) return [];
    const event = {
      version: "2",
      triggerSource: "TokenGeneration_HostedAuth",
      region,
      userPoolId: poolId,
      userName: sub,
      callerContext: { awsSdkVersion: "aws-sdk-unknown-unknown", clientId: id },
      request: { userAttributes: { sub }, scopes, groupConfiguration: { groupsToOverride: administratorGroups, iamRolesToOverride: [], preferredRole: null } },
      response: { claimsAndScopeOverrideDetails: null },
    };
    const { payload, functionError } = await functions.invoke({ arn: "cognito-idp.amazonaws.com" }, tokenTrigger, event, { "aws:SourceArn": arn });
    if (functionError !== undefined) throw new Error(`Nobody can sign in: the function ${tokenTrigger} failed.`);
    const { accessTokenGeneration, ...others } = (payload as TriggerAnswer).response?.claimsAndScopeOverrideDetails ?? {};
    const { scopesToSuppress = [], ...more } = accessTokenGeneration ?? {};
    const unknown = [...Object.keys(others), ...Object.keys(more)];
    if (unknown.length > 0) throw new Error(`The local cloud does not implement ${unknown.join(", ")} of a token trigger's answer.`);
    return scopesToSuppress;
  }

  /** An access token as the code flow gives it (Cognito Developer Guide, "Understanding the access token"). */
  async function issue(client: Client, now: number): Promise<string> {
    const { id, poolId, accessSeconds, scopes } = client;
    const header = { kid: publicKey.kid, alg: "RS256" };
    const taken = await suppressed(client);
    const claims = {
      sub,
      "cognito:groups": administratorGroups,
      iss: issuerOf(poolId),
      version: 2,
      client_id: id,
      origin_jti: randomUUID(),
      token_use: "access",
      scope: scopes.filter((scope) => !taken.includes(scope)).join(" "),
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
    putUserPool(pool: Pool): void {
      pools.set(pool.id, pool);
    },

    putClient(client: Client): void {
      if (!pools.has(client.poolId)) throw new Error(`The user pool ${client.poolId} was not declared.`);
      clients.set(client.id, client);
    },

    /** Keys that tokens of this issuer are signed with; undefined for an issuer that is no user pool of this cloud. */
    keysOf(issuer: string): readonly PoolKey[] | undefined {
      return [...pools.keys()].some((id) => issuerOf(id) === issuer) ? [publicKey] : undefined;
    },

    /** An access token of the person at this machine for the only client, as the page holds one after sign-in. */
    async accessToken(): Promise<string> {
      const client = onlyClient();
      const now = Math.floor(clock() / 1000);
      if (held?.clientId !== client.id || held.until - renewSeconds <= now) {
        held = { token: issue(client, now), clientId: client.id, until: now + client.accessSeconds };
      }
      const { token } = held;
      token.catch(() => {
        if (held?.token === token) held = undefined;
      });
      return token;
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
