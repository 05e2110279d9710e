import { expect } from "chai";
import { problemOf } from "../../../contracts/api.ts";
import {
  analysisKey,
  checkedDraftKey,
  frameTableKey,
  measuresKey,
  reportDraftKey,
  reportEvidenceKey,
  reportKey,
  reportPageKey,
} from "../../../contracts/keys.ts";
import { checkedDraft, type ReportEvidence, reportEvidence, report as reportSchema, reportSizes } from "../../../contracts/report.ts";
import { createHandler as check } from "../../../functions/report/check-grounding/handler.ts";
import { createHandler as draftWith } from "../../../functions/report/draft-report/handler.ts";
import { createHandler as gather } from "../../../functions/report/gather-evidence/handler.ts";
import type { ModelAnswer } from "../../../functions/report/language-model/language-model.ts";
import { createHandler as publish } from "../../../functions/report/publish-report/handler.ts";
import { limitsOf } from "../../../functions/report/publish-report/limits.ts";
import { createHandler as write } from "../../../functions/report/write-template/handler.ts";
import { createHandler as getReport } from "../../../functions/serve/get-report/handler.ts";
import { checkReport } from "../../../local/report-check/check.ts";
import { failure } from "../../support/failure.ts";
import { caseId, digest, runId } from "../support/ids.ts";
import { drawnFrames, drawnOperation } from "../support/operation.ts";
import { documentsOf } from "../support/written-operation.ts";

const run = { caseId, runId };
const writtenAt = "2026-11-26T10:00:00.000Z";

/** The drawn operation, with all that a report needs; without measures if so wished. */
async function operation({ withMeasures = true } = {}) {
  const drawn = await drawnOperation();
  const { lake, analysis, measures } = drawn;
  await lake.putJson(analysisKey(caseId, runId), analysis);
  await lake.putJson(frameTableKey(caseId, runId), drawnFrames);
  if (withMeasures) await lake.putJson(measuresKey(caseId, runId), measures);
  else lake.objects.delete(measuresKey(caseId, runId));
  return drawn;
}

