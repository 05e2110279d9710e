import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import type { Analysis } from "../../../contracts/analysis.ts";
import { apiError, caseList } from "../../../contracts/api.ts";
import { findingItem } from "../../../contracts/case-table.ts";
import { caseRecord } from "../../../functions/aggregate/merge-timeline/case-record.ts";
import { createHandler } from "../../../functions/serve/list-cases/handler.ts";
import { caseTable } from "../../../functions/serve/list-cases/table.ts";
import { analysisOf } from "../support/analysis.ts";
import { count } from "../support/frames.ts";
import { realCaseTable } from "../support/real-table.ts";

type Event = Analysis["events"][number];

const idOf = (i: number) => `0b0c5ad6-55a5-4b5e-9c1c-${String(i).padStart(12, "0")}`;
const runOf = (i: number) => String(i).padStart(40, "0");
const places = { analysis: "s3://processed/analysis.json", timeline: "s3://processed/timeline.vtt" };
const event = (type: string, label: string, startFrame = 10, endFrame = 35): Event => ({
  ...{ id: `event-${startFrame}`, type, label, startFrame, endFrame },
  ...{ confidence: 0.8, producer: "x", review: "unreviewed" },
});
const phase = (label: string): Analysis["segments"][number] => ({
  ...{ id: "segment-1", level: "phase", label, startFrame: 0, endFrame: 50, confidence: 0.9, producer: "x", review: "unreviewed" },
});

