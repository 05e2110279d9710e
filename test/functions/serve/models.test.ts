import { readFileSync } from "node:fs";
import { expect } from "chai";
import { problemOf } from "../../../contracts/api.ts";
import { modelDescriptionKey } from "../../../contracts/keys.ts";
import type { ModelQuality } from "../../../contracts/model-quality.ts";
import type { ModelList, RegisteredVersion } from "../../../contracts/model-registry.ts";
import { NotFound } from "../../../functions/runtime/errors.ts";
import { createHandler as createDecide } from "../../../functions/serve/decide-model/handler.ts";
import { createHandler as createList } from "../../../functions/serve/list-models/handler.ts";
import { answerChecker } from "../../support/openapi.ts";
import { memoryLake } from "../support/memory-lake.ts";

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
  const shipped = JSON.parse(readFileSync("models/phase-classifier/model.json", "utf8")) as { version: string; sha256: string };
  const quality: ModelQuality = {
    schema: "model-quality/1.0",
    createdAt: "2026-11-26T10:00:00.000Z",
    model: { id: "instruments", version: "1.1.0", task: "object-detection", subject: "instrument", sha256: "b".repeat(64), threshold: 0.5 },
    dataset: { name: "instruments", version: "1.2.0", sha256: "a".repeat(64), split: "test", operations: 3, frames: 90, syntheticOnly: true },
    runtime: { name: "onnxruntime", version: "1.20.0", provider: "CPUExecutionProvider" },
    ...{ headline: "map", metrics: { map: { value: 0.8, low: 0.7, high: 0.9, better: "higher", operations: 3 } }, perClass: {}, golden: null },
  };
  const measuredAt = "training/run-1/quality.json";
  const list = async (of: { told?: RegisteredVersion; quality?: string | null }[]) => {
    const lake = memoryLake("models");
    for (const model of Object.keys(groups)) await lake.putJson(modelDescriptionKey(model), shipped);
    await lake.putJson(measuredAt, quality);
    await lake.putJson("training/run-2/quality.json", { ...quality, headline: "speed" });
    await lake.putJson("models/quality.json", quality);
    const asked: [string, number][] = [];
    const newest = async (group: string, most: number) => {
      asked.push([group, most]);
      return group === groups.instruments ? of.map((found) => ({ told: waiting, quality: null, ...found })) : [];
    };
    const [status, answer] = told("GET", "/models", await createList({ groups, registry: { newest }, models: lake })({}));
    return { status, models: (answer as ModelList).models, asked };
  };

  it("tells every network and what is in use of it, also one without a version", async () => {
    const inUse = { version: shipped.version, sha256: shipped.sha256 };
    const { status, models, asked } = await list([{}]);
    expect(status).to.equal(200);
    expect(models).to.deep.equal([
      { model: "instruments", inUse, versions: [{ ...waiting, isInUse: false, quality: null }] },
      { model: "phases", inUse, versions: [] },
    ]);
    expect(asked).to.deep.equal([
      [groups.instruments, 10],
      [groups.phases, 10],
    ]);
  });

  it("tells which version is in use by its digest, and what was measured of each where that can be read", async () => {
    const used = { ...waiting, version: 1, facts: { sha256: shipped.sha256 } };
    const places = ["run-1/quality.json", "run-2/quality.json", "run-3/quality.json", "../models/quality.json", "run-1/model.onnx"];
    const { models } = await list([
      { told: used, quality: `s3://models/${measuredAt}` },
      ...places.slice(1).map((place) => ({ quality: `s3://models/training/${place}` })),
      ...["s3://models/models/quality.json", `s3://elsewhere/${measuredAt}`].map((place) => ({ quality: place })),
    ]);
    expect(models[0]?.versions.map(({ version, isInUse, quality: found }) => [version, isInUse, found])).to.deep.equal([
      [1, true, quality],
      ...Array.from({ length: 6 }, () => [2, false, null]),
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
