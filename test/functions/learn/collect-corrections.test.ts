import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { modelProducer } from "../../../contracts/analyser-result.ts";
import type { Analysis, DetectionChunk } from "../../../contracts/analysis.ts";
import type { CorrectionSet } from "../../../contracts/corrections.ts";
import { analysisKey, datasetManifestKey, datasetPlanKey, detectionChunkKey, retrainingTurnKey } from "../../../contracts/keys.ts";
import { retrainingTurn } from "../../../contracts/retraining.ts";
import type { DoubtItem } from "../../../contracts/review-queue.ts";
import { createHandler } from "../../../functions/learn/collect-corrections/handler.ts";
import type { StandingRun } from "../../../functions/learn/newest-runs.ts";
import { detector } from "../../components/parts.ts";
import { failure } from "../../support/failure.ts";
import { analysisOf } from "../support/analysis.ts";
import { digest as contentSha256 } from "../support/ids.ts";
import { memoryCorrections } from "../support/memory-corrections.ts";
import { memoryDatasets } from "../support/memory-datasets.ts";
import { memoryLake } from "../support/memory-lake.ts";
import { memoryWatch } from "../support/memory-watch.ts";

const model = detector.id;
const drifted = {
  ...{
    episode: "0123456789abcdef0123456789abcdef",
    model,
    version: "1.0.0",
    digest: detector.sha256,
    reason: "drift",
    what: ["scores"],
    report: "drift/r.json",
  },
};
const event = { request: drifted, execution: drifted.episode };

/** Cases, newest first; case `i` was analysed by run `i`. */
function setUp(count: number, change: Partial<Analysis> = {}) {
  const [lake, datasets, log] = [memoryLake(), memoryDatasets(), memoryCorrections()];
  const runs: StandingRun[] = Array.from({ length: count }, (_, i) => ({
    caseId: `0b0c5ad6-55a5-4b5e-9c1c-${String(i).padStart(12, "0")}`,
    runId: String(i).padStart(40, "0"),
    createdAt: new Date(Date.UTC(2026, 5, 30 - i)).toISOString(),
  }));
  const correct = (i: number, version = 1) => {
    const { caseId, runId } = runs[i] as StandingRun;
    const told = { kind: "judge", target: { kind: "event", id: "event-1" }, before: "unreviewed", after: "rejected" } as const;
    return log.add({
      ...{ schema: "correction-set/1.0", caseId, runId, contentSha256, version, createdAt: "2026-11-26T10:00:00.000Z", createdBy: "somebody" },
      corrections: [told],
    } as CorrectionSet);
  };
  /** A version of the network's dataset, made of these cases as they are corrected now. */
  async function build(version: string, cases: number[]): Promise<void> {
    const planned = await Promise.all(
      cases.map(async (i) => {
        const { caseId, runId } = runs[i] as StandingRun;
        return {
          case: String(i).padStart(16, "0"),
          split: "train",
          caseId,
          runId,
          contentSha256,
          corrections: await log.newest(caseId, runId),
          isSignedOff: false,
        };
      }),
    );
    await datasets.putJson(datasetPlanKey(model, version), {
      ...{ schema: "dataset-plan/1.0", buildId: "b", createdAt: "2026-11-26T10:00:00.000Z", version, parent: null, notes: [], recipeSha256: contentSha256 },
      request: {
        ...{ name: model, task: "object-detection", classes: ["Hook"], cases: { that: "corrected" }, framesPerSecond: 5, bump: "minor" },
        shares: { train: 70, validation: 15, test: 15 },
      },
      cases: planned,
    });
    await datasets.putJson(datasetManifestKey(model, version), {});
  }
  const asked: DoubtItem[] = [];
  const running = new Set<string>();
  const store = memoryWatch(lake);
  const handler = createHandler({
    ...{ lake, store, datasets, log, leastCorrected: 3 },
    isRunning: async (name) => running.has(name),
    async *runs() {
      yield* runs;
    },
    models: { [model]: { task: "object-detection", labels: ["Hook", "Grasper"] }, "view-classifier": { task: null, labels: ["smoke"] } },
    async ask(doubt) {
      asked.push(doubt);
      return doubt.caseId !== runs[1]?.caseId;
    },
  });
  const lay = async (): Promise<void> => {
    for (const { caseId, runId } of runs)
      await lake.putJson(analysisKey(caseId, runId), analysisOf({ caseId, runId, producers: [modelProducer(detector)], ...change }));
  };
  const turn = () => lake.json(retrainingTurnKey(model), retrainingTurn);
  return { lake, store, runs, log, asked, correct, build, lay, handler, running, turn };
}