describe("the search for cases", () => {
  let table: Awaited<ReturnType<typeof realCaseTable>>;
  beforeEach(async () => {
    table = await realCaseTable();
  });
  afterEach(() => table.close());

  const put = (Item: Record<string, unknown>) => table.client.send(new PutCommand({ TableName: table.name, Item }));
  /** Case `i`, as its run `run` claimed it: later ones are newer. */
  const claim = (i: number, run = i, more: Record<string, unknown> = {}) => {
    const now = new Date(Date.UTC(2026, 10, 21) + i * 60_000).toISOString();
    return put({
      caseId: idOf(i),
      item: "SUMMARY",
      list: "CASES",
      fileName: `${i}.mp4`,
      status: "RUNNING",
      runId: runOf(run),
      createdAt: now,
      updatedAt: now,
      ...more,
    });
  };
  const record = (i: number, found: Partial<Analysis>, run = i) =>
    caseRecord(table.client, table.name)(analysisOf({ ...found, caseId: idOf(i), runId: runOf(run) }), places);
  const ask = async (query: Record<string, string> = {}) => {
    const answer = await createHandler({ ...caseTable(table.client, table.name), link: async (uri) => `https://s3.example/${uri.slice(5)}` })({
      queryStringParameters: query,
    });
    return { status: answer.statusCode, body: JSON.parse(answer.body) };
  };
  const found = async (query: Record<string, string>) => {
    const { status, body } = await ask(query);
    expect(status, JSON.stringify(body)).to.equal(200);
    return caseList.parse(body).cases.map(({ fileName }) => Number.parseInt(fileName, 10));
  };
  const posters = async (query: Record<string, string>) => caseList.parse((await ask(query)).body).cases.map(({ poster }) => poster);
  const findings = async (i: number) => {
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: "caseId = :case AND begins_with(#item, :prefix)",
        ExpressionAttributeNames: { "#item": "item" },
        ExpressionAttributeValues: { ":case": idOf(i), ":prefix": "FINDING#" },
      }),
    );
    return Items.map((item) => findingItem.parse(item));
  };

  it("finds cases by procedure, event, instrument, phase and status, newest first, and by all of them together", async () => {
    const cholecystectomy = { procedure: "laparoscopic-cholecystectomy" };
    await claim(1, 1, cholecystectomy);
    await claim(2, 2, { procedure: "other" });
    await claim(3, 3, cholecystectomy);
    await claim(4);
    await record(1, { events: [event("instrument", "Hook"), event("bleeding", "bleeding")], segments: [phase("Clipping")] });
    await record(2, { events: [event("instrument", "hook"), event("smoke", "smoke"), event("structure", "liver")], status: "PARTIAL" });
    await record(3, { events: [event("instrument", "Hook")], segments: [phase("Clipping")] });
    expect(await found({})).to.deep.equal([4, 3, 2, 1]);
    expect(await found(cholecystectomy)).to.deep.equal([3, 1]);
    expect(await found({ status: "PARTIAL" })).to.deep.equal([2]);
    expect(await found({ status: "RUNNING" })).to.deep.equal([4]);
    expect(await found({ instrument: "HOOK" })).to.deep.equal([3, 2, 1]);
    expect(await found({ event: "bleeding" })).to.deep.equal([1]);
    expect(await found({ event: "structure" })).to.deep.equal([]);
    expect(await found({ phase: "Clipping", instrument: "hook" })).to.deep.equal([3, 1]);
    expect(await found({ phase: "Clipping", instrument: "hook", event: "bleeding", ...cholecystectomy, status: "COMPLETE" })).to.deep.equal([1]);
    expect(await found({ instrument: "hook", status: "PARTIAL" })).to.deep.equal([2]);
    expect(await found({ ...cholecystectomy, status: "RUNNING" })).to.deep.equal([]);
  });

  it("links to the picture of each case that is analysed, however it was found", async () => {
    await claim(1);
    await claim(2);
    await claim(3);
    await record(1, { events: [event("instrument", "hook")] });
    await record(2, { events: [event("instrument", "hook")], media: { ...analysisOf().media, poster: null } });
    const link = "https://s3.example/processed/results/poster.webp";
    expect(await posters({})).to.deep.equal([null, null, link]);
    expect(await posters({ instrument: "hook" })).to.deep.equal([null, link]);
  });

  it("finds cases by a service's general words, and takes none of them for a finding", async () => {
    const tag = (label: string, startFrame: number) => ({
      id: `tag-${startFrame}`,
      label,
      startFrame,
      endFrame: startFrame + 5,
      confidence: 0.9,
      producer: "r",
    });
    await claim(1);
    await claim(2);
    await record(1, { tags: [tag("Glove", 0), tag("Blood", 10), tag("glove", 20)] });
    await record(2, { events: [event("bleeding", "Blood")] });
    expect(await found({ tag: "GLOVE" })).to.deep.equal([1]);
    expect(await found({ tag: "blood" })).to.deep.equal([1]);
    expect(await found({ tag: "bleeding" })).to.deep.equal([]);
    expect(await found({ event: "glove" })).to.deep.equal([]);
    const [glove] = (await findings(1)).filter(({ finding }) => finding === "tag#glove");
    expect(glove).to.deep.include({ kind: "tag", count: 2, frameCount: 10 });
  });

  it("forgets what an earlier run found as soon as another has claimed the case, and for good when that one is done", async () => {
    await claim(1);
    await record(1, { events: [event("instrument", "hook"), event("smoke", "smoke")] });
    expect(await found({ event: "smoke" })).to.deep.equal([1]);
    await claim(1, 2);
    expect(await found({ event: "smoke" })).to.deep.equal([]);
    await record(1, { events: [event("instrument", "hook")] }, 2);
    expect(await found({ event: "smoke" })).to.deep.equal([]);
    expect(await found({ instrument: "hook" })).to.deep.equal([1]);
    expect((await findings(1)).map(({ item, runId }) => [item, runId])).to.deep.equal([["FINDING#instrument#hook", runOf(2)]]);
  });

  it("leaves a case to the newer run that has claimed it", async () => {
    await claim(1, 2);
    await record(1, { events: [event("smoke", "smoke")] }, 1);
    expect(await findings(1)).to.deep.equal([]);
    expect((await ask()).body.cases[0]).to.deep.include({ status: "RUNNING", runId: runOf(2) });
  });

  it("writes the same whether a run is recorded once or twice, and one item a label however many intervals there are", async () => {
    await claim(1);
    const events = [
      ...count(5000).map((i) => event("instrument", "hook", i * 3, i * 3 + 1 + (i % 50 === 7 ? 1 : 0))),
      ...count(60).map((i) => event(`type-${i}`, "x")),
    ];
    await record(1, { events });
    const once = await findings(1);
    expect(once).to.have.length(61);
    const hook = once.find(({ finding }) => finding === "instrument#hook");
    expect(hook).to.deep.include({ kind: "instrument", label: "hook", count: 5000, frameCount: 5100 });
    expect(hook?.longest.map(({ startFrame }) => startFrame)).to.deep.equal(count(20).map((i) => 3 * (50 * i + 7)));
    await record(1, { events });
    expect(await findings(1)).to.deep.equal(once);
  });

  it("turns pages, also where few of many are wanted", async () => {
    for (const i of count(130)) {
      await claim(i, i, { procedure: i % 60 === 0 ? "other" : "laparoscopic-appendectomy" });
      await record(i, { events: [event("smoke", "smoke")] });
    }
    const all = async (query: Record<string, string>) => {
      const pages: number[][] = [];
      let next: string | null = "";
      while (next !== null) {
        const { body } = await ask(next === "" ? query : { ...query, next });
        const page = caseList.parse(body);
        pages.push(page.cases.map(({ fileName }) => Number.parseInt(fileName, 10)));
        next = page.next;
      }
      return pages;
    };
    const newestFirst = count(130).reverse();
    expect(await all({ event: "smoke" })).to.deep.equal([newestFirst.slice(0, 50), newestFirst.slice(50, 100), newestFirst.slice(100)]);
    expect((await all({})).flat()).to.deep.equal(newestFirst);
    expect((await all({ event: "smoke", procedure: "other" })).flat()).to.deep.equal([120, 60, 0]);
    const { body } = await ask({ event: "smoke" });
    const other = await ask({ event: "bleeding", next: body.next });
    expect(apiError.parse(other.body).reasons).to.deep.equal(['The query parameter "next" isn\'t one that a page of this search gave.']);
  });

  it("refuses what it doesn't know, every mistake at once", async () => {
    const { status, body } = await ask({ status: "DONE", procedure: "surgery", instruments: "hook", phase: " " });
    expect(status).to.equal(400);
    expect(apiError.parse(body).reasons).to.have.length(4);
  });
});
