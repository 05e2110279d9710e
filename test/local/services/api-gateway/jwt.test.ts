import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { expect } from "chai";
import { type ApiRequest, type ApiResponse, createApiGateway } from "../../../../local/services/api-gateway/index.ts";
import { createIam } from "../../../../local/services/iam/iam.ts";
import type { Functions } from "../../../../local/services/seams.ts";

const now = 1_800_000_000;
const issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool";
const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:serve";
const pair = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
const { privateKey, publicKey } = pair();
const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k1" };

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const signed = (header: object, claims: object, key: KeyObject = privateKey): string => {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
};
const good = {
  sub: "5f0c",
  "cognito:groups": ["admin", "surgeon"],
  iss: issuer,
  client_id: "page",
  token_use: "access",
  scope: "openid svp/cases.read",
  exp: now + 60,
  iat: now,
  version: 2,
};
const header = { alg: "RS256", kid: "k1" };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("JWT authorizer of API Gateway", () => {
  // biome-ignore lint/suspicious/noExplicitAny: events are looked into field by field.
  const events: any[] = [];
  const functions: Functions = {
    async invoke(_caller, _arn, event) {
      events.push(event);
      return { payload: { statusCode: 200, body: "ok" }, functionError: undefined };
    },
    enqueue: () => Promise.reject(new Error("Routes wait for their function.")),
  };
  const logged: string[] = [];
  const api = createApiGateway({
    functions,
    authorizer: createIam(),
    issuers: { keysOf: (asked) => (asked === issuer ? [jwk] : undefined) },
    log: (line) => logged.push(line),
    clock: () => now * 1000,
  });
  const authorizer = { apiId: "api1", id: "a1", type: "JWT", identitySources: ["$request.header.Authorization"], issuer, audiences: ["page"] };
  const route = (routeKey: string, authorizationScopes?: string[]) =>
    api.putRoute({ apiId: "api1", routeKey, target: "integrations/i1", authorizationType: "JWT", authorizerId: "a1", authorizationScopes });
  before(() => {
    api.putApi({ id: "api1", executionArn: "arn:aws:execute-api:us-east-1:000000000000:api1" });
    api.putIntegration({ apiId: "api1", id: "i1", uri: functionArn, type: "AWS_PROXY", payloadFormatVersion: "2.0" });
    api.putAuthorizer(authorizer);
    route("GET /cases", ["svp/cases.read", "svp/cases.write"]);
    route("GET /me");
  });
  beforeEach(() => {
    events.length = 0;
    logged.length = 0;
  });
  const send = (headers: Record<string, string>, path = "/cases"): Promise<ApiResponse> => {
    const request: ApiRequest = { caller: undefined, method: "GET", path, query: new URLSearchParams(), headers, body: Buffer.alloc(0) };
    return api.handle(request);
  };
  const refused = async (headers: Record<string, string>, reason: string, path?: string) => {
    expect(await send(headers, path), reason).to.deep.equal({
      status: 401,
      headers: { "content-type": "application/json", "www-authenticate": "Bearer" },
      body: Buffer.from('{"message":"Unauthorized"}'),
    });
    expect(events).to.deep.equal([]);
    expect(logged.splice(0).join()).to.equal(`GET ${path ?? "/cases"} was refused: ${reason}`);
  };

  it("hands claims as text, and the scopes that the route asks for, to the function", async () => {
    expect((await send(bearer(signed(header, good)))).status).to.equal(200);
    expect(events[0].requestContext.authorizer).to.deep.equal({
      jwt: {
        claims: {
          sub: "5f0c",
          "cognito:groups": "[admin surgeon]",
          iss: issuer,
          client_id: "page",
          token_use: "access",
          scope: "openid svp/cases.read",
          exp: String(now + 60),
          iat: String(now),
          version: "2",
        },
        scopes: ["svp/cases.read"],
      },
    });
  });

  it("takes a token without the word Bearer, one for the audience in aud, and any token where no scope is asked for", async () => {
    const { client_id, scope, ...rest } = good;
    expect((await send({ authorization: signed(header, good) })).status).to.equal(200);
    expect((await send(bearer(signed(header, { ...rest, aud: "page" })), "/me")).status).to.equal(200);
    expect(events[1].requestContext.authorizer.jwt.scopes).to.equal(null);
    expect([client_id, scope]).to.deep.equal(["page", "openid svp/cases.read"]);
  });

  it("refuses who brings no token, or nonsense", async () => {
    await refused({}, "It has no token.");
    for (const text of ["Bearer ", "Bearer a.b", "Bearer a..c", "Basic YTpi", "Bearer a.b.c.d"])
      await refused({ authorization: text }, "It is no signed token.");
    for (const part of [Buffer.from("nonsense").toString("base64url"), encode([1]), encode(null)]) {
      await refused(bearer(`${part}.${encode(good)}.AA`), "It is no JSON.");
    }
  });

  it("refuses a signature that is not the issuer's", async () => {
    const token = signed(header, good);
    const [head, , signature] = token.split(".");
    await refused(bearer(signed(header, good, pair().privateKey)), "Its signature is not the issuer's.");
    await refused(bearer(`${head}.${encode({ ...good, sub: "other" })}.${signature}`), "Its signature is not the issuer's.");
    await refused(bearer(token.slice(0, token.lastIndexOf(".") + 5)), "Its signature is not the issuer's.");
    await refused(bearer(signed({ alg: "RS256", kid: "k2" }, good)), "It names no key of the issuer.");
    await refused(bearer(signed({ alg: "RS256" }, good)), "It names no key of the issuer.");
  });

  it("refuses a token that chooses how it is verified", async () => {
    const unsigned = `${encode({ alg: "none", kid: "k1" })}.${encode(good)}`;
    await refused(bearer(`${unsigned}.`), "It is no signed token.");
    await refused(bearer(`${unsigned}.AA`), "It is not signed with RS256.");
    const text = `${encode({ alg: "HS256", kid: "k1" })}.${encode(good)}`;
    const secret = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
    await refused(bearer(`${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`), "It is not signed with RS256.");
  });

  it("refuses other issuers, other audiences, and tokens out of their time", async () => {
    const reasons: [string, object][] = [
      ["Another issuer issued it.", { iss: `${issuer}2` }],
      ["It is for another audience.", { client_id: "other" }],
      ["It is for another audience.", { client_id: undefined }],
      // With `aud`, `client_id` does not count.
      ["It is for another audience.", { aud: "other" }],
      ["It is for another audience.", { aud: [] }],
      ["It has expired.", { exp: now }],
      ["It has expired.", { exp: undefined }],
      ["It has expired.", { exp: String(now + 60) }],
      ["Its nbf lies in the future.", { nbf: now + 1 }],
      ["Its iat lies in the future.", { iat: now + 1 }],
    ];
    for (const [reason, claims] of reasons) await refused(bearer(signed(header, { ...good, ...claims })), reason);
    await refused(bearer(signed(header, { ...good, exp: now - 1 })), "It has expired.", "/me");
  });

  it("forbids who lacks the route's scope: a token that says who somebody is has none", async () => {
    const { scope, ...identity } = good;
    expect(scope).to.contain("svp/cases.read");
    for (const claims of [identity, { ...identity, scope: "openid svp/cases.reader" }, { ...identity, scp: ["svp/images.infer"] }]) {
      expect(await send(bearer(signed(header, claims)))).to.deep.equal({
        status: 403,
        headers: { "content-type": "application/json" },
        body: Buffer.from('{"message":"Forbidden"}'),
      });
    }
    expect(events).to.deep.equal([]);
    expect((await send(bearer(signed(header, { ...identity, scp: ["svp/cases.write"] })))).status).to.equal(200);
  });

  it("never writes a token to its log", async () => {
    const token = signed(header, { ...good, exp: now });
    await send(bearer(token));
    expect(logged).to.have.length(1);
    for (const part of token.split(".")) expect(logged.join()).not.to.contain(part);
  });

  it("refuses to be declared with what it does not implement", () => {
    const refuses = (more: object, text: string) => expect(() => api.putAuthorizer({ ...authorizer, ...more })).to.throw(text);
    refuses({ type: "REQUEST" }, "not REQUEST from $request.header.Authorization.");
    refuses({ identitySources: ["$request.querystring.token"] }, "not JWT from $request.querystring.token.");
    refuses({ issuer: "https://login.example.org" }, "Authorizer a1 of API api1: the local cloud has no issuer https://login.example.org.");
    expect(() => api.putRoute({ apiId: "api1", routeKey: "GET /x", target: "integrations/i1", authorizationType: "JWT", authorizerId: "a2" })).to.throw(
      "Route GET /x of API api1: the authorizer a2 was not declared.",
    );
  });
});
