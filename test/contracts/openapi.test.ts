import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect } from "chai";
import { problemOf } from "../../contracts/api.ts";
import { openApiDocument } from "../../contracts/openapi.ts";
import { routes } from "../../contracts/routes.ts";
import { answerChecker } from "../support/openapi.ts";

interface Operation {
  operationId: string;
  security: object[];
  parameters?: { name: string; in: string; required: boolean }[];
  responses: object;
}

describe("the OpenAPI document", () => {
  const document = JSON.parse(JSON.stringify(openApiDocument())) as { paths: Record<string, Record<string, Operation>> };
  const operation = (method: string, path: string) => document.paths[path]?.[method] ?? expect.fail(`There is no ${method} ${path}.`);

  it("is the one that npm run openapi -- --write writes", () => expect(JSON.parse(readFileSync("docs/openapi.json", "utf8"))).to.deep.equal(document));

  it("is OpenAPI 3.1, says a validator that others wrote", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect([valid, errors, validator.version]).to.deep.equal([true, undefined, "3.1"]);
    const broken = structuredClone(document) as unknown as { paths: Record<string, unknown> };
    broken.paths["/cases"] = { get: { parameters: [{ name: "next", in: "nowhere" }] } };
    expect((await new Validator().validate(broken)).valid).to.equal(false);
  });

  it("has every route and no other, each with its scope and a name of its own", () => {
    const told = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => [`${method.toUpperCase()} ${path}`, security]),
    );
    expect(told).to.have.deep.members(Object.entries(routes).map(([key, { scope }]) => [key, [{ userPool: [`svp/${scope}`] }]]));
    const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it("tells what a request must bring along, and how it may be refused", () => {
    const { parameters = [], responses } = operation("post", "/cases/{caseId}/corrections");
    expect(parameters.map(({ name, in: where, required }) => [name, where, required])).to.deep.equal([
      ["caseId", "path", true],
      ["If-Match", "header", true],
    ]);
    expect(Object.keys(responses)).to.deep.equal(["201", "400", "401", "403", "404", "412", "500", "503"]);
    const query = operation("get", "/cases/{caseId}/report").parameters?.filter(({ in: where }) => where === "query");
    expect(query?.map(({ name, required }) => [name, required])).to.deep.equal([["language", true]]);
    expect(operation("get", "/cases").parameters?.some(({ required }) => required)).to.equal(false);
    expect(Object.keys(operation("get", "/cases").responses)).to.deep.equal(["200", "400", "401", "403", "500", "503"]);
  });

  it("is what answers are held against: good ones pass, others are named", () => {
    const check = answerChecker();
    const answer = { method: "GET", path: "/cases", status: 200, contentType: "application/json", body: { cases: [], next: null } as unknown };
    expect(check(answer)).to.deep.equal({ operation: "getCases", faults: [] });
    expect(check({ ...answer, body: { cases: [{}] } }).faults).to.include("getCases 200:  must have required property 'next'");
    expect(check({ ...answer, status: 418 }).faults).to.deep.equal(["getCases may not answer 418."]);
    expect(check({ ...answer, path: "/patients" }).faults).to.deep.equal(["GET /patients is not in the document."]);
    const refused = { ...answer, path: "/cases/x/run", status: 404, contentType: "application/problem+json", body: problemOf(404, ["Gone."]) };
    expect(check(refused)).to.deep.equal({ operation: "getCaseRun", faults: [] });
    expect(check({ ...refused, contentType: "application/json" }).faults).to.deep.equal(["getCaseRun may not answer 404 with application/json."]);
    expect(check({ ...refused, body: { ...refused.body, reasons: [] } }).faults).to.have.length(1);
  });
});
