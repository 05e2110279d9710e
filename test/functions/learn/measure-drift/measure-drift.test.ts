import { expect } from "chai";
import { type DriftReport, driftBaseline, driftEpisode, driftReport } from "../../../../contracts/drift.ts";
import { driftBaselineKey, driftEpisodeKey, driftReportKey, statisticsKey } from "../../../../contracts/keys.ts";
import { type RunStatistics, runStatistics } from "../../../../contracts/run-statistics.ts";
import { createHandler } from "../../../../functions/learn/measure-drift/handler.ts";
import type { StandingRun } from "../../../../functions/learn/newest-runs.ts";
import { failure } from "../../../support/failure.ts";
import { memoryWatch } from "../../support/memory-watch.ts";

const model = "instrument-detector";
const [digest, nextDigest] = ["a".repeat(64), "b".repeat(64)];
const needs = { baseline: 12, least: 8, window: 10 };

interface Seen {
  /** Frames of a hundred that show a hook, and a grasper. */
  hook: number;
  grasper: number;
  /** Bin of all scores. */
  bin?: number;
  digest?: string;
  underexposed?: number;
  embedding?: number[];
}

/** Cases one day after the other, as one look after the other finds them. */
function setUp() {
  const store = memoryWatch();
  const runs: StandingRun[] = [];
  let [looks, day] = [0, 0];
  async function analyse(count: number, seen: (i: number) => Seen): Promise<void> {
    for (let i = 0; i < count; i++) {
      const of = seen(i);
      const id = String(runs.length);
      const run = {
        caseId: `0b0c5ad6-55a5-4b5e-9c1c-${id.padStart(12, "0")}`,
        runId: id.padStart(40, "0"),
        createdAt: new Date(Date.UTC(2026, 0, 1 + day++)).toISOString(),
      };
      runs.push(run);
      const scores = (frames: number) => Array.from({ length: 10 }, (_, bin) => (bin === (of.bin ?? 8) ? frames : 0));
      await store.putJson(statisticsKey(run.caseId, run.runId), {
        ...{ schema: "run-statistics/1.2", caseId: run.caseId, runId: run.runId },
        producers: [
          {
            ...{ producer: model, version: of.digest ? "1.1.0" : "1.0.0", digest: of.digest ?? digest, frameCount: 100 },
            labels: [
              { label: "hook", frameCount: of.hook, scores: scores(of.hook) },
              { label: "grasper", frameCount: of.grasper, scores: scores(of.grasper) },
            ],
            embedding: of.embedding ?? null,
          },
          { producer: "rekognition", version: "1", digest: null, frameCount: 10, labels: [], embedding: null },
          { producer: "unwatched", version: "1.0.0", digest, frameCount: 10, labels: [], embedding: null },
        ],
        shares: { outOfBody: 0.1, black: 0, blur: 0.01 * (i % 5), overexposed: 0, underexposed: of.underexposed ?? 0.02 * (i % 4) },
      } satisfies RunStatistics);
    }
  }
  const time = () => new Date(Date.UTC(2026, 5, 1 + looks));
  async function look(execution = `look-${looks + 1}`) {
    looks++;
    const handler = createHandler({
      ...{ store, models: [model], needs, now: time },
      async *runs() {
        yield* [...runs].reverse();
      },
    });
    const outcome = await handler({ execution });
    const report = await store.json(driftReportKey(model, digest, time().toISOString()), driftReport).catch(() => undefined);
    return { ...outcome, report: report as DriftReport };
  }
  return { store, runs, analyse, look };
}

const usual = (i: number): Seen => ({ hook: 40 + (i % 5), grasper: 20 + (i % 3) });
const levels = ({ features }: DriftReport) => Object.fromEntries(features.map(({ feature, level }) => [feature, level]));