describe("CollectCorrections", () => {
  it("asks for a dataset version of all that was corrected, once there is enough", async () => {
    const { correct, handler } = setUp(4);
    for (const i of [0, 1, 3]) await correct(i);
    expect(await handler(event)).to.deep.equal({
      ...{ status: "READY", corrected: 3, needed: 3 },
      request: {
        ...{ name: model, task: "object-detection", classes: ["Hook", "Grasper"], cases: { that: "corrected" } },
        ...{ framesPerSecond: 5, shares: { train: 70, validation: 15, test: 15 }, bump: "minor" },
      },
    });
  });

  it("counts only what the last version has not got, or not so", async () => {
    const { correct, build, handler } = setUp(6);
    for (const i of [0, 1, 2, 3]) await correct(i);
    await build("1.0.0", [0, 1, 2, 3]);
    expect(await handler(event)).to.deep.include({ status: "WAITING", corrected: 0, needed: 3 });
    await correct(4);
    await correct(1, 2);
    expect(await handler(event)).to.deep.include({ status: "WAITING", corrected: 2 });
    await correct(2, 2);
    expect(await handler(event)).to.deep.include({ status: "READY", corrected: 3 });
  });

  it("names the newest cases where there are more than one version takes", async () => {
    const { runs, correct, handler } = setUp(301);
    for (const [i] of runs.entries()) await correct(i);
    const collected = await handler(event);
    expect(collected.status === "READY" && collected.request.cases).to.deep.equal(runs.slice(0, 300).map(({ caseId }) => caseId));
  });

  it("puts findings of the newest cases that nobody corrected before people, first of all", async () => {
    const { runs, asked, correct, lay, handler } = setUp(8);
    await lay();
    await correct(0);
    // Somebody judged the finding of case 1 already.
    expect(await handler(event)).to.deep.equal({ status: "WAITING", corrected: 1, needed: 3, asked: 4 });
    expect(asked.map(({ caseId }) => caseId)).to.deep.equal(runs.slice(1, 6).map(({ caseId }) => caseId));
    const [{ caseId, runId } = { caseId: "", runId: "" }] = runs.slice(1);
    expect(asked[0]).to.deep.equal({
      ...{ caseId, runId, item: "REVIEW#event#event-1", kind: "event", id: "event-1", type: "instrument", label: "grasper", startFrame: 10, endFrame: 35 },
      ...{ confidence: null, isAskedFor: true, queue: "WAITING", doubtOrder: `0 0.000000 ${caseId} event event-1` },
    });
  });

  it("asks about frames, too, of a network that learns boxes", async () => {
    const { lake, runs, asked, handler } = setUp(1);
    const [{ caseId, runId } = { caseId: "", runId: "" }] = runs;
    const key = detectionChunkKey(caseId, runId, model, 0);
    const chunk: DetectionChunk = {
      ...{ schema: "detection-chunk/1.0", producer: model, frames: [10, 15], offsets: [0, 1, 2], label: [0, 0], score: [0.9, 0.6] },
      ...{ box: [1, 1, 9, 9, 1, 1, 9, 9], track: [-1, -1] },
    };
    await lake.put(key, gzipSync(JSON.stringify(chunk)), "application/json");
    const chunks = [{ uri: lake.uri(key), startFrame: 0, endFrame: 100, sha256: contentSha256 }];
    const detections = [{ producer: model, labels: ["Hook"], frameCount: 2, boxCount: 2, chunks }];
    await lake.putJson(analysisKey(caseId, runId), analysisOf({ caseId, runId, producers: [modelProducer(detector)], detections }));
    expect(await handler(event)).to.deep.include({ status: "WAITING", asked: 2 });
    expect(asked.map(({ kind, id, startFrame, endFrame }) => [kind, id, startFrame, endFrame])).to.deep.equal([
      ["event", "event-1", 10, 35],
      ["boxes", `${model}-15`, 15, 100],
    ]);
  });

  it("asks nothing about cases of another version, of what people judged, and of cases that are gone", async () => {
    const other = setUp(2, { producers: [{ ...modelProducer(detector), digest: "b".repeat(64) }] });
    await other.lay();
    expect(await other.handler(event)).to.deep.include({ asked: 0 });
    const judged = setUp(1, { events: analysisOf().events.map((one) => ({ ...one, review: "confirmed" as const })) });
    await judged.lay();
    expect(await judged.handler(event)).to.deep.include({ asked: 0 });
    expect(await setUp(3).handler(event)).to.deep.equal({ status: "WAITING", corrected: 0, needed: 3, asked: 0 });
  });

  it("takes the network's turn while it learns, and keeps nobody waiting whose execution has ended", async () => {
    const { correct, handler, running, turn } = setUp(4);
    for (const i of [0, 1, 3]) await correct(i);
    running.add("first");
    expect((await handler({ ...event, execution: "first" })).status).to.equal("READY");
    expect(await turn()).to.deep.equal({ schema: "retraining-turn/1.0", model, status: "LEARNING", execution: "first", waits: 0 });
    expect(await handler({ ...event, execution: "second" })).to.deep.equal({ status: "BUSY" });
    expect((await handler({ ...event, execution: "first" })).status).to.equal("READY");
    running.clear();
    expect((await handler({ ...event, execution: "second" })).status).to.equal("READY");
    expect((await turn()).execution).to.equal("second");
  });

  it("remembers how often the network waited, and counts a second try of the same execution once", async () => {
    const { handler, turn } = setUp(0);
    for (const execution of ["first", "first", "second"]) await handler({ ...event, execution });
    expect(await turn()).to.deep.equal({ schema: "retraining-turn/1.0", model, status: "WAITING", execution: "second", waits: 2 });
  });

  it("lets one of two go on that ask at once", async () => {
    const { correct, handler } = setUp(4);
    for (const i of [0, 1, 3]) await correct(i);
    const ended = await Promise.allSettled(["first", "second"].map((execution) => handler({ ...event, execution })));
    expect(ended.map((one) => (one.status === "fulfilled" ? one.value.status : one.reason.name))).to.have.members(["READY", "TryAgain"]);
  });

  it("says which networks corrections can't teach, and refuses those that there are not", async () => {
    const { handler } = setUp(0);
    expect(await handler({ ...event, request: { ...drifted, model: "view-classifier" } })).to.deep.equal({ status: "UNTEACHABLE" });
    expect((await failure(handler({ ...event, request: { ...drifted, model: "other" } }))).message).to.equal('There is no network "other" in the catalogue.');
    expect((await failure(handler({ request: {} }))).name).to.equal("InvalidInput");
  });
});
