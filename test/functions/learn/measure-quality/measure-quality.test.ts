import { expect } from "chai";
import { modelProducer } from "../../../../contracts/analyser-result.ts";
import type { CorrectionSet } from "../../../../contracts/corrections.ts";
import { analysisKey, qualityReportKey } from "../../../../contracts/keys.ts";
import { qualityReport } from "../../../../contracts/quality.ts";
import { createHandler } from "../../../../functions/learn/measure-quality/handler.ts";
import type { StandingRun } from "../../../../functions/learn/newest-runs.ts";
import { detector } from "../../../components/parts.ts";
import { failure } from "../../../support/failure.ts";
import { analysisOf } from "../../support/analysis.ts";
import { count, tableOf } from "../../support/frames.ts";
import { digest as contentSha256 } from "../../support/ids.ts";
import { memoryCorrections } from "../../support/memory-corrections.ts";
import { memoryWatch } from "../../support/memory-watch.ts";

const model = detector.id;
const needs = { window: 4, cases: 2, findings: 4 };

function setUp() {
  const [store, log] = [memoryWatch(), memoryCorrections()];
  const runs: StandingRun[] = [];
  let looks = 0;
  /** A case in which people confirmed so many of three findings, and rejected the others of those that they judged. */
  async function correct(right: number, judged = 3, digest = detector.sha256): Promise<void> {
    const i = runs.length;
    const run = {
      caseId: `0b0c5ad6-55a5-4b5e-9c1c-${String(i).padStart(12, "0")}`,
      runId: String(i).padStart(40, "0"),
      createdAt: new Date(Date.UTC(2026, 0, 1 + i)).toISOString(),
    };
    runs.push(run);
    const [event] = analysisOf().events;
    const events = [1, 2, 3].map((number) => ({ ...event, id: `event-${number}`, producer: model }) as NonNullable<typeof event>);
    await store.putJson(analysisKey(run.caseId, run.runId), analysisOf({ ...run, producers: [{ ...modelProducer(detector), digest }], events }));
    if (judged === 0) return;
    const corrections = events.slice(0, judged).map(({ id }, n) => ({
      ...{ kind: "judge", target: { kind: "event", id }, before: "unreviewed", after: n < right ? "confirmed" : "rejected" },
    }));
    await log.add({
      ...{ schema: "correction-set/1.0", caseId: run.caseId, runId: run.runId, contentSha256, version: 1 },
      ...{ createdAt: run.createdAt, createdBy: "somebody", corrections },
    } as CorrectionSet);
  }
  const time = () => new Date(Date.UTC(2026, 5, 1 + looks));
  async function look(execution = `look-${looks + 1}`) {
    looks++;
    await store.putJson("frame-table.json", tableOf(count(100), count(100)));
    const handler = createHandler({
      ...{ store, lake: store.lake, log, bars: { [model]: 0.8 }, needs, now: time },
      async *runs() {
        yield* [...runs].reverse();
      },
    });
    const outcome = await handler({ execution });
    const report = await store.json(qualityReportKey(model, detector.sha256, time().toISOString()), qualityReport).catch(() => undefined);
    return { ...outcome, report };
  }
  return { store, correct, look };
}

describe("MeasureQuality", () => {
  it("says that there is too little until people judged enough in enough cases", async () => {
    const { correct, look } = setUp();
    await correct(0, 0);
    expect(await look()).to.deep.equal({ announcements: [], open: [], faults: [], report: undefined });
    await correct(0);
    const { report, announcements } = await look();
    expect([report?.verdict, report?.summary, announcements]).to.deep.equal([
      "TOO_FEW",
      "Too few corrections: 3 findings of 1 cases, and it takes 4 of 2.",
      [],
    ]);
  });

  it("announces once that people agree no more, and again only after they did", async () => {
    const { store, correct, look } = setUp();
    await correct(3);
    await correct(2);
    const good = await look();
    expect(good.report).to.deep.include({ verdict: "ABOVE", counts: { right: 5, wrong: 1, missed: 0 }, bar: 0.8 });
    expect(good.report?.agreement).to.be.closeTo(10 / 11, 1e-12);
    for (let i = 0; i < 2; i++) await correct(0);
    const bad = await look("first");
    expect([bad.report?.verdict, bad.report?.window, bad.report?.summary]).to.deep.equal([
      "BELOW",
      { cases: 4, from: "2026-01-01T00:00:00.000Z", to: "2026-01-04T00:00:00.000Z" },
      "People agree with 0.588 over 4 corrected cases; it must be 0.800 at least.",
    ]);
    expect(bad.announcements).to.have.length(1);
    const [announced] = bad.announcements;
    expect(announced).to.deep.include({ model, version: "1.0.0", reason: "quality", what: ["agreement"] });
    const again = await look("second");
    expect([again.announcements, again.open.map(({ episode, reason }) => [episode, reason])]).to.deep.equal([[], [[announced?.episode, "quality"]]]);
    expect((await look("first")).announcements.map(({ episode }) => episode)).to.deep.equal([announced?.episode]);
    for (let i = 0; i < 4; i++) await correct(3);
    expect((await look()).report?.verdict).to.equal("ABOVE");
    for (let i = 0; i < 4; i++) await correct(1);
    expect((await look()).announcements[0]?.episode).to.not.be.oneOf([undefined, announced?.episode]);
    expect([...store.lake.objects.keys()].filter((key) => key.includes("/episodes/"))).to.deep.equal([
      `drift/${model}/${detector.sha256}/episodes/quality.json`,
    ]);
  });

  it("counts the version in use only, and passes over cases that are gone", async () => {
    const { store, correct, look } = setUp();
    for (let i = 0; i < 3; i++) await correct(0, 3, "b".repeat(64));
    for (let i = 0; i < 3; i++) await correct(3);
    for (const key of store.lake.objects.keys()) if (key.includes("00000000000000000005/analysis.json")) store.lake.objects.delete(key);
    expect((await look()).report).to.deep.include({ verdict: "ABOVE", counts: { right: 6, wrong: 0, missed: 0 } });
  });

  it("refuses an event without an execution", async () => {
    expect((await failure(createHandler({} as never)({}))).name).to.equal("InvalidInput");
  });
});
