import { GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import type { Producer } from "../../../contracts/analyser-result.ts";
import { apiError } from "../../../contracts/api.ts";
import { doubtsByOrder } from "../../../contracts/case-table.ts";
import { type DoubtItem, doubtItem, doubtsInFrames, doubtsOf, mostDoubts, reviewQueue as reviewQueueSchema, waiting } from "../../../contracts/review-queue.ts";
import { caseRecord } from "../../../functions/aggregate/merge-timeline/case-record.ts";
import { createHandler, type Place } from "../../../functions/serve/list-doubts/handler.ts";
import { reviewQueue } from "../../../functions/serve/review-queue.ts";
import { analysisOf } from "../support/analysis.ts";
import { caseId, digest, runId } from "../support/ids.ts";
import { realCaseTable } from "../support/real-table.ts";

const producer = (id: string, calibrated: boolean): Producer => ({
  ...{ id, kind: "model", name: id, version: "1.0.0", digest, dataset: "d", threshold: 0.5, syntheticOnly: true },
  calibration: calibrated ? { method: "temperature", expectedError: 0.02 } : null,
});
const event = (id: string, from: string, confidence: number | null, review: "unreviewed" | "needs-review" = "unreviewed") => ({
  ...{ id, type: "instrument", label: "grasper", startFrame: 10, endFrame: 20, confidence, producer: from, review },
});
const phase = (id: string, level: "phase" | "shot", confidence: number) => ({
  ...{ id, level, label: "Dissection", startFrame: 0, endFrame: 90, confidence, producer: "sure", review: "unreviewed" as const },
});
const analysis = analysisOf({
  producers: [producer("sure", true), producer("loud", false)],
  segments: [phase("segment-1", "phase", 0.6), phase("segment-2", "shot", 0.1)],
  events: [event("event-1", "sure", 0.9), event("event-2", "loud", 0.1), event("event-3", "loud", 0.2, "needs-review"), event("event-4", "sure", 0.3)],
});
const summary = {
  ...{ caseId, item: "SUMMARY", fileName: "膽囊.mp4", status: "COMPLETE", runId },
  ...{ createdAt: "2026-11-21T08:00:00.000Z", updatedAt: "2026-11-21T08:10:00.000Z", reasons: [] },
};

describe("doubts of an analysis", () => {
  it("are what it asks to be looked at, then what calibrated networks are least sure of; no shots", () => {
    expect(doubtsOf(analysis).map(({ id, confidence, isAskedFor }) => [id, confidence, isAskedFor])).to.deep.equal([
      ["event-3", null, true],
      ["event-4", 0.3, false],
      ["segment-1", 0.6, false],
      ["event-1", 0.9, false],
    ]);
    for (const item of doubtsOf(analysis)) expect(doubtItem.parse(item)).to.deep.equal(item);
  });

  it("are twenty at most, the least sure", () => {
    const events = Array.from({ length: 30 }, (_, i) => event(`event-${i}`, "sure", (30 - i) / 100));
    const found = doubtsOf({ ...analysis, segments: [], events });
    expect([found.length, found[0]?.id, found.at(-1)?.id]).to.deep.equal([mostDoubts, "event-29", "event-10"]);
  });
});

describe("doubts in frames", () => {
  it("are the least sure, five a network at most, all of them asked for; how sure is told of calibrated networks only", () => {
    const frames = [0.9, 0.4, 0.8, 0.5, 0.7, 0.6].map((score, i) => ({ startFrame: 10 * i, endFrame: 10 * i + 5, label: "Hook", score }));
    const found = doubtsInFrames(analysis, "sure", "boxes", frames);
    expect(found.map(({ startFrame, confidence }) => [startFrame, confidence])).to.deep.equal([
      [10, 0.4],
      [30, 0.5],
      [50, 0.6],
      [40, 0.7],
      [20, 0.8],
    ]);
    expect(found[0]).to.deep.equal({
      ...{ caseId, runId, item: "REVIEW#boxes#sure-10", kind: "boxes", id: "sure-10", type: "sure", label: "Hook", startFrame: 10, endFrame: 15 },
      ...{ confidence: 0.4, isAskedFor: true, queue: "WAITING", doubtOrder: `0 0.400000 ${caseId} boxes sure-10` },
    });
    for (const item of found) expect(doubtItem.parse(item)).to.deep.equal(item);
    expect(doubtsInFrames(analysis, "loud", "outlines", frames)[0]).to.deep.include({ id: "loud-10", confidence: null });
    expect(doubtsInFrames(analysis, "sure", "boxes", [])).to.deep.equal([]);
  });
});

describe("GET /review-queue", () => {
  const items = doubtsOf(analysis);
  const ask = async (stored: object[] = [summary], next?: string, page = { items: items as unknown[], last: undefined as Place | undefined }) => {
    const asked: unknown[] = [];
    const handler = createHandler({
      page: async (after) => {
        asked.push(after);
        return page;
      },
      summaries: async () => stored as { caseId: string }[],
    });
    const { statusCode, body } = await handler({ ...(next !== undefined && { queryStringParameters: { next } }) });
    return { statusCode, body: JSON.parse(body), asked };
  };

  it("tells what to look at, in which case, and where", async () => {
    const { doubts, next } = reviewQueueSchema.parse((await ask()).body);
    expect(next).to.equal(null);
    expect(doubts.map(({ id }) => id)).to.deep.equal(["event-3", "event-4", "segment-1", "event-1"]);
    expect(doubts[2]).to.deep.equal({
      ...{ caseId, runId, kind: "segment", id: "segment-1", type: "phase", label: "Dissection", startFrame: 0, endFrame: 90 },
      ...{ confidence: 0.6, isAskedFor: false, fileName: "膽囊.mp4" },
    });
  });

  it("goes on where a page ended", async () => {
    const last = { caseId, item: "REVIEW#event#event-1", queue: waiting as typeof waiting, doubtOrder: "1 x" };
    const { next } = (await ask([summary], undefined, { items: [], last })).body;
    expect((await ask([summary], next)).asked).to.deep.equal([last]);
    const refused = await ask([summary], "bm9uZQ");
    expect([refused.statusCode, apiError.parse(refused.body).reasons, refused.asked]).to.deep.equal([
      400,
      ['The query parameter "next" isn\'t one that a page of the queue gave.'],
      [],
    ]);
  });

  it("leaves out what an earlier run doubted, and cases that are gone or on their way", async () => {
    const gone = { caseId, item: "SUMMARY", status: "DELETED", deletedAt: "2026-11-21T08:00:00.000Z" };
    for (const stored of [[], [{ ...summary, runId: "f".repeat(40) }], [{ ...summary, status: "DELETING" }], [{ ...summary, status: "RUNNING" }], [gone]])
      expect((await ask(stored)).body).to.deep.equal({ doubts: [], next: null });
  });
});

describe("the review queue in the case table", () => {
  let table: Awaited<ReturnType<typeof realCaseTable>>;
  beforeEach(async () => {
    table = await realCaseTable();
    await table.client.send(new PutCommand({ TableName: table.name, Item: { ...summary, status: "RUNNING" } }));
    await record(analysis);
  });
  afterEach(() => table.close());
  const record = (found: typeof analysis) => caseRecord(table.client, table.name)(found, { analysis: "s3://p/a", timeline: "s3://p/t" });
  const queued = async () => {
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: doubtsByOrder,
        KeyConditionExpression: "#queue = :waiting",
        ExpressionAttributeNames: { "#queue": "queue" },
        ExpressionAttributeValues: { ":waiting": waiting },
      }),
    );
    return (Items as DoubtItem[]).map(({ id }) => id);
  };

  it("is filled when an analysis is recorded, in its order, and what an earlier run doubted goes", async () => {
    expect(await queued()).to.deep.equal(["event-3", "event-4", "segment-1", "event-1"]);
    await record({ ...analysis, events: [event("event-1", "sure", 0.5)], segments: [] });
    expect(await queued()).to.deep.equal(["event-1"]);
  });

  it("loses what is settled, and has it again when it is open again", async () => {
    const queue = reviewQueue(table.client, table.name);
    const doubt = { caseId, runId, kind: "event" as const, id: "event-4" };
    await queue.settle(doubt, true);
    await queue.settle(doubt, true);
    expect(await queued()).to.deep.equal(["event-3", "segment-1", "event-1"]);
    await queue.settle(doubt, false);
    expect(await queued()).to.deep.equal(["event-3", "event-4", "segment-1", "event-1"]);
  });

  it("tells which frames of a run people were asked about, settled or not", async () => {
    const queue = reviewQueue(table.client, table.name);
    const frames = [
      { startFrame: 50, endFrame: 55, label: "Hook", score: 0.9 },
      { startFrame: 10, endFrame: 15, label: "Hook", score: 0.5 },
    ];
    const asked = [...doubtsInFrames(analysis, "sure", "boxes", frames), ...doubtsInFrames(analysis, "loud", "outlines", frames.slice(1))];
    for (const Item of asked) await table.client.send(new PutCommand({ TableName: table.name, Item }));
    await queue.settle({ caseId, runId, kind: "boxes", id: "sure-10" }, true);
    const told = [
      { kind: "boxes", id: "sure-10", startFrame: 10, endFrame: 15 },
      { kind: "boxes", id: "sure-50", startFrame: 50, endFrame: 55 },
      { kind: "outlines", id: "loud-10", startFrame: 10, endFrame: 15 },
    ];
    expect(await queue.frames(caseId, runId)).to.deep.equal(told);
    expect(await queue.frames(caseId, "f".repeat(40))).to.deep.equal([]);
    // What is asked for comes first: of networks that say how sure they are, the least sure.
    expect((await queued()).slice(0, 3)).to.deep.equal(["event-3", "loud-10", "sure-50"]);
  });

  it("is not touched by what was never in it, nor by an earlier run", async () => {
    const queue = reviewQueue(table.client, table.name);
    await queue.settle({ caseId, runId, kind: "event", id: "event-2" }, false);
    await queue.settle({ caseId, runId: "f".repeat(40), kind: "event", id: "event-4" }, true);
    expect(await queued()).to.deep.equal(["event-3", "event-4", "segment-1", "event-1"]);
    const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: { caseId, item: "REVIEW#event#event-2" } }));
    expect(Item).to.equal(undefined);
  });
});
