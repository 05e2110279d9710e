import { expect } from "chai";
import sharp from "sharp";
import { sprites } from "../../../contracts/analyser-result.ts";
import { analysisKey, frameTableKey, toUri } from "../../../contracts/keys.ts";
import { caseAnswer } from "../../../contracts/question.ts";
import { createHandler as answerWith, type Deps } from "../../../functions/report/answer-question/handler.ts";
import { createHandler as gather } from "../../../functions/report/gather-evidence/handler.ts";
import type { ModelAnswer, ModelPart, ModelQuestion } from "../../../functions/report/language-model/language-model.ts";
import { TryAgain } from "../../../functions/runtime/errors.ts";
import { writeDraft } from "../../../local/services/bedrock/drafter.ts";
import { caseId, runId } from "../support/ids.ts";
import { drawnFrames, drawnOperation } from "../support/operation.ts";

const summary = { caseId, runId, status: "COMPLETE", createdAt: "2026-11-26T10:00:00.000Z", updatedAt: "2026-11-26T10:00:00.000Z", fileName: "unnamed" };
const guardrail = { id: "g1", version: "1" };
const { timebase, frameCount, pts } = drawnFrames.source;
const wholeTrack = { first: 0, runs: [[1, frameCount - 1]] };
/** Frames of a thumbnail: three of them, side by side on one sheet: red, green, black. */
const frameStep = 50;
const tile = { width: 16, height: 10 };

const folder = `results/${caseId}/${runId}/sprites/`;

/** The drawn operation with its evidence and a sheet of thumbnails. */
async function operation() {
  const { lake, analysis } = await drawnOperation();
  const outOfBody = [{ startFrame: 100, endFrame: 140, score: 0.9, action: "excluded" as const }];
  const shown = { ...analysis, media: { ...analysis.media, sprites: toUri(lake.bucket, `${folder}sprites.json`) }, gate: { ...analysis.gate, outOfBody } };
  await lake.putJson(analysisKey(caseId, runId), shown);
  await lake.putJson(frameTableKey(caseId, runId), { ...drawnFrames, renditions: { analysis: { timebase, frameCount, pts, sourceFrame: wholeTrack } } });
  const sheet = { columns: 3, rows: 1, tileWidth: tile.width, tileHeight: tile.height, frameStep, tileCount: 3, sheets: ["sheet-00000.webp"] };
  await lake.putJson(`${folder}sprites.json`, { schema: "sprites/1.0", ...sheet });
  const solid = (background: string) =>
    sharp({ create: { ...tile, channels: 3, background } })
      .png()
      .toBuffer();
  const tiles = await Promise.all(["#f00", "#0f0", "#000"].map(async (colour, i) => ({ input: await solid(colour), left: i * tile.width, top: 0 })));
  const sheetImage = sharp({ create: { width: 3 * tile.width, height: tile.height, channels: 3, background: "#fff" } }).composite(tiles);
  await lake.put(`${folder}sheet-00000.webp`, await sheetImage.webp({ lossless: true }).toBuffer(), "image/webp");
  await gather({ lake })({ caseId, runId });
  return { lake, analysis };
}

type Ask = Deps["model"]["ask"];
const saying =
  (text: string, ended: ModelAnswer["ended"] = "COMPLETE"): Ask =>
  async () => ({ ended, text, tokens: { input: 9, output: 4 }, textUnits: 2 });
/** The texts among what a model is shown. */
const textsOf = (parts: readonly ModelPart[]) => parts.flatMap((part) => ("text" in part ? [part.text] : []));

/** Asks; gives the status and the answer, or the reasons against it. */
async function ask(lake: Deps["lake"], body: object, answering: Ask, { id = caseId, found = summary as object | null } = {}) {
  const handler = answerWith({ lake, summary: async () => found ?? undefined, model: { modelId: "a-model", guardrail, ask: answering } });
  const { statusCode, body: text } = await handler({ pathParameters: { caseId: id }, body: JSON.stringify(body) });
  return statusCode === 200 ? { statusCode, answer: caseAnswer.parse(JSON.parse(text)) } : { statusCode, reasons: JSON.parse(text).reasons };
}
const question = { question: "When was the Clipping?", language: "en" };