describe("functions/report", () => {
  for (const language of ["en", "zh-TW"] as const)
    it(`writes a report (${language}) whose every sentence the timeline bears`, async () => {
      const { lake, analysis } = await operation();
      await gather({ lake })(run);
      const { writer } = await write({ lake })({ ...run, language, draft: 1 });
      const checked = await check({ lake })({ ...run, language, draft: 1, writer });
      expect(checked.verdict).to.equal("GROUNDED");
      const published = await publish({ lake })({ ...run, language, draft: 1, writtenAt });
      const report = await lake.json(reportKey(caseId, runId, language), reportSchema);
      const sentences = report.sections.flatMap((section) => section.sentences);
      expect(published).to.deep.include({ sentenceCount: sentences.length, refusedCount: 0 });
      // By the other check, which has nothing of the one that let the sentences stand.
      const second = checkReport(Buffer.from(await lake.text(reportKey(caseId, runId, language))), await documentsOf(lake));
      expect([second.faults, second.sentences.flatMap(({ faults }) => faults)]).to.deep.equal([[], []]);
      const phases = analysis.segments.filter(({ level }) => level === "phase");
      expect(phases).to.have.length.above(0);
      for (const { id } of phases) expect(sentences.some(({ cites }) => cites.includes(id))).to.equal(true);
      expect(report.limits.slice(4)).to.deep.equal(
        {
          en: [
            "These measures could not be told: critical-view.",
            "The confidence of these networks is not calibrated: higher is surer, and no more. out-of-body, instrument-detector, structure-segmenter.",
          ],
          "zh-TW": [
            "下列指標無法得知：critical-view。",
            "下列網路的信心未經校準：數值較高只表示較有把握。out-of-body、instrument-detector、structure-segmenter。",
          ],
        }[language],
      );
    });

  it("says of itself what was not looked at, not told and left out", () => {
    const item = { kind: "coverage" as const, type: "coverage", span: null, unit: "share" as const, needsReview: false };
    const evidence: ReportEvidence = {
      ...{ schema: "report-evidence/1.0", caseId, runId, analysisSha256: digest, measuresSha256: null, syntheticOnly: false, leftOut: 7 },
      ...{ untold: ["smoke-share", "idle-time"], uncalibrated: [] },
      items: [
        { ...item, id: "coverage/view", label: "view", value: 0.9996 },
        { ...item, id: "coverage/phases", label: "phases", value: 0 },
        { ...item, id: "coverage/shots", label: "shots", value: 1 },
      ],
    };
    expect(limitsOf(evidence, "en").slice(3)).to.deep.equal([
      "The analysis is incomplete. What these would have found elsewhere is missing here: view (looked at 99.9% of the frames), phases (looked at 0% of the frames).",
      "The operation could not be measured: there are no measures here.",
      "These measures could not be told: Share of smoke, Idle time.",
      "7 findings or measures of the timeline, the shortest of each kind, are not in this report.",
    ]);
    expect(limitsOf(evidence, "zh-TW").slice(3)).to.deep.equal([
      "分析不完整。下列分析器在其餘畫面可能找到的內容不在本報告中：view（看了 99.9% 的畫面）、phases（看了 0% 的畫面）。",
      "本手術無法量測：報告中沒有任何指標。",
      "下列指標無法得知：煙霧比例、閒置時間。",
      "時間軸上有 7 項發現或指標（各類中最短者）未列入本報告。",
    ]);
    const { untold: _, uncalibrated: __, ...older } = { ...evidence, measuresSha256: digest, leftOut: 0, items: [] };
    expect(limitsOf(older, "en")).to.have.length(3);
  });

  it("works without measures, and says so in the report", async () => {
    const { lake } = await operation({ withMeasures: false });
    await gather({ lake })(run);
    const evidence = await lake.json(reportEvidenceKey(caseId, runId), reportEvidence);
    expect(evidence.measuresSha256).to.equal(null);
    expect(evidence.items.some(({ kind }) => kind === "measure")).to.equal(false);
    const { writer } = await write({ lake })({ ...run, language: "en", draft: 1 });
    await check({ lake })({ ...run, language: "en", draft: 1, writer });
    await publish({ lake })({ ...run, language: "en", draft: 1, writtenAt });
    expect((await lake.json(reportKey(caseId, runId, "en"), reportSchema)).limits).to.include(
      "The operation could not be measured: there are no measures here.",
    );
    expect(await lake.text(reportPageKey(caseId, runId, "en"))).to.match(/<td>phase: Preparation<\/td><td>0:00–0:02 \(\d+–\d+\), confidence 0\.90<\/td>/);
  });

  it("keeps the evidence short: phases before cuts, and tells how much was left out", async () => {
    const { lake, analysis } = await operation();
    const shots = Array.from({ length: 3000 }, (_, i) => ({
      ...{ id: `event-x${i}`, type: "instrument", label: `tool ${i}`, startFrame: i % 50, endFrame: (i % 50) + 1, confidence: null, producer: "view" },
      review: "unreviewed" as const,
    }));
    await lake.putJson(analysisKey(caseId, runId), { ...analysis, events: shots });
    await gather({ lake })(run);
    const evidence = await lake.json(reportEvidenceKey(caseId, runId), reportEvidence);
    expect(JSON.stringify(evidence.items).length).to.be.at.most(reportSizes.evidenceBytes);
    expect(evidence.leftOut).to.be.above(2000);
    for (const { id } of analysis.segments.filter(({ level }) => level === "phase")) expect(evidence.items.map((item) => item.id)).to.include(id);
  });

  it("publishes what stands of a draft, with what was refused on record, and nothing where nothing stands", async () => {
    const { lake, analysis } = await operation();
    await gather({ lake })(run);
    const writer = { kind: "language-model", id: "a-model", version: "1", drafts: 1 };
    const phase = analysis.segments.find(({ level }) => level === "phase");
    const draftOf = (...sentences: object[]) => lake.putJson(reportDraftKey(caseId, runId, "en", 1), { sections: [{ id: "course", sentences }] });
    await draftOf({ text: `${phase?.label} ran.`, cites: [phase?.id] }, { text: "It took 9999 seconds.", cites: [phase?.id] });
    const step = { ...run, language: "en", draft: 1 };
    expect(await check({ lake })({ ...step, writer })).to.deep.equal({ verdict: "REFUSED", sentenceCount: 1, refusedCount: 1 });
    await publish({ lake })({ ...step, writtenAt });
    expect((await lake.json(reportKey(caseId, runId, "en"), reportSchema)).refused).to.deep.equal([
      { text: "It took 9999 seconds.", cites: [phase?.id], reasons: ['"9999" (seconds) is no value of what it cites.'] },
    ]);
    await draftOf({ text: "It took 9999 seconds.", cites: [phase?.id] });
    await check({ lake })({ ...step, writer });
    expect((await lake.json(checkedDraftKey(caseId, runId, "en", 1), checkedDraft)).draft.sections[0]?.sentences).to.deep.equal([]);
    const error = await failure(publish({ lake })({ ...step, writtenAt }));
    expect([error.name, error.message]).to.deep.equal(["BrokenContract", "No sentence of the report stood the check: there is nothing to publish."]);
  });

  it("keeps of a model's answer what can be read, refuses the rest with the reason, and reminds the model of it", async () => {
    const { lake, analysis } = await operation();
    await gather({ lake })(run);
    const phase = analysis.segments.find(({ level }) => level === "phase");
    const asked: string[] = [];
    const step = { ...run, language: "en" };
    const guardrail = { id: "g1", version: "1" };
    const id = "amazon.nova-pro-v1:0";
    const draft = async (number: number, text: string, ended: ModelAnswer["ended"] = "COMPLETE") => {
      const { outcome, writer } = await draftWith({
        lake,
        mostPictures: 0,
        model: {
          ...{ modelId: id, guardrail },
          ask: async ({ parts }) => {
            asked.push(JSON.stringify(parts));
            return { ended, text, tokens: { input: 7000, output: 3000 }, textUnits: 4 };
          },
        },
      })({ ...step, draft: number });
      const { verdict } = await check({ lake })({ ...step, draft: number, writer });
      return [outcome, verdict];
    };
    const answer = (text: string, cites: unknown[]) => JSON.stringify({ sections: [{ id: "course", sentences: [{ text, cites }] }] });
    expect(await draft(1, "Here is your report.")).to.deep.equal(["UNREADABLE", "REFUSED"]);
    expect(await draft(2, answer("x".repeat(1001), [phase?.id]))).to.deep.equal(["UNREADABLE", "REFUSED"]);
    expect(await draft(3, answer(`${phase?.label} took 9999 seconds carelessly.`, [phase?.id]))).to.deep.equal(["DRAFTED", "REFUSED"]);
    expect(await draft(4, answer("It ran.", ["segment-999"]))).to.deep.equal(["DRAFTED", "REFUSED"]);
    expect(await draft(5, "{", "CUT_OFF")).to.deep.equal(["UNREADABLE", "REFUSED"]);
    expect(await draft(6, "held back", "INTERVENED")).to.deep.equal(["INTERVENED", "REFUSED"]);
    expect(await draft(7, `\`\`\`json\n${answer(`${phase?.label} ran.`, [phase?.id])}\n\`\`\``)).to.deep.equal(["DRAFTED", "GROUNDED"]);
    expect(asked[0]).not.to.include("refused>");
    // By number and citation, without the words: the guardrail would hold those back.
    expect(asked[3])
      .to.match(/cites[\\":[]+segment-\d/)
      .and.to.match(/9999[\\"]+ \(seconds\) is no value of what it cites/);
    expect(asked[3]).not.to.include("carelessly");
    for (const request of asked) expect(request).not.to.include(caseId).and.not.to.include(runId);
    // Checked again, as after a redrive, a draft is counted once; and the template's own adds nothing.
    const seventh = await lake.json(checkedDraftKey(caseId, runId, "en", 7), checkedDraft);
    await check({ lake })({ ...step, draft: 7, writer: seventh.writer });
    const published = await publish({ lake })({ ...step, draft: 7, writtenAt });
    const report = await lake.json(reportKey(caseId, runId, "en"), reportSchema);
    const tokens = { input: 7000, output: 3000 };
    expect(report.writer).to.deep.equal({ kind: "language-model", id, version: "1.2.0", drafts: 7, guardrail, tokens, textUnits: 4 });
    // Of all seven drafts, not of the last one.
    expect(report.cost).to.deep.equal({
      estimateUsd: 0.1134,
      breakdown: [
        { item: `Bedrock: report by ${id}`, usd: 0.1064 },
        { item: "Bedrock: guardrail of the report", usd: 0.007 },
      ],
      pricesAsOf: "2026-11-28",
    });
    expect(published).to.deep.include({ costUsd: 0.1134, isPriced: true });
    expect(report.refused.map(({ text }) => text)).to.deep.equal(["", "", `${phase?.label} took 9999 seconds carelessly.`, "It ran.", "", ""]);
  });

  it("makes a page that runs and fetches nothing, in which labels stay text", async () => {
    const { lake } = await operation();
    await gather({ lake })(run);
    const { writer } = await write({ lake })({ ...run, language: "en", draft: 1 });
    await check({ lake })({ ...run, language: "en", draft: 1, writer });
    await publish({ lake })({ ...run, language: "en", draft: 1, writtenAt });
    const page = await lake.text(reportPageKey(caseId, runId, "en"));
    expect(page).to.include("default-src 'none'").and.to.include("@page{");
    expect(page).not.to.match(/<script|<img|<link|https?:|url\(/);
    expect(page).not.to.include("<soon>");
    expect(page).to.include("&lt;soon&gt;");
    const anchors = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id as string);
    expect(anchors).to.have.length.above(5);
    for (const anchor of anchors) expect(page).to.include(`<tr id="${anchor}"`);
  });

  it("answers with a report in the language asked for, or says why not", async () => {
    const { lake } = await operation();
    await gather({ lake })(run);
    const summary = { caseId, runId, status: "COMPLETE", createdAt: writtenAt, updatedAt: writtenAt, fileName: "unnamed", reasons: [] };
    const ask = (language: string, id = caseId) =>
      getReport({
        lake,
        summary: async (wanted) => (wanted === caseId ? summary : undefined),
        log: { newest: async () => 2 },
        signOffs: { all: async () => [] },
        link: async (key) => `https://lake/${key}`,
        keepView: async () => undefined,
      })({
        pathParameters: { caseId: id },
        queryStringParameters: { language },
      });
    expect(await ask("en")).to.include({ statusCode: 404, body: JSON.stringify(problemOf(404, ["The case has no report yet."])) });
    expect(await ask("en", "5d9b1f0e-3c0f-4a57-8d4c-0a4de3c1b2a3")).to.include({ statusCode: 404 });
    expect(await ask("fr", "x")).to.include({
      statusCode: 400,
      body: JSON.stringify(problemOf(400, ["The case's identifier isn't a UUID.", "The language must be en or zh-TW."])),
    });
    const { writer } = await write({ lake })({ ...run, language: "en", draft: 1 });
    await check({ lake })({ ...run, language: "en", draft: 1, writer });
    await publish({ lake })({ ...run, language: "en", draft: 1, writtenAt });
    const answer = await ask("en");
    expect(answer.statusCode).to.equal(200);
    expect(JSON.parse(answer.body)).to.deep.include({
      ...{ page: `https://lake/${reportPageKey(caseId, runId, "en")}`, correctionsVersion: 2, signOffs: [] },
    });
  });
});
