import { expect } from "chai";
import type { Analysis } from "../../../contracts/analysis.ts";
import { apiError, caseDetail, caseList, problemOf } from "../../../contracts/api.ts";
import { analysisKey } from "../../../contracts/keys.ts";
import { createHandler as createGetCase } from "../../../functions/serve/get-case/handler.ts";
import { createHandler as createListCases, type Place } from "../../../functions/serve/list-cases/handler.ts";
import { analysisOf } from "../support/analysis.ts";
import { caseId, digest, runId } from "../support/ids.ts";
import { memoryLake } from "../support/memory-lake.ts";

const item = (change: object = {}) => ({
  ...{
    caseId,
    item: "SUMMARY",
    list: "CASES",
    fileName: "膽囊.mp4",
    status: "COMPLETE",
    createdAt: "2026-11-21T08:00:00.000Z",
    updatedAt: "2026-11-21T08:10:00.000Z",
  },
  ...{ runId, reasons: [], executionArn: "arn:x" },
  ...change,
});
const { item: _, list: __, executionArn: ___, ...told } = item();
/** Nobody said which procedure it was. */
const summary = { ...told, procedure: null, severity: null, forecastUsd: null, costUsd: null, report: null, retentionClass: "clinical" };

const link = async (uri: string) => `https://s3.example/${uri.slice(5)}?signed`;

describe("GET /cases", () => {
  const asked: (Place | undefined)[] = [];
  const last: Place = { caseId, item: "SUMMARY", list: "CASES", createdAt: "2026-11-21T08:00:00.000Z" };
  const handler = createListCases({
    page: async (listing, limit, after) => {
      expect([listing, limit]).to.deep.equal([{ by: "list", value: "CASES" }, 25]);
      asked.push(after);
      if (after) return { items: [], last: undefined };
      const posterUri = "s3://processed/results/poster.webp";
      const page = [item({ posterUri }), item({ status: "UPLOADING", runId: undefined, reasons: undefined }), item({ status: "RUNNING", posterUri })];
      return { items: [...page, item({ item: "UPLOAD#1" }), ...new Array(47).fill(item())], last };
    },
    items: async () => expect.fail("Nothing is to be looked up."),
    link,
  });

  it("lists summaries without what is the table's own, and turns pages", async () => {
    const first = await handler({});
    expect(first).to.deep.include({ statusCode: 200, headers: { "content-type": "application/json", "cache-control": "no-store" } });
    const { cases, next } = caseList.parse(JSON.parse(first.body));
    expect(cases).to.have.length(50);
    expect(cases.slice(0, 4)).to.deep.equal([
      { ...summary, poster: "https://s3.example/processed/results/poster.webp?signed" },
      { ...summary, status: "UPLOADING", runId: null, reasons: [], poster: null },
      // Of an earlier run.
      { ...summary, status: "RUNNING", poster: null },
      { ...summary, poster: null },
    ]);
    expect(next).to.be.a("string");
    const second = await handler({ queryStringParameters: { next } });
    expect(JSON.parse(second.body)).to.deep.equal({ cases: [], next: null });
    expect(asked).to.deep.equal([undefined, last]);
  });

  for (const next of [
    "",
    "x",
    Buffer.from('{"caseId":"1"}').toString("base64url"),
    Buffer.from(JSON.stringify({ ...last, item: "RUN#1" })).toString("base64url"),
  ]) {
    it(`refuses the token "${next}"`, async () => {
      const answer = await handler({ queryStringParameters: { next } });
      expect(answer.statusCode).to.equal(400);
      expect(apiError.parse(JSON.parse(answer.body))).to.deep.equal(problemOf(400, ['The query parameter "next" isn\'t one that a page of this search gave.']));
    });
  }
});