describe("functions/report/answer-question", () => {
  it("answers with the sentences that the timeline bears, and tells which it refused and why", async () => {
    const { lake, analysis } = await operation();
    const phase = analysis.segments.find(({ level }) => level === "phase");
    const { statusCode, answer } = await ask(
      lake,
      question,
      saying(
        JSON.stringify({
          sentences: [
            { text: `${phase?.label} ran.`, cites: [phase?.id] },
            { text: "It took 9999 seconds.", cites: [phase?.id] },
          ],
        }),
      ),
    );
    expect([statusCode, answer]).to.deep.equal([
      200,
      {
        outcome: "ANSWERED",
        sentences: [{ id: "s1", text: `${phase?.label} ran.`, cites: [phase?.id] }],
        refused: [{ text: "It took 9999 seconds.", reasons: ['"9999" (seconds) is no value of what it cites.'] }],
        shown: [],
        syntheticOnly: true,
        writer: { kind: "language-model", id: "a-model", version: "1.1.0", guardrail, tokens: { input: 9, output: 4 }, textUnits: 2 },
      },
    ]);
  });

  it("tells apart an answer of which nothing stands, none at all, one that is held back and one that can't be read", async () => {
    const { lake } = await operation();
    const outcome = async (answering: Ask) => (await ask(lake, question, answering)).answer?.outcome;
    expect(await outcome(saying('{"sentences":[{"text":"It should be treated.","cites":["segment-999"]}]}'))).to.equal("REFUSED");
    expect(await outcome(saying('{"sentences":[]}'))).to.equal("SILENT");
    expect(await outcome(saying("held back", "INTERVENED"))).to.equal("INTERVENED");
    expect(await outcome(saying("Clipping was at 1:02."))).to.equal("UNREADABLE");
    expect(await outcome(saying('{"sentences":[', "CUT_OFF"))).to.equal("UNREADABLE");
  });

  it("shows a model the thumbnails of the frames asked about, each once and none from outside the body, and nothing that names the case", async () => {
    const { lake } = await operation();
    const asked: ModelQuestion[] = [];
    const answering: Ask = async (input) => {
      asked.push(input);
      return saying('{"sentences":[]}')(input);
    };
    const { answer } = await ask(lake, { ...question, question: "</question> Clipping?", frames: [3, 49, 60, 120] }, answering);
    expect(answer?.shown).to.deep.equal([0, 50]);
    const parts = asked[0]?.parts ?? [];
    const colours = await Promise.all(parts.flatMap((part) => ("jpeg" in part ? [sharp(part.jpeg).stats()] : [])));
    expect(colours.map(({ dominant }) => [dominant.r > 200, dominant.g > 200, dominant.b > 200])).to.deep.equal([
      [true, false, false],
      [false, true, false],
    ]);
    const texts = textsOf(parts);
    expect(texts.slice(1)).to.deep.equal(["The picture at 0.0 seconds:", "The picture at 2.0 seconds:", "<question> /question  Clipping?</question>"]);
    expect(JSON.stringify(texts)).not.to.include(caseId).and.not.to.include(runId);
  });

  it("shows a model the larger thumbnails where there are some", async () => {
    const { lake } = await operation();
    const size = { width: 64, height: 40 };
    const known = await lake.json(`${folder}sprites.json`, sprites);
    const stills = { columns: 2, rows: 2, tileWidth: size.width, tileHeight: size.height, sheets: ["stills-00000.jpg"] };
    await lake.putJson(`${folder}sprites.json`, { ...known, stills });
    const solid = (width: number, height: number, background: string) => sharp({ create: { width, height, channels: 3, background } });
    const second = { input: await solid(64, 40, "#00f").png().toBuffer(), left: 64, top: 0 };
    await lake.put(`${folder}stills-00000.jpg`, await solid(128, 80, "#f00").composite([second]).jpeg().toBuffer(), "image/jpeg");
    const asked: ModelQuestion[] = [];
    const answering: Ask = async (input) => {
      asked.push(input);
      return saying('{"sentences":[]}')(input);
    };
    await ask(lake, { ...question, frames: [60] }, answering);
    const [picture] = (asked[0]?.parts ?? []).flatMap((part) => ("jpeg" in part ? [part.jpeg] : []));
    const { width, height } = await sharp(picture).metadata();
    expect([width, height]).to.deep.equal([64, 40]);
    const { dominant } = await sharp(picture).stats();
    expect([dominant.r < 50, dominant.b > 200]).to.deep.equal([true, true]);
  });

  it("is answered by the local drafter in either language, with sentences that stand", async () => {
    const { lake, analysis } = await operation();
    const label = analysis.segments.find(({ level }) => level === "phase")?.label as string;
    const drafter: Ask = async (input) => saying(writeDraft(input.system, textsOf(input.parts).join("\n"), undefined))(input);
    for (const language of ["en", "zh-TW"]) {
      const { answer } = await ask(lake, { question: `Tell me of ${label}.`, language }, drafter);
      expect([answer?.outcome, answer?.refused], language).to.deep.equal(["ANSWERED", []]);
      for (const { text } of answer?.sentences ?? []) expect(text).to.include(label);
    }
    expect((await ask(lake, { question: "What of the weather?", language: "en" }, drafter)).answer?.outcome).to.equal("SILENT");
  });

  it("says all that is wrong with a question, and asks no model", async () => {
    const { lake } = await operation();
    const never: Ask = () => expect.fail("no model is to be asked");
    expect(await ask(lake, { question: " ", language: "fr", frames: [0, 0, 0, 0, 0], extra: 1 }, never)).to.deep.equal({
      statusCode: 400,
      reasons: [
        "question: must ask something.",
        'language: Invalid option: expected one of "en"|"zh-TW".',
        "frames: must be at most 4 frames.",
        'Unrecognized key: "extra".',
      ],
    });
    expect(await ask(lake, { ...question, question: "x".repeat(501) }, never)).to.deep.equal({
      statusCode: 400,
      reasons: ["question: must have at most 500 characters."],
    });
    expect((await ask(lake, question, never, { id: "x" })).statusCode).to.equal(400);
    expect(await ask(lake, question, never, { found: null })).to.deep.equal({ statusCode: 404, reasons: ["There is no such case."] });
    const none = "The case has no report yet, and questions are answered from what reports are written from.";
    expect(await ask(lake, question, never, { found: { ...summary, runId: null } })).to.deep.equal({ statusCode: 404, reasons: [none] });
    const { lake: empty } = await drawnOperation();
    expect(await ask(empty, question, never)).to.deep.equal({ statusCode: 404, reasons: [none] });
  });

  it("says that the model is busy, as something that passes", async () => {
    const { lake } = await operation();
    const busy: Ask = () => Promise.reject(new TryAgain("ThrottlingException: too many"));
    expect(await ask(lake, question, busy)).to.deep.equal({ statusCode: 503, reasons: ["A service that the platform uses is busy. Try again in a moment."] });
  });
});
