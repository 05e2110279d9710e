import { expect } from "chai";
import { type ApiRequest, createApiGateway } from "../../../../local/services/api-gateway/index.ts";
import { createIam } from "../../../../local/services/iam/iam.ts";
import type { Functions } from "../../../../local/services/seams.ts";
import { failure } from "../../../support/failure.ts";

const executionArn = "arn:aws:execute-api:us-east-1:000000000000:api1";
const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:serve";
const userArn = "arn:aws:iam::000000000000:role/user";

describe("API Gateway", () => {
  const iam = createIam();
  // biome-ignore lint/suspicious/noExplicitAny: events are looked into field by field.
  const calls: { caller: string; arn: string; event: any; source: unknown }[] = [];
  let answer: unknown;
  let functionError: "Unhandled" | undefined;
  const functions: Functions = {
    async invoke({ arn: caller }, arn, event, context) {
      if (answer instanceof Error) throw answer;
      calls.push({ caller, arn, event, source: context?.["aws:SourceArn"] });
      return { payload: answer, functionError };
    },
    enqueue: () => Promise.reject(new Error("Routes wait for their function.")),
  };
  const logged: string[] = [];
  const api = createApiGateway({ functions, authorizer: iam, issuers: { keysOf: () => undefined }, log: (line) => logged.push(line) });
  const routes = ["GET /cases", "GET /cases/{caseId}", "GET /cases/latest", "ANY /cases/{caseId}", "POST /uploads", "GET /files/{path+}"];
  before(() => {
    api.putApi({ id: "api1", executionArn });
    api.putIntegration({
      apiId: "api1",
      id: "i1",
      uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
      type: "AWS_PROXY",
      payloadFormatVersion: "2.0",
    });
    for (const routeKey of routes)
      api.putRoute({ apiId: "api1", routeKey, target: "integrations/i1", authorizationType: routeKey === "GET /cases" ? "NONE" : "AWS_IAM" });
  });
  beforeEach(() => {
    calls.length = 0;
    logged.length = 0;
    answer = { statusCode: 200, body: "ok" };
    functionError = undefined;
  });
  const send = (method: string, path: string, rest: Partial<ApiRequest> = {}) =>
    api.handle({ caller: iam.administrator.caller, method, path, query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0), ...rest });

  it("takes the most specific route", async () => {
    const taken: Record<string, string> = {
      "GET /cases": "GET /cases",
      "GET /cases/latest": "GET /cases/latest",
      "GET /cases/a%20b": "GET /cases/{caseId}",
      "PATCH /cases/c": "ANY /cases/{caseId}",
      "GET /files/a/b%2Fc": "GET /files/{path+}",
    };
    for (const request of Object.keys(taken)) {
      const [method = "", path = ""] = request.split(" ");
      expect((await send(method, path)).status, request).to.equal(200);
      expect(calls.at(-1)!.event.routeKey, request).to.equal(taken[request]);
    }
    expect(calls.map(({ event }) => event.pathParameters)).to.deep.equal([undefined, undefined, { caseId: "a b" }, { caseId: "c" }, { path: "a/b/c" }]);
    for (const [method, path] of [
      ["GET", "/"],
      ["GET", "/cases/"],
      ["PUT", "/uploads"],
      ["GET", "/cases/%zz"],
      ["GET", "/cases/a/b"],
    ] as const) {
      expect(await send(method, path), path).to.deep.equal({
        status: 404,
        headers: { "content-type": "application/json" },
        body: Buffer.from('{"message":"Not Found"}'),
      });
    }
  });

  it("hands the function an event of payload format 2.0, as API Gateway for that route", async () => {
    const body = Buffer.from('{"a":1}');
    await send("POST", "/uploads", {
      query: new URLSearchParams("x=1&x=2&y=%20"),
      headers: { "content-type": "application/json", cookie: "a=1; b=2", "user-agent": "test" },
      body,
    });
    const [{ caller, arn, source, event } = { event: {} } as never] = calls;
    expect({ caller, arn, source }).to.deep.equal({ caller: "apigateway.amazonaws.com", arn: functionArn, source: `${executionArn}/$default/POST/uploads` });
    const { requestContext, ...rest } = event;
    expect(rest).to.deep.equal({
      version: "2.0",
      routeKey: "POST /uploads",
      rawPath: "/uploads",
      rawQueryString: "x=1&x=2&y=+",
      cookies: ["a=1", "b=2"],
      headers: { "content-type": "application/json", "user-agent": "test" },
      queryStringParameters: { x: "1,2", y: " " },
      body: '{"a":1}',
      isBase64Encoded: false,
    });
    expect(requestContext).to.deep.include({ accountId: "000000000000", apiId: "api1", routeKey: "POST /uploads", stage: "$default" });
    expect(requestContext.http).to.deep.equal({ method: "POST", path: "/uploads", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "test" });
  });

  it("hands over a body that is no text as base64", async () => {
    await send("POST", "/uploads", { headers: { "content-type": "image/png" }, body: Buffer.from([0, 255]) });
    expect(calls[0]!.event).to.include({ body: "AP8=", isBase64Encoded: true });
  });

  it("answers as the function says", async () => {
    answer = { statusCode: 201, headers: { "Content-Type": "image/png", "X-Count": 3 }, body: "AP8=", isBase64Encoded: true, cookies: ["s=1", "t=2; Secure"] };
    expect(await send("GET", "/cases")).to.deep.equal({
      status: 201,
      headers: { "content-type": "image/png", "x-count": "3" },
      cookies: ["s=1", "t=2; Secure"],
      body: Buffer.from([0, 255]),
    });
    answer = { cases: [] };
    expect(await send("GET", "/cases")).to.deep.equal({ status: 200, headers: { "content-type": "application/json" }, body: Buffer.from('{"cases":[]}') });
  });

  it("answers 500 and tells nothing when the function fails, refuses or answers nonsense", async () => {
    const failed = { status: 500, headers: { "content-type": "application/json" }, body: Buffer.from('{"message":"Internal Server Error"}') };
    answer = { statusCode: "200" };
    expect(await send("GET", "/cases")).to.deep.equal(failed);
    answer = { errorMessage: "secret" };
    functionError = "Unhandled";
    expect(await send("GET", "/cases")).to.deep.equal(failed);
    answer = new Error("not allowed");
    expect(await send("GET", "/cases")).to.deep.equal(failed);
    expect(logged).to.have.length(3);
    expect(logged.join()).not.to.contain("secret");
  });

  it("asks on AWS_IAM routes whether the caller may invoke exactly that", async () => {
    iam.putRole({
      arn: userArn,
      trustPolicy: { Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" } },
    });
    iam.putRolePolicy(userArn, "one", {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "execute-api:Invoke", Resource: `${executionArn}/*/GET/cases/mine` }],
    });
    const caller = { arn: userArn };
    expect((await send("GET", "/cases/mine", { caller })).status).to.equal(200);
    expect((await send("GET", "/cases/yours", { caller })).status).to.equal(403);
    expect((await send("GET", "/cases/mine", { caller: undefined })).status).to.equal(403);
    expect((await send("GET", "/cases", { caller: undefined })).status).to.equal(200);
    expect(calls.map(({ event }) => event.rawPath)).to.deep.equal(["/cases/mine", "/cases"]);
  });

  it("refuses what it does not implement", async () => {
    const integration = { apiId: "api1", id: "i2", uri: "https://example.com", type: "HTTP_PROXY", payloadFormatVersion: "1.0" };
    expect(() => api.putIntegration(integration)).to.throw("not HTTP_PROXY 1.0 to https://example.com");
    const route = { apiId: "api1", routeKey: "GET /a", target: "integrations/i1", authorizationType: "CUSTOM" };
    expect(() => api.putRoute(route)).to.throw("Route GET /a of API api1: the local cloud implements the authorizationType JWT, AWS_IAM and NONE, not CUSTOM.");
    expect(() => api.putRoute({ ...route, routeKey: "/a", authorizationType: "NONE" })).to.throw("The route key /a must be a method and a path");
    expect((await failure(send("GET", "/cases", { apiId: "none" }))).message).to.equal("The API none was not declared.");
  });
});
