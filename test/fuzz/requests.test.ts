import { expect } from "chai";
import fc from "fast-check";
import { createHandler as startUpload } from "../../functions/ingest/start-upload/handler.ts";
import { createHandler as answerQuestion } from "../../functions/report/answer-question/handler.ts";
import { createHandler as getCase } from "../../functions/serve/get-case/handler.ts";
import { createHandler as getReport } from "../../functions/serve/get-report/handler.ts";
import { memoryLake } from "../functions/support/memory-lake.ts";
import { runs } from "./runs.ts";

const never = (): never => expect.fail("bad input must not come so far");
const lake = memoryLake();
const routes = {
  "GET /cases/{caseId}": getCase({ lake, summary: async () => undefined, link: never, answersQuestions: false, keepView: never }),
  "GET /cases/{caseId}/report": getReport({ lake, summary: async () => undefined, link: never } as never),
  "POST /cases/{caseId}/questions": answerQuestion({
    lake,
    summary: async () => undefined,
    model: { modelId: "m", guardrail: { id: "g", version: "1" }, ask: never },
  }),
  "POST /uploads": startUpload({
    ...{ mostBytes: 100, find: async () => undefined, isGoing: async () => true, keep: never, announce: never },
    multipart: { create: never, abort: never },
  }),
};

/** A request as API Gateway hands it over, with anything that a stranger can put into it. */
const request = fc.record(
  {
    headers: fc.dictionary(fc.string(), fc.string()),
    pathParameters: fc.dictionary(fc.constantFrom("caseId", "uploadId", "x"), fc.oneof(fc.string(), fc.uuid())),
    queryStringParameters: fc.dictionary(fc.constantFrom("language", "next", "x"), fc.string()),
    body: fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ question: fc.anything(), language: fc.anything(), frames: fc.anything() }).map((value) => JSON.stringify(value) ?? ""),
    ),
    isBase64Encoded: fc.boolean(),
    requestContext: fc.constant({ authorizer: { jwt: { claims: { sub: "ann", "cognito:groups": "[surgeon]" } } } }),
  },
  { requiredKeys: ["requestContext"] },
);

describe("a request that makes no sense", () => {
  for (const [route, handler] of Object.entries(routes))
    it(`(${route}) is refused with reasons, and never fails`, async () => {
      await fc.assert(
        fc.asyncProperty(request, async (event) => {
          const { statusCode, body } = await handler(event);
          expect(statusCode).to.be.oneOf([400, 404]);
          expect((JSON.parse(body) as { reasons: string[] }).reasons).to.have.length.above(0);
        }),
        runs(300),
      );
    });
});
