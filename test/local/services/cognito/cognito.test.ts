import { statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { claimsOf } from "../../../../local/services/api-gateway/jwt.ts";
import { createCognito } from "../../../../local/services/cognito/index.ts";
import type { Functions } from "../../../../local/services/seams.ts";
import { failure } from "../../../support/failure.ts";

const issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool";
const poolArn = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_pool";
const trigger = "arn:aws:lambda:us-east-1:000000000000:function:grants";
const client = { id: "page", poolId: "us-east-1_pool", accessSeconds: 1800, scopes: ["openid", "svp/cases.read", "svp/images.infer"] };

describe("Cognito", () => {
  let dir: string;
  let now = 1_800_000_000;
  // biome-ignore lint/suspicious/noExplicitAny: the event is looked into property by property.
  let asked: any[] = [];
  let answer: { payload: unknown; functionError: "Unhandled" | undefined };
  const functions: Functions = {
    async invoke(caller, arn, event, context) {
      asked.push([caller.arn, arn, event, context]);
      return answer;
    },
    enqueue: () => Promise.reject(new Error("Cognito waits for its function.")),
  };
  const suppressing = (accessTokenGeneration: object) => ({
    payload: { response: { claimsAndScopeOverrideDetails: { accessTokenGeneration } } },
    functionError: undefined,
  });
  const open = (tokenTrigger?: string) => {
    const cognito = createCognito({ dir, region: "us-east-1", functions, clock: () => now * 1000 });
    cognito.putUserPool({ id: "us-east-1_pool", arn: poolArn, tokenTrigger });
    return cognito;
  };
  beforeEach(async () => {
    asked = [];
    answer = suppressing({ scopesToSuppress: [] });
    dir = await mkdtemp(join(tmpdir(), "svp-cognito-"));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it("issues an access token of the administrator, which the pool's keys verify", async () => {
    const cognito = open();
    cognito.putClient(client);
    const { sub, jti, origin_jti, ...rest } = claimsOf(await cognito.accessToken(), { issuer, audiences: ["page"] }, cognito, now);
    expect(rest).to.deep.equal({
      "cognito:groups": ["admin", "surgeon"],
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

  it("gives no scope that the client may not ask for", async () => {
    const cognito = open();
    cognito.putClient({ ...client, scopes: ["svp/cases.read"] });
    expect(claimsOf(await cognito.accessToken(), { issuer, audiences: ["page"] }, cognito, now)["scope"]).to.equal("svp/cases.read");
  });

  it("asks the pool's function, as Cognito, what the person's roles give", async () => {
    const cognito = open(trigger);
    cognito.putClient(client);
    answer = suppressing({ scopesToSuppress: ["svp/images.infer"] });
    const claims = claimsOf(await cognito.accessToken(), { issuer, audiences: ["page"] }, cognito, now);
    expect(claims["scope"]).to.equal("openid svp/cases.read");
    await cognito.accessToken();
    const [[caller, arn, { request, ...event }, context], ...more] = asked;
    expect({ caller, arn, context, more }).to.deep.equal({
      caller: "cognito-idp.amazonaws.com",
      arn: trigger,
      context: { "aws:SourceArn": poolArn },
      more: [],
    });
    expect(event).to.include({ version: "2", triggerSource: "TokenGeneration_HostedAuth", userPoolId: "us-east-1_pool", userName: claims["sub"] });
    expect(request).to.deep.include({ scopes: client.scopes, userAttributes: { sub: claims["sub"] } });
    expect(request.groupConfiguration.groupsToOverride).to.deep.equal(["admin", "surgeon"]);
  });

  it("signs nobody in while that function fails, or answers what is not implemented", async () => {
    const cognito = open(trigger);
    cognito.putClient(client);
    answer = { payload: { errorMessage: "secret" }, functionError: "Unhandled" };
    expect((await failure(cognito.accessToken())).message).to.equal(`Nobody can sign in: the function ${trigger} failed.`);
    answer = suppressing({ scopesToAdd: ["svp/everything"] });
    expect((await failure(cognito.accessToken())).message).to.equal("The local cloud does not implement scopesToAdd of a token trigger's answer.");
    answer = suppressing({ scopesToSuppress: [] });
    expect(await cognito.accessToken()).to.match(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it("keeps a token until shortly before it ends", async () => {
    const cognito = open();
    cognito.putClient(client);
    const first = await cognito.accessToken();
    now += 1739;
    expect(await cognito.accessToken()).to.equal(first);
    now += 1;
    expect(await cognito.accessToken()).not.to.equal(first);
  });

  it("keeps its key, and the person, in the folder, for its owner only", async () => {
    const before = open();
    before.putClient(client);
    const token = await before.accessToken();
    const after = open();
    after.putClient(client);
    const rules = { issuer, audiences: ["page"] };
    expect(claimsOf(token, rules, after, now)["sub"]).to.equal(claimsOf(await after.accessToken(), rules, after, now)["sub"]);
    expect(statSync(join(dir, "key.pem")).mode & 0o777).to.equal(0o600);
  });

  it("publishes public keys only, and those of its own pools", () => {
    const cognito = open();
    const [key, ...others] = cognito.keysOf(issuer) ?? [];
    expect(others).to.deep.equal([]);
    expect(Object.keys(key ?? {}).sort()).to.deep.equal(["alg", "e", "kid", "kty", "n", "use"]);
    expect(cognito.keysOf(`${issuer}2`)).to.equal(undefined);
  });

  it("refuses a client of no pool, and to guess between clients", async () => {
    const cognito = open();
    expect(() => cognito.putClient({ ...client, poolId: "other" })).to.throw("The user pool other was not declared.");
    expect((await failure(cognito.accessToken())).message).to.equal("A person signs in to the one client of the stack; 0 were declared.");
    cognito.putClient(client);
    cognito.putClient({ ...client, id: "second" });
    expect((await failure(cognito.accessToken())).message).to.contain("2 were declared.");
  });
});
