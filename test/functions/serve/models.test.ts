import { expect } from "chai";
import { problemOf } from "../../../contracts/api.ts";
import type { RegisteredVersion } from "../../../contracts/model-registry.ts";
import { NotFound } from "../../../functions/runtime/errors.ts";
import { createHandler as createDecide } from "../../../functions/serve/decide-model/handler.ts";
import { createHandler as createList } from "../../../functions/serve/list-models/handler.ts";
import { answerChecker } from "../../support/openapi.ts";

const groups = { instruments: "svp-unit-instruments", phases: "svp-unit-phases" };
const waiting: RegisteredVersion = {
  ...{ version: 2, approval: "PendingManualApproval", createdAt: "2026-11-26T10:00:00.000Z", description: "Trained on instruments 1.2.0" },
  ...{ facts: { dataset: "instruments@1.2.0" }, reason: null },
};
const told = (method: string, path: string, { statusCode: status, headers, body }: { statusCode: number; headers: Record<string, string>; body: string }) => {
  const answer: unknown = JSON.parse(body);
  expect(answerChecker()({ method, path, status, contentType: headers["content-type"] as string, body: answer }).faults).to.deep.equal([]);
  return [status, answer] as const;
};

describe("GET /models", () => {
  it("tells every network, also one without a version", async () => {
    const asked: [string, number][] = [];
    const newest = async (group: string, most: number) => {
      asked.push([group, most]);
      return group === groups.instruments ? [waiting] : [];
    };
    expect(told("GET", "/models", await createList({ groups, registry: { newest } })({}))).to.deep.equal([
      200,
      {
        models: [
          { model: "instruments", versions: [waiting] },
          { model: "phases", versions: [] },
        ],
      },
    ]);
    expect(asked).to.deep.equal([
      [groups.instruments, 10],
      [groups.phases, 10],
    ]);
  });
});

describe("POST /models/{model}/versions/{modelVersion}/decision", () => {
  const decide = async (body: object, { model = "instruments", modelVersion = "2", sub = "ann" } = {}) => {
    const kept: unknown[] = [];
    let now = waiting;
    const handler = createDecide({
      groups,
      now: () => new Date("2026-11-27T08:00:00.000Z"),
      registry: {
        version: async (group, version) => {
          if (group !== groups.instruments || version !== 2) throw new NotFound("There is no such version.");
          return now;
        },
        decide: async (group, version, { approval, reason }, facts) => {
          kept.push([group, version, approval, reason, facts]);
          now = { ...now, approval, reason, facts: { ...now.facts, ...facts } };
        },
      },
    });
    const answer = await handler({
      pathParameters: { model, modelVersion },
      body: JSON.stringify(body),
      requestContext: { authorizer: { jwt: { claims: { sub } } } },
    });
    return { answer: told("POST", `/models/${model}/versions/${modelVersion}/decision`, answer), kept };
  };
  const yes = { approval: "Approved", from: "PendingManualApproval", reason: "Better on the test set." };

  it("keeps what was decided and why, by whom and when", async () => {
    const facts = { decidedBy: "ann", decidedAt: "2026-11-27T08:00:00.000Z" };
    const { answer, kept } = await decide(yes);
    expect(answer).to.deep.equal([200, { ...waiting, approval: "Approved", reason: yes.reason, facts: { ...waiting.facts, ...facts } }]);
    expect(kept).to.deep.equal([[groups.instruments, 2, "Approved", yes.reason, facts]]);
  });

  const refused: [string, object, object, number, string[]][] = [
    [
      "one that somebody else decided about",
      { ...yes, from: "Rejected" },
      {},
      412,
      ["The version is PendingManualApproval by now, not Rejected. Look at it again."],
    ],
    ["a model that the catalogue has not", yes, { model: "tostring" }, 404, ["There is no such model."]],
    ["a version that the registry has not", yes, { modelVersion: "3" }, 404, ["There is no such version."]],
    [
      "names that are none",
      yes,
      { model: "..x", modelVersion: "0" },
      400,
      ["The model must be named by lower-case letters, digits and hyphens.", "The version must be a whole number above 0."],
    ],
    ["no reason", { ...yes, reason: " " }, {}, 400, ["reason: must say why."]],
  ];
  for (const [what, body, path, status, reasons] of refused)
    it(`refuses ${what}`, async () => {
      const { answer, kept } = await decide(body, path);
      expect(answer).to.deep.equal([status, problemOf(status as 400, reasons)]);
      expect(kept).to.deep.equal([]);
    });
});
