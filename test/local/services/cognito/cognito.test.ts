import { statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { claimsOf } from "../../../../local/services/api-gateway/jwt.ts";
import { createCognito } from "../../../../local/services/cognito/index.ts";

const issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool";
const client = { id: "page", poolId: "us-east-1_pool", accessSeconds: 1800, scopes: ["openid", "svp/cases.read", "svp/images.infer"] };

describe("Cognito", () => {
  let dir: string;
  let now = 1_800_000_000;
  const open = () => {
    const cognito = createCognito({ dir, region: "us-east-1", clock: () => now * 1000 });
    cognito.putUserPool({ id: "us-east-1_pool" });
    return cognito;
  };
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "svp-cognito-"));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it("issues an access token of the administrator, which the pool's keys verify", () => {
    const cognito = open();
    cognito.putClient(client);
    const { sub, jti, origin_jti, ...rest } = claimsOf(cognito.accessToken(), { issuer, audiences: ["page"] }, cognito, now);
    expect(rest).to.deep.equal({
      "cognito:groups": ["admin"],
      iss: issuer,
      version: 2,
      client_id: "page",
      token_use: "access",
      scope: "openid svp/cases.read svp/images.infer",
      auth_time: now,
      exp: now + 1800,
      iat: now,
      username: sub,
    });
    for (const id of [sub, jti, origin_jti]) expect(id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("gives no scope that the client may not ask for", () => {
    const cognito = open();
    cognito.putClient({ ...client, scopes: ["svp/cases.read"] });
    expect(claimsOf(cognito.accessToken(), { issuer, audiences: ["page"] }, cognito, now)["scope"]).to.equal("svp/cases.read");
  });

  it("keeps a token until shortly before it ends", () => {
    const cognito = open();
    cognito.putClient(client);
    const first = cognito.accessToken();
    now += 1739;
    expect(cognito.accessToken()).to.equal(first);
    now += 1;
    expect(cognito.accessToken()).not.to.equal(first);
  });

  it("keeps its key, and the person, in the folder, for its owner only", () => {
    const before = open();
    before.putClient(client);
    const token = before.accessToken();
    const after = open();
    after.putClient(client);
    const rules = { issuer, audiences: ["page"] };
    expect(claimsOf(token, rules, after, now)["sub"]).to.equal(claimsOf(after.accessToken(), rules, after, now)["sub"]);
    expect(statSync(join(dir, "key.pem")).mode & 0o777).to.equal(0o600);
  });

  it("publishes public keys only, and those of its own pools", () => {
    const cognito = open();
    const [key, ...others] = cognito.keysOf(issuer) ?? [];
    expect(others).to.deep.equal([]);
    expect(Object.keys(key ?? {}).sort()).to.deep.equal(["alg", "e", "kid", "kty", "n", "use"]);
    expect(cognito.keysOf(`${issuer}2`)).to.equal(undefined);
  });

  it("refuses a client of no pool, and to guess between clients", () => {
    const cognito = open();
    expect(() => cognito.putClient({ ...client, poolId: "other" })).to.throw("The user pool other was not declared.");
    expect(() => cognito.accessToken()).to.throw("A person signs in to the one client of the stack; 0 were declared.");
    cognito.putClient(client);
    cognito.putClient({ ...client, id: "second" });
    expect(() => cognito.accessToken()).to.throw("2 were declared.");
  });
});
