import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { CaseSummary } from "../../../../contracts/case.ts";
import { analysisKey, frameTableKey, measuresKey } from "../../../../contracts/keys.ts";
import { definitions } from "../../../../contracts/measure-definitions.ts";
import { measures as measuresContract } from "../../../../contracts/measures.ts";
import { createHandler, type Deps, type Stratum, type Values } from "../../../../functions/aggregate/measure-operation/handler.ts";
import { failure } from "../../../support/failure.ts";
import { analysisOfDrawn, type Drawn, tracksOf } from "../../support/drawn-operation.ts";
import { count, tableOf } from "../../support/frames.ts";
import { caseId, digest, runId } from "../../support/ids.ts";
import { type MemoryLake, memoryLake } from "../../support/memory-lake.ts";

const drawn: Drawn = {
  frameCount: 100,
  instruments: [["Hook", 0, 50]],
  tracks: [{ label: "Hook", span: [0, 50], path: 1, stable: true }],
};

describe("aggregate/measure-operation", () => {
  let lake: MemoryLake;
  let remembered: [Stratum, Values][];
  let asked: Parameters<Deps["cohort"]>[];
  const others: Values[] = count(10).map((i) => ({ "instrument-time/Hook": i + 1 }));
  const measure = async (facts: Partial<CaseSummary> = {}, change: Partial<Deps> = {}) => {
    const handler = createHandler({
      lake,
      facts: async () => ({ runId, procedure: "laparoscopic-cholecystectomy", severity: 3, ...facts }),
      cohort: async (...args) => {
        asked.push(args);
        return others;
      },
      remember: async (_, stratum, values) => void remembered.push([stratum, values]),
      ...change,
    });
    return handler({ caseId, runId });
  };
  const written = () => lake.json(measuresKey(caseId, runId), measuresContract);
  const hook = async () => (await written()).measures.find(({ id }) => id === "instrument-time/Hook");

  beforeEach(async () => {
    lake = memoryLake();
    [remembered, asked] = [[], []];
    await lake.putJson(analysisKey(caseId, runId), analysisOfDrawn(drawn));
    await lake.putJson(frameTableKey(caseId, runId), tableOf(count(100), count(100)));
    await lake.put("tracks.json.gz", gzipSync(JSON.stringify(tracksOf(drawn.tracks ?? []))), "application/json", "gzip");
  });

  it("writes what an operation measures, compared with others of its procedure and grade", async () => {
    const stratum = { procedure: "laparoscopic-cholecystectomy", severity: 3 };
    const { measuresUri, measureCount } = await measure();
    expect(measuresUri).to.equal(`s3://processed/${measuresKey(caseId, runId)}`);
    const found = await written();
    expect(found).to.deep.include({ caseId, runId, contentSha256: digest, ...stratum });
    expect(found.measures).to.have.length(measureCount);
    expect(asked).to.deep.equal([[stratum, caseId]]);
    expect((await hook())?.value).to.equal(2);
    expect((await hook())?.cohort).to.deep.include({ n: 10, percentile: 0.15, ...stratum });
    // The others tell nothing of how far it moved.
    expect(found.measures.find(({ id }) => id === "path-length/Hook")).to.deep.include({ value: 1, cohort: null });
    expect(remembered[0]?.[0]).to.deep.equal(stratum);
    expect(remembered[0]?.[1]).to.include({ "instrument-time/Hook": 2, "path-length/Hook": 1 });
  });

  it("compares with nobody where nobody said which procedure it was", async () => {
    await measure({ procedure: null });
    expect(asked).to.deep.equal([]);
    expect(remembered).to.deep.equal([]);
    expect((await hook())?.cohort).to.equal(null);
  });

  it("compares with nobody where they are fewer than ten", async () => {
    await measure({}, { cohort: async () => others.slice(1) });
    expect((await hook())?.cohort).to.equal(null);
  });

  it("does not remember a run that a newer one has replaced", async () => {
    await measure({ runId: "f".repeat(40) });
    expect(remembered).to.deep.equal([]);
    expect(await hook()).to.deep.include({ value: 2 });
  });

  it("compares half an analysis with others, and no others with it", async () => {
    await lake.putJson(analysisKey(caseId, runId), analysisOfDrawn({ ...drawn, lookedAt: [[0, 50]] }));
    await measure();
    expect(remembered).to.deep.equal([]);
    expect((await hook())?.cohort).to.include({ n: 10, percentile: 0.15 });
    expect((await hook())?.note).to.equal("The analysis is partial: frame-analysis did not see all.");
  });

  it("says who told every value and what it means, once for each, and reads what 1.0 did not say", async () => {
    await measure();
    const found = await written();
    expect(found.schema).to.equal("surgical-measures/1.1");
    expect(found.producers?.map(({ id, version }) => [id, version, found.producers?.filter((one) => one.id === id).length])).to.deep.equal([
      ["instrument-detector", "1.0.0", 1],
      ["out-of-body", "1.0.0", 1],
    ]);
    expect(found.definitions?.map(({ name }) => name)).to.deep.equal(Object.keys(definitions));
    const { producers, definitions: meanings, ...rest } = found;
    expect(measuresContract.safeParse({ ...rest, schema: "surgical-measures/1.0" }).success).to.equal(true);
    const reasons = (change: object) => measuresContract.safeParse({ ...found, ...change }).error?.issues.map(({ message }) => message);
    expect(measuresContract.safeParse(rest).error?.issues[0]?.message).to.equal("must say who told the values");
    expect(reasons({ producers: producers?.slice(1) })?.[0]).to.equal("names instrument-detector, which is not among the document's producers");
    expect(reasons({ definitions: meanings?.slice(1) })).to.deep.equal(["procedure-time has no definition in the document"]);
    expect(reasons({ measures: found.measures.map((one) => ({ ...one, producers: [] })) })?.[0]).to.equal("must say who told procedure-time");
  });

  it("says what is missing", async () => {
    lake.objects.delete("tracks.json.gz");
    expect((await failure(measure())).name).to.equal("NotFound");
    expect((await failure(createHandler({} as Deps)({ caseId: "x" }))).message).to.match(/caseId[\s\S]*runId/);
  });
});