describe("MeasureDrift", () => {
  it("says that there are too few cases until a version has a baseline and a window", async () => {
    const { analyse, look } = setUp();
    expect((await look()).report).to.equal(undefined);
    await analyse(11, usual);
    const first = await look();
    expect([first.report.verdict, first.report.baseline, first.report.summary]).to.deep.equal([
      "TOO_FEW",
      null,
      "Too few cases: 11 were analysed with this version, and a baseline takes 12.",
    ]);
    await analyse(8, usual);
    const second = await look();
    expect(second.report.baseline).to.deep.include({ cases: 12, from: "2026-01-01T00:00:00.000Z", to: "2026-01-12T00:00:00.000Z" });
    expect([second.report.verdict, second.report.window.cases, second.report.summary, second.announcements, second.faults]).to.deep.equal([
      "TOO_FEW",
      7,
      "Too few cases: 7 since the baseline, and a comparison takes 8.",
      [],
      [],
    ]);
  });

  it("calls cases of the same kind stable, and keeps no case's name", async () => {
    const { store, runs, analyse, look } = setUp();
    await analyse(30, usual);
    const { report, announcements } = await look();
    expect([report.verdict, report.summary, announcements]).to.deep.equal(["STABLE", "The newest 10 cases are like the first 12.", []]);
    expect(report.features.map(({ test, feature }) => `${test} ${feature}`)).to.deep.equal([
      ...["psi classes", "psi scores", "psi exposure"],
      ...["ks labelsPerFrame", "ks meanScore", "ks outOfBody", "ks black", "ks blur", "ks overexposed", "ks underexposed"],
    ]);
    const kept = [...store.lake.objects].filter(([key]) => key.startsWith("drift/")).map(([key, bytes]) => key + Buffer.from(bytes).toString());
    expect(kept).to.have.length(2);
    for (const { caseId, runId } of runs) expect(kept.join().includes(caseId) || kept.join().includes(runId)).to.equal(false);
  });

  it("announces a drift once, whatever looks come later, and again if it went and came back", async () => {
    const { store, analyse, look } = setUp();
    await analyse(12, usual);
    await analyse(10, (i) => ({ hook: 10 + (i % 3), grasper: 60 + (i % 5), bin: 5 }));
    const { report, announcements } = await look("first");
    expect(report.verdict).to.equal("DRIFTED");
    expect(levels(report)).to.deep.equal({
      ...{ classes: "large", scores: "large", exposure: "none", labelsPerFrame: "large", meanScore: "large" },
      ...{ outOfBody: "none", black: "none", blur: "none", overexposed: "none", underexposed: "none" },
    });
    const what = ["classes", "scores", "labelsPerFrame", "meanScore"];
    expect(announcements).to.have.length(1);
    const [announced] = announcements;
    expect(announced).to.deep.include({
      model,
      version: "1.0.0",
      digest,
      reason: "drift",
      what,
      report: `drift/${model}/${digest}/reports/20260602T000000Z.json`,
    });
    expect(announced?.episode).to.match(/^[0-9a-f]{32}$/);

    expect((await look("second")).announcements, "a later look").to.deep.equal([]);
    expect(
      (await look("first")).announcements.map(({ episode }) => episode),
      "the same look, tried again",
    ).to.deep.equal([announced?.episode]);

    await analyse(10, usual);
    expect((await look("third")).report.verdict).to.equal("STABLE");
    expect(await store.json(driftEpisodeKey(model, digest, "drift"), driftEpisode)).to.deep.include({
      ...{ number: 1, status: "CLOSED", openedAt: "2026-06-02T00:00:00.000Z", closedAt: "2026-06-05T00:00:00.000Z", execution: "first" },
    });
    await analyse(10, (i) => ({ hook: 10 + (i % 3), grasper: 60 + (i % 5), bin: 5 }));
    const again = (await look("fourth")).announcements;
    expect(again).to.have.length(1);
    expect(again[0]?.episode).to.not.equal(announced?.episode);
  });

  it("notices darker pictures of an operation that is otherwise the same", async () => {
    const { analyse, look } = setUp();
    await analyse(12, usual);
    await analyse(10, (i) => ({ ...usual(i), underexposed: 0.6 + 0.01 * i }));
    expect((await look()).announcements.map(({ what }) => what)).to.deep.equal([["exposure", "underexposed"]]);
  });

  it("notices pictures that lie elsewhere, though nothing else is told of them", async () => {
    const { analyse, look } = setUp();
    const at = (i: number, moved: number) => ({ ...usual(i), embedding: [(i % 7) - 3, 10 + (i % 5) + moved, 0] });
    await analyse(12, (i) => at(i, 0));
    await analyse(10, (i) => at(i + 3, 0));
    const like = await look();
    expect([like.report.verdict, like.report.features.at(-1)?.feature, like.report.features.at(-1)?.level]).to.deep.equal(["STABLE", "embedding", "none"]);
    await analyse(10, (i) => at(i, 20));
    const { report, announcements } = await look();
    expect(announcements.map(({ what }) => what)).to.deep.equal([["embedding"]]);
    // All of ten lie above all of twelve: of 646,646 ways to deal them two part them so, and three numbers were looked at.
    const { p, ...told } = report.features.at(-1) as DriftReport["features"][number];
    expect(p).to.be.closeTo((3 * 2) / 646_646, 1e-12);
    expect(told).to.deep.equal({ test: "ks-embedding", feature: "embedding", value: 1, level: "large", dimension: 1, baseline: 11.5, window: 32 });
  });

  it("compares all else where embeddings are of too few cases, as of runs before there were any", async () => {
    const { store, runs, analyse, look } = setUp();
    await analyse(21, usual);
    await analyse(1, (i) => ({ ...usual(i), embedding: [1, 2] }));
    for (const { caseId, runId } of runs.slice(0, 12)) {
      const { producers, ...rest } = (await store.json(statisticsKey(caseId, runId), runStatistics)) as RunStatistics;
      const before = producers.map(({ embedding: _, ...producer }) => producer);
      await store.putJson(statisticsKey(caseId, runId), { ...rest, schema: "run-statistics/1.1", producers: before });
    }
    const { report, faults } = await look();
    expect([report.verdict, report.baseline?.cases, report.window.cases, report.features.length, faults]).to.deep.equal(["STABLE", 12, 10, 10, []]);
  });

  it("judges only the version that is in use, from its own first cases", async () => {
    const { store, analyse, look } = setUp();
    await analyse(22, usual);
    await analyse(3, (i) => ({ ...usual(i), hook: 0, digest: nextDigest }));
    const { announcements, report } = await look();
    expect([announcements, report]).to.deep.equal([[], undefined]);
    const keys = [...store.lake.objects.keys()].filter((key) => key.startsWith("drift/"));
    expect(keys).to.deep.equal([driftReportKey(model, nextDigest, "2026-06-02T00:00:00.000Z")]);
  });

  it("passes over cases that are gone, and those of which no version is known", async () => {
    const { store, runs, analyse, look } = setUp();
    await analyse(22, usual);
    const [gone, old] = [runs[3] as StandingRun, runs[5] as StandingRun];
    store.lake.objects.delete(statisticsKey(gone.caseId, gone.runId));
    await store.putJson(statisticsKey(old.caseId, old.runId), { schema: "run-statistics/1.0", caseId: old.caseId, producers: [] });
    const { report } = await look();
    expect([report.baseline?.cases, report.window.cases]).to.deep.equal([12, 8]);
  });

  it("judges nothing by a baseline that is not what was frozen", async () => {
    const { store, analyse, look } = setUp();
    await analyse(22, usual);
    await look();
    const key = driftBaselineKey(model, digest);
    const baseline = await store.json(key, driftBaseline);
    await store.putJson(key, { ...baseline, cases: baseline.cases.slice(1) });
    const { faults, announcements } = await look();
    expect([announcements, faults]).to.deep.equal([[], [`${model}: ${key} is not what was frozen: its digest is another.`]]);
  });

  it("tells which statistics are broken", async () => {
    const { store, runs, analyse, look } = setUp();
    await analyse(1, usual);
    const { caseId, runId } = runs[0] as StandingRun;
    await store.putJson(statisticsKey(caseId, runId), { schema: "run-statistics/1.1" });
    expect((await failure(look())).name).to.equal("BrokenContract");
    expect((await failure(createHandler({} as never)({}))).name).to.equal("InvalidInput");
  });
});
