import { expect } from "chai";
import { apiError } from "../../../contracts/api.ts";
import { caseRun } from "../../../contracts/case-run.ts";
import { type HistoryEvent, statesOf } from "../../../functions/serve/get-run/core.ts";
import { createHandler, type Deps, type Execution } from "../../../functions/serve/get-run/handler.ts";
import { caseId, runId } from "../support/ids.ts";

const at = (second: number) => new Date(Date.UTC(2026, 10, 26, 8, 0, second));
const iso = (second: number) => at(second).toISOString();
/** Events in turn: type, what it follows, details. */
const history = (...events: [type: string, previousEventId: number, details?: object][]): HistoryEvent[] =>
  events.map(([type, previousEventId, details], i) => ({ id: i + 1, previousEventId, timestamp: at(i + 1), type, ...details }));
const enters = (name: string) => ({ stateEnteredEventDetails: { name } });
const exits = (name: string) => ({ stateExitedEventDetails: { name } });
const failsWith = (error: string) => ({ taskFailedEventDetails: { error, cause: "What a job wrote." } });

describe("states of a run", () => {
  it("count tries, and forgive a try that the next made up for", () => {
    const events = history(
      ["ExecutionStarted", 0],
      ["TaskStateEntered", 1, enters("Admit")],
      ["TaskScheduled", 2],
      ["TaskFailed", 3, failsWith("TryAgain")],
      ["TaskScheduled", 4],
      ["TaskSucceeded", 5],
      ["TaskStateExited", 6, exits("Admit")],
      ["PassStateEntered", 7, enters("Next")],
    );
    expect(statesOf(events, false)).to.deep.equal([
      { name: "Admit", status: "SUCCEEDED", enteredAt: iso(2), exitedAt: iso(7), attempts: 2, error: null },
      { name: "Next", status: "RUNNING", enteredAt: iso(8), exitedAt: null, attempts: 0, error: null },
    ]);
  });

  it("tell branches that run at a time apart, and what was caught in one", () => {
    const events = history(
      ["ParallelStateEntered", 0, enters("Analyse")],
      ["ParallelStateStarted", 1],
      ["TaskStateEntered", 2, enters("Left")],
      ["TaskStateEntered", 2, enters("Right")],
      ["TaskScheduled", 3],
      ["TaskScheduled", 4],
      ["TaskFailed", 5, failsWith("Broken")],
      ["TaskSucceeded", 6],
      ["TaskStateExited", 7, exits("Left")],
      ["TaskStateExited", 8, exits("Right")],
      ["ParallelStateSucceeded", 10],
      ["ParallelStateExited", 11, exits("Analyse")],
    );
    expect(statesOf(events, true).map(({ name, status, exitedAt, error }) => [name, status, exitedAt, error])).to.deep.equal([
      ["Analyse", "SUCCEEDED", iso(12), null],
      ["Left", "FAILED", iso(9), "Broken"],
      ["Right", "SUCCEEDED", iso(10), null],
    ]);
  });

  it("that are open when the run is over failed with it; while it runs, a failed try is only that", () => {
    const events = history(["TaskStateEntered", 0, enters("Normalise")], ["TaskScheduled", 1], ["TaskTimedOut", 2, { taskTimedOutEventDetails: {} }]);
    expect(statesOf(events, true)[0]).to.deep.include({ status: "FAILED", error: "TaskTimedOut" });
    expect(statesOf(events, false)[0]).to.deep.include({ status: "RUNNING", error: "TaskTimedOut" });
  });
});

