import { expect } from "chai";
import type { CorrectionSet } from "../../../contracts/corrections.ts";
import type { DriftDetected } from "../../../contracts/drift.ts";
import { episodeId } from "../../../contracts/drift.ts";
import { retrainingTurnKey } from "../../../contracts/keys.ts";
import { type RetrainingTurn, resumedName } from "../../../contracts/retraining.ts";
import type { StandingRun } from "../../../functions/learn/newest-runs.ts";
import { createHandler } from "../../../functions/learn/resume-retrainings/handler.ts";
import { TryAgain } from "../../../functions/runtime/errors.ts";
import { failure } from "../../support/failure.ts";
import { digest } from "../support/ids.ts";
import { memoryCorrections } from "../support/memory-corrections.ts";
import { memoryDatasets } from "../support/memory-datasets.ts";
import { memoryWatch } from "../support/memory-watch.ts";

const model = "instrument-detector";
const news = (change: Partial<DriftDetected> = {}): DriftDetected => ({
  ...{ episode: "0123456789abcdef0123456789abcdef", model, version: "1.0.0", digest, reason: "drift", what: ["scores"], report: "drift/r.json" },
  ...change,
});

function setUp() {
  const [store, datasets, log] = [memoryWatch(), memoryDatasets(), memoryCorrections()];
  const runs: StandingRun[] = [];
  const started = new Map<string, object>();
  const handler = createHandler({
    ...{ store, datasets, log, leastCorrected: 2 },
    async *runs() {
      yield* runs;
    },
    async start(name, request) {
      if (started.has(name)) return false;
      started.set(name, request);
      return true;
    },
  });
  const turn = (change: Partial<RetrainingTurn> = {}) => {
    const of = { schema: "retraining-turn/1.0", model, status: "WAITING", execution: news().episode, waits: 1, ...change };
    return store.putJson(retrainingTurnKey(of.model), of);
  };
  async function correct(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const id = String(runs.length);
      const run = { caseId: `0b0c5ad6-55a5-4b5e-9c1c-${id.padStart(12, "0")}`, runId: id.padStart(40, "0"), createdAt: "2026-06-01T00:00:00.000Z" };
      runs.push(run);
      await log.add({
        ...{ schema: "correction-set/1.0", caseId: run.caseId, runId: run.runId, contentSha256: digest, version: 1, createdAt: run.createdAt },
        createdBy: "somebody",
        corrections: [{ kind: "judge", target: { kind: "event", id: "event-1" }, before: "unreviewed", after: "rejected" }],
      } as CorrectionSet);
    }
  }
  return { store, runs, started, handler, turn, correct };
}

describe("ResumeRetrainings", () => {
  it("goes on with a network that waited once people corrected enough, once, however often it is tried", async () => {
    const { started, handler, turn, correct } = setUp();
    await turn();
    await correct(1);
    expect(await handler({ open: [news()] })).to.deep.equal({ resumed: [], faults: [] });
    await correct(1);
    expect(await handler({ open: [news()] })).to.deep.equal({ resumed: [model], faults: [] });
    expect(await handler({ open: [news()] })).to.deep.equal({ resumed: [], faults: [] });
    expect([...started]).to.deep.equal([["0123456789abcdef0123456789ab-1", news()]]);
  });

  it("goes on again if the network had to wait again", async () => {
    const { started, handler, turn, correct } = setUp();
    await correct(2);
    for (const waits of [1, 2]) {
      await turn({ waits });
      await handler({ open: [news()] });
    }
    expect([...started.keys()]).to.deep.equal(["0123456789abcdef0123456789ab-1", "0123456789abcdef0123456789ab-2"]);
  });

  it("leaves alone what is well again, what learns, and what never waited", async () => {
    const { started, handler, turn, correct } = setUp();
    await correct(2);
    expect(await handler({ open: [news()] })).to.deep.equal({ resumed: [], faults: [] });
    await turn();
    expect(await handler({ open: [] })).to.deep.equal({ resumed: [], faults: [] });
    await turn({ status: "LEARNING" });
    expect(await handler({ open: [news()] })).to.deep.equal({ resumed: [], faults: [] });
    expect(started.size).to.equal(0);
  });

  it("lets a network that is wrong in two ways learn once", async () => {
    const { started, handler, turn, correct } = setUp();
    await turn();
    await correct(2);
    expect(await handler({ open: [news(), news({ reason: "quality", episode: "f".repeat(32) })] })).to.deep.equal({ resumed: [model], faults: [] });
    expect([...started.values()]).to.deep.equal([news()]);
  });

  it("hinders no other network by one that can't be judged, but tries again what may pass", async () => {
    const { store, started, handler, turn, correct } = setUp();
    await correct(2);
    await store.putJson(retrainingTurnKey("broken"), { status: "WAITING" });
    await turn();
    const { resumed, faults } = await handler({ open: [news({ model: "broken" }), news()] });
    expect([resumed, faults.length, [...started.keys()].length]).to.deep.equal([[model], 1, 1]);
    expect(faults[0]).to.match(/^broken: .*retraining\.json/);
    const busy = createHandler({
      ...({} as Parameters<typeof createHandler>[0]),
      store: {
        tagged: async () => {
          throw new TryAgain("S3 is busy.");
        },
      },
    });
    expect((await failure(busy({ open: [news()] }))).name).to.equal("TryAgain");
  });

  it("refuses an event that is none, with every reason", async () => {
    const error = await failure(setUp().handler({ open: [{ ...news(), episode: "x", what: [] }] }));
    expect(error.name).to.equal("InvalidInput");
    for (const reason of ["open.0.episode: ", "open.0.what: "]) expect(error.message).to.include(reason);
  });

  it("names executions so that a dataset build can be named after them", () => {
    const name = resumedName(news().episode, 9999);
    expect(name).to.have.length(33);
    expect(episodeId.safeParse(name).success).to.equal(false);
  });
});