describe("GET /cases/{caseId}", () => {
  let views: [string, string][] = [];
  beforeEach(() => {
    views = [];
  });
  const ask = async (stored: unknown, id = caseId, found: Partial<Analysis> = {}) => {
    const lake = memoryLake();
    const analysis = analysisOf(found);
    await lake.putJson(analysisKey(caseId, runId), analysis);
    const sheets = ["sheet-00000.webp", "sheet-00001.webp"];
    await lake.putJson("results/sprites.json", {
      schema: "sprites/1.0",
      columns: 2,
      rows: 1,
      tileWidth: 16,
      tileHeight: 9,
      frameStep: 25,
      tileCount: 4,
      sheets,
    });
    const handler = createGetCase({ answersQuestions: false, lake, summary: async () => stored, link, keepView: async (_, ...seen) => void views.push(seen) });
    const answer = await handler({ pathParameters: { caseId: id } });
    return { answer, body: JSON.parse(answer.body) };
  };

  it("gives the analysis and a link to everything it names", async () => {
    const { answer, body } = await ask(item());
    expect(answer.statusCode).to.equal(200);
    const detail = caseDetail.parse(body);
    expect(detail.case).to.deep.equal(summary);
    expect(views).to.deep.equal([[caseId, "case"]]);
    expect(detail.analysis).to.deep.equal(analysisOf());
    const signed = (key: string) => `https://s3.example/processed/${key}?signed`;
    expect(detail.links).to.deep.equal({
      review: `/media/${caseId}/${runId}/review/review.mp4`,
      frameTable: signed("frame-table.json"),
      timeline: signed(`processed-metadata/${caseId}/${runId}/timeline.vtt`),
      sprites: { index: signed("results/sprites.json"), sheets: [signed("results/sheet-00000.webp"), signed("results/sheet-00001.webp")] },
      poster: signed("results/poster.webp"),
      detections: { "instrument-detector": [signed("chunk-0.json.gz"), signed("chunk-1.json.gz")] },
      ...{ masks: {}, scores: {}, tracks: null },
    });
  });

  it("links to no poster of an analysis that has none, or is older", async () => {
    for (const poster of [null, undefined]) {
      const { body } = await ask(item(), caseId, { media: { ...analysisOf().media, poster } });
      expect(caseDetail.parse(body).links.poster).to.equal(null);
    }
  });

  it("links to masks, probabilities and tracks", async () => {
    const chunk = { uri: "s3://processed/masks-0.json.gz", startFrame: 0, endFrame: 100, sha256: digest };
    const { body } = await ask(item(), caseId, {
      masks: [{ producer: "organs", labels: ["liver"], frameCount: 1, maskCount: 1, chunks: [chunk] }],
      scores: [{ producer: "phases", subject: "phase", labels: ["a"], frameCount: 1, uri: "s3://processed/phases.json.gz", sha256: digest }],
      tracks: { uri: "s3://processed/tracks.json.gz", trackCount: 1, sha256: digest },
    });
    const { masks, scores, tracks } = caseDetail.parse(body).links;
    const signed = (key: string) => `https://s3.example/processed/${key}?signed`;
    expect([masks, scores, tracks]).to.deep.equal([{ organs: [signed("masks-0.json.gz")] }, { phases: signed("phases.json.gz") }, signed("tracks.json.gz")]);
  });

  it("gives reasons and no links for a case that wasn't analysed", async () => {
    for (const status of ["UPLOADING", "RUNNING", "REJECTED", "QUARANTINED", "FAILED"]) {
      const { body } = await ask(item({ status, reasons: ["Because."] }));
      const { case: found, analysis, links } = caseDetail.parse(body);
      expect(found).to.deep.include({ status, reasons: ["Because."] });
      expect([analysis, links.review, links.frameTable, links.timeline, links.sprites, links.detections, links.tracks]).to.deep.equal([
        null,
        null,
        null,
        null,
        null,
        {},
        null,
      ]);
    }
  });

  it("answers 404 for no case and 400 for no identifier", async () => {
    expect(await ask(undefined)).to.deep.include({ body: problemOf(404, ["There is no such case."]) });
    expect((await ask(undefined)).answer.statusCode).to.equal(404);
    expect(views).to.deep.equal([]);
    const { answer, body } = await ask(item(), "../etc");
    expect([answer.statusCode, body]).to.deep.equal([400, problemOf(400, ["The case's identifier isn't a UUID."])]);
  });

  it("keeps the cause of a failure to itself", async () => {
    const { answer, body } = await ask(item({ status: "WHAT" }));
    expect(answer.statusCode).to.equal(500);
    expect(body).to.deep.equal(problemOf(500, ["The platform failed to answer; it isn't your request. Try again."]));
  });
});