describe("GET /cases/{caseId}/run", () => {
  const summary = {
    ...{ caseId, item: "SUMMARY", fileName: "a.mp4", status: "FAILED", runId, forecastUsd: 0.5, costUsd: 0.25, reasons: ["The analysis failed."] },
    ...{ createdAt: iso(0), updatedAt: iso(9) },
  };
  const failed: Execution = { status: "FAILED", startedAt: at(0), endedAt: at(9), redriveCount: 1, isRedrivable: true };
  const ask = async (more: Partial<Deps> = {}, id: string = caseId) => {
    const answer = await createHandler({
      summary: async () => summary,
      execution: async () => failed,
      planned: { analysers: [], rekognition: false, labels: false, scanned: true },
      now: () => at(59),
      history: async () => ({ events: [], next: undefined }),
      ...more,
    })({
      pathParameters: { caseId: id },
    });
    return { status: answer.statusCode, body: JSON.parse(answer.body) as unknown };
  };

  it("estimates what a run has cost so far while its cost is not known, and not beyond its end, nor of another run's forecast", async () => {
    const source = { bucket: "raw", key: `raw-videos/${caseId}/u/source.mp4`, versionId: "v1", bytes: 1e9 };
    const analysisRequest = JSON.stringify({ caseId, uploadId: caseId, runId, source });
    const detail = (of: string) => JSON.stringify({ runId: of, stepsUsd: { "analysis-rendition": 0.45 }, report: null });
    const running = { ...summary, status: "RUNNING", costUsd: 9, analysisRequest, forecastDetail: detail(runId) };
    const done = history(
      ["TaskStateEntered", 0, enters("Normalise")],
      ["TaskStateExited", 1, exits("Normalise")],
      ["TaskStateEntered", 2, enters("ScreenFrames")],
    );
    const gate = { id: "gate", instanceType: "ml.m5.xlarge", sampleRate: 2 };
    const soFar = async (stored: object, execution: Partial<Execution>, scanned = true) => {
      const { body } = await ask({
        summary: async () => stored,
        execution: async () => ({ ...failed, status: "RUNNING", endedAt: undefined, ...execution }),
        history: async () => ({ events: done, next: undefined }),
        planned: { analysers: [gate], rekognition: false, labels: false, scanned },
      });
      const { soFarUsd, costUsd } = caseRun.parse(body);
      return [soFarUsd, costUsd];
    };
    // The start, the scan of 1 GB, the rendition, and 56 s of the gate's instance.
    expect(await soFar(running, {})).to.deep.equal([0.5461, null]);
    expect(await soFar(running, {}, false)).to.deep.equal([0.4561, null]);
    expect(await soFar(running, { status: "ABORTED", endedAt: at(9) })).to.deep.equal([0.5429, null]);
    expect(await soFar({ ...running, forecastDetail: detail("f".repeat(40)) }, {})).to.deep.equal([0.0961, null]);
    expect(await soFar({ ...running, status: "FAILED" }, {})).to.deep.equal([null, 9]);
  });

  it("tells case, execution and states together", async () => {
    const pages = [
      history(["TaskStateEntered", 0, enters("Admit")], ["TaskScheduled", 1]),
      history(["TaskStateExited", 2, exits("Admit")]).map((event) => ({ ...event, id: 3 })),
    ];
    const asked: (string | undefined)[] = [];
    const { status, body } = await ask({
      history: async (_run, next) => {
        asked.push(next);
        return { events: pages.shift() ?? [], next: next === undefined ? "2" : undefined };
      },
    });
    expect([status, asked]).to.deep.equal([200, [undefined, "2"]]);
    expect(caseRun.parse(body)).to.deep.equal({
      ...{ caseId, runId, status: "FAILED", execution: "FAILED", startedAt: iso(0), endedAt: iso(9), redriveCount: 1, isRedrivable: true, isAwaited: false },
      ...{ reasons: ["The analysis failed."], forecastUsd: 0.5, costUsd: 0.25, soFarUsd: null, report: null, isCut: false },
      states: [{ name: "Admit", status: "SUCCEEDED", enteredAt: iso(1), exitedAt: iso(1), attempts: 1, error: null }],
    });
  });

  it("tells whether another analysis is asked for: until that begins, or this one comes to its whole end", async () => {
    const awaited = async (stored: object) => caseRun.parse((await ask({ summary: async () => ({ ...summary, ...stored }) })).body).isAwaited;
    expect(await awaited({ requestedRunId: "b".repeat(40) })).to.equal(true);
    expect(await awaited({ requestedRunId: runId })).to.equal(false);
    expect(await awaited({ requestedRunId: "b".repeat(40), status: "COMPLETE" })).to.equal(false);
  });

  it("says where it stops reading a history that is too long", async () => {
    let pages = 0;
    const { body } = await ask({
      history: async () => {
        pages++;
        return { events: history(["TaskStateEntered", 0, enters("Endless")]), next: "more" };
      },
    });
    const run = caseRun.parse(body);
    expect([pages, run.isCut, run.states[0]?.status]).to.deep.equal([10, true, "RUNNING"]);
  });

  it("says what there is not", async () => {
    const reasons = async (more: Partial<Deps>, id?: string) => {
      const { status, body } = await ask(more, id);
      return [status, ...apiError.parse(body).reasons];
    };
    expect(await reasons({ summary: async () => undefined })).to.deep.equal([404, `There is no case ${caseId}.`]);
    expect(await reasons({ summary: async () => ({ ...summary, runId: undefined }) })).to.deep.equal([404, `Case ${caseId} has no run yet.`]);
    expect(await reasons({ execution: async () => undefined })).to.deep.equal([404, `Nothing is kept of the run of case ${caseId} any more.`]);
    expect((await reasons({}, "x"))[0]).to.equal(400);
  });
});
