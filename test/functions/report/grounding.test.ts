import { expect } from "chai";
import * as fc from "fast-check";
import { definitions } from "../../../contracts/measure-definitions.ts";
import type { EvidenceItem, ReportEvidence } from "../../../contracts/report.ts";
import { type TopicId, topics } from "../../../contracts/report-words.ts";
import { calledBy, checkDraft, reasonsAgainst } from "../../../functions/report/grounding.ts";
import { clockOf } from "../../../functions/report/numbers.ts";
import { kinds, measureNames } from "../../../functions/report/vocabulary.ts";
import { templateDraft } from "../../../functions/report/write-template/template.ts";
import { caseId, digest, runId } from "../support/ids.ts";

const none = { label: null, span: null, value: null, unit: null, needsReview: false };
const span = (startSeconds: number, endSeconds: number) => ({ startFrame: 25 * startSeconds, endFrame: 25 * endSeconds, startSeconds, endSeconds });
const items: EvidenceItem[] = [
  { ...none, id: "operation", kind: "operation", type: "video", span: span(0, 725.4) },
  { ...none, id: "coverage/view", kind: "coverage", type: "coverage", label: "view", value: 0.8, unit: "share" },
  { ...none, id: "segment-1", kind: "segment", type: "phase", label: "ClippingCutting", span: span(65, 125.4) },
  { ...none, id: "segment-2", kind: "segment", type: "shot", label: "Shot 7", span: span(0, 65) },
  { ...none, id: "event-1", kind: "event", type: "instrument", label: "Grasper", span: span(70.5, 80) },
  { ...none, id: "event-2", kind: "event", type: "instrument", label: "Hook", span: span(90, 95) },
  { ...none, id: "event-3", kind: "event", type: "instrument", label: "Grasper", span: span(200, 210) },
  { ...none, id: "event-4", kind: "event", type: "structure", label: "Liver", span: span(0, 300) },
  { ...none, id: "out-of-body-1", kind: "out-of-body", type: "out-of-body", span: span(700, 725.4) },
  { ...none, id: "finding-1", kind: "finding", type: "bleeding", label: "bleeding", span: span(100, 104), needsReview: true },
  { ...none, id: "finding-2", kind: "finding", type: "bleeding", label: "bleeding", span: span(110, 112) },
  { ...none, id: "finding-3", kind: "finding", type: "idle", label: "No instrument in sight", span: span(300, 310) },
  { ...none, id: "exchange-count", kind: "measure", type: "exchange-count", value: 3, unit: "count" },
  { ...none, id: "bleeding-count", kind: "measure", type: "bleeding-count", value: 0, unit: "count" },
  { ...none, id: "idle-time/ClippingCutting", kind: "measure", type: "idle-time", label: "ClippingCutting", value: 12, unit: "seconds" },
  { ...none, id: "smoke-share", kind: "measure", type: "smoke-share", value: 0.25, unit: "share" },
  { ...none, id: "fog-share", kind: "measure", type: "fog-share", value: 0, unit: "share" },
  { ...none, id: "instrument-share/Hook", kind: "measure", type: "instrument-share", label: "Hook", value: 0.2549, unit: "share" },
  {
    ...{ ...none, id: "instrument-phase-share/Hook/ClippingCutting", kind: "measure", type: "instrument-phase-share" },
    ...{ label: "Hook/ClippingCutting", value: 0.4, unit: "share" },
  },
];
const evidenceWith = (some: EvidenceItem[]): ReportEvidence => ({
  ...{ schema: "report-evidence/1.0", caseId, runId, analysisSha256: digest, measuresSha256: digest, syntheticOnly: true, leftOut: 0 },
  items: some,
});
const evidence = evidenceWith(items);
const against = (text: string, ...cites: string[]) => reasonsAgainst({ text, cites }, evidence);

describe("grounding", () => {
  const good: [string, ...string[]][] = [
    ["The video runs from 0:00 to 12:05.", "operation"],
    ["ClippingCutting ran from 1:05 to 2:05.", "segment-1"],
    ["From 1:05 to 2:05, ClippingCutting was seen.", "segment-1"],
    ["ClippingCutting: 1:05 to 2:05.", "segment-1"],
    ["ClippingCutting：1:05–2:05。", "segment-1"],
    ["ClippingCutting took 60.4 seconds.", "segment-1"],
    ["ClippingCutting took 60 seconds.", "segment-1"],
    ["ClippingCutting began at 0:01:05 and ended at 2:05.", "segment-1"],
    ["The phases were ClippingCutting, and in the video the instruments Grasper and Hook were in sight.", "segment-1", "event-1", "event-2"],
    ["The grasper came into sight at 1:10.5.", "event-1"],
    ["Grasper was in sight from 1:11 to 1:20 and from 3:20 to 3:30.", "event-1", "event-3"],
    ["Grasper was in sight from 1:11 to 1:20, and Hook from 1:30 to 1:35.", "event-1", "event-2"],
    ["Shot 7 ended at 1:05.", "segment-2"],
    ["Shot 7出現。", "segment-2"],
    ["There were 3 exchanges.", "exchange-count"],
    ["The hook was in sight for 25% of the time.", "instrument-share/Hook"],
    ["The hook was in sight for 25.5 percent of the time.", "instrument-share/Hook"],
    ["During ClippingCutting, Hook was in sight for 40% of the time.", "instrument-phase-share/Hook/ClippingCutting"],
    ["The instruments were idle for 12 seconds in ClippingCutting.", "idle-time/ClippingCutting"],
    ["No bleeding was found.", "bleeding-count"],
    ["The view was free of fog.", "fog-share"],
    ["There was smoke for 25% of the time.", "smoke-share"],
    ["The instruments were exchanged 3 times.", "exchange-count"],
    ["ClippingCutting was recorded from 1:05 to 2:05, and was idle for 12 seconds.", "segment-1", "idle-time/ClippingCutting"],
    ["Please look at the bleeding from 1:40 to 1:44.", "finding-1"],
    ["Bleeding was found from 1:50 to 1:52.", "finding-2"],
    ["No instrument in sight from 5:00 to 5:10.", "finding-3"],
    ["The camera was outside the patient from 11:40 to 12:05.", "out-of-body-1"],
    ["器械更換 3 次。", "exchange-count"],
    ["grasper 於 １：１１ 出現。", "event-1"],
    ["可見Hook，從1:30到1:35。", "event-2"],
    ["ClippingCutting 從 1:05 開始，於 2:05 結束，歷時 60 秒。", "segment-1"],
    ["ClippingCutting 期間可見 Hook，佔 40%。", "instrument-phase-share/Hook/ClippingCutting"],
    ["未見出血。", "bleeding-count"],
    ["請外科醫師檢視出血，從 1:40 到 1:44。", "finding-1"],
  ];
  for (const [text, ...cites] of good) it(`lets stand: ${text}`, () => expect(against(text, ...cites)).to.deep.equal([]));

  const noZero = "It says that something is not there: that needs a measure of just this, called by its name, that is zero, and nothing else cited or named.";
  const words = (...those: string[]) => `It has words or signs that reports do not use: ${those.map((word) => `"${word}"`).join(", ")}.`;
  const figures = (word: string) => `"${word}" is no number in figures from 0 to 9; numbers must be figures.`;
  const alone = (said: string) => `${said} must stand in a clause with the label and the name of the one item that it is of, and with no other name.`;
  const bad: [string, string[], string][] = [
    ["ClippingCutting ran.", [], "It cites nothing."],
    ["It ran.", ["segment-9"], 'It cites "segment-9", which is not in the evidence.'],
    ["ClippingCutting ran.", ["segment-1", "segment-1"], "It cites the same twice."],
    ["ClippingCutting ran from 1:07 to 2:05.", ["segment-1"], '"1:07" (clock) is no value of what it cites.'],
    ["ClippingCutting took 60.5 seconds.", ["segment-1"], '"60.5" (seconds) is no value of what it cites.'],
    ["ClippingCutting took 61 seconds.", ["segment-1"], '"61" (seconds) is no value of what it cites.'],
    ["ClippingCutting took 1 minute.", ["segment-1"], '"1" has a unit that no value of the evidence is in.'],
    ["There were 3 seconds of exchanges.", ["exchange-count"], '"3" (seconds) is no value of what it cites.'],
    ["There were 3% exchanges.", ["exchange-count"], '"3" (percent) is no value of what it cites.'],
    ["There were 3.4 exchanges.", ["exchange-count"], '"3.4" (count) is no value of what it cites.'],
    ["The share was 25.4% of the time.", ["instrument-share/Hook"], '"25.4" (percent) is no value of what it cites.'],
    ["There were -3 exchanges.", ["exchange-count"], '"-3" is below zero; no value of the evidence is.'],
    ["The time was 1:75.", ["segment-1"], '"1:75" is no time as m:ss.'],
    ["There were 3,000 exchanges.", ["exchange-count"], '"3,000" must be written with digits and at most one point.'],
    ["Shot 7 ended at 1:05.", ["segment-1"], 'It speaks of "Shot 7" and cites nothing of it.'],
    ["Shot 8 ended at 1:05.", ["segment-2"], '"8" (count) is no value of what it cites.'],
    ["The hook was in sight.", ["event-1"], 'It speaks of "hook" and cites nothing of it.'],
    ["There was bleeding.", ["segment-1"], 'It speaks of "bleeding" and cites nothing of it.'],
    // Absence that no zero of the same bears.
    ["The grasper did not leave.", ["event-1"], noZero],
    ["No injury of the bile duct occurred.", ["bleeding-count"], words("injury", "bile", "duct")],
    ["No Hook was used.", ["bleeding-count", "event-2"], noZero],
    ["No Hook was seen.", ["bleeding-count", "event-2"], noZero],
    ["No bleeding was seen in ClippingCutting.", ["bleeding-count", "segment-1"], noZero],
    ["No instrument was in sight.", ["bleeding-count"], noZero],
    ["Without exchanges.", ["exchange-count"], noZero],
    ["The view was free of smoke.", ["smoke-share"], noZero],
    ["The view was clear of fog.", ["fog-share"], words("clear")],
    ["無膽管損傷。", ["bleeding-count"], words("膽管損傷")],
    ["未見 Hook。", ["bleeding-count", "event-2"], noZero],
    ["沒有煙霧。", ["smoke-share"], noZero],
    ["The view was never free of fog.", ["fog-share"], noZero],
    ["There was bleeding.", ["bleeding-count"], 'It says that there was "bleeding", and what it cites of it is zero.'],
    ["有出血。", ["bleeding-count"], 'It says that there was "出血", and what it cites of it is zero.'],
    // What no network tells.
    ["The common bile duct was injured at 1:05.", ["segment-1"], words("common", "bile", "duct", "injured")],
    ["The gallbladder was perforated.", ["segment-1"], words("gallbladder", "perforated")],
    ["膽管損傷，並有出血。", ["finding-2"], words("膽管損傷")],
    ["膽管損傷，並有流血。", ["segment-1"], words("膽管損傷", "流血")],
    ["The cystic artery was cut 3 times.", ["exchange-count"], words("cystic", "artery", "cut")],
    ["There were 3 injuries.", ["exchange-count"], words("injuries")],
    ["There were 3 of these.", ["exchange-count"], alone('"3"')],
    // Other words for what is found.
    ["The liver bled from 1:50 to 1:52.", ["finding-2"], 'It speaks of "liver" and cites nothing of it.'],
    ["The liver bled from 1:50 to 1:52.", ["finding-2", "event-4"], words("bled")],
    ["Haemorrhage from 1:50 to 1:52.", ["finding-2"], words("Haemorrhage")],
    ["CVS was achieved.", ["segment-1"], words("CVS", "achieved")],
    // Numbers of something else.
    ["Grasper was in sight for 25%.", ["event-1", "instrument-share/Hook"], alone('"25"')],
    ["Grasper from 1:30 to 1:35, and Hook from 1:11 to 1:20.", ["event-1", "event-2"], alone('"1:30" and "1:35"')],
    ["Grasper and Hook were in sight from 1:11 to 1:20.", ["event-1", "event-2"], alone('"1:11" and "1:20"')],
    ["Hook from 1:30 to 1:35, and idle for 12 seconds.", ["event-2", "idle-time/ClippingCutting"], alone('"12"')],
    ["Hook was in sight for 40% of the time.", ["instrument-phase-share/Hook/ClippingCutting"], alone('"40"')],
    ["Hook was in sight for 25% of ClippingCutting.", ["instrument-share/Hook", "segment-1"], alone('"25"')],
    ["Hook was in sight in ClippingCutting.", ["event-2", "segment-1"], '"Hook" and "ClippingCutting" are not of one item: each needs a clause of its own.'],
    ["ClippingCutting took 12 seconds.", ["idle-time/ClippingCutting"], alone('"12"')],
    ["There was bleeding from 0:00 to 12:05.", ["finding-2", "operation"], alone('"0:00" and "12:05"')],
    ["Instruments were in sight from 5:00 to 5:10.", ["finding-3"], alone('"5:00" and "5:10"')],
    ["可見 Grasper，佔 25%。", ["event-1", "instrument-share/Hook"], alone('"25"')],
    // Starts and ends.
    ["ClippingCutting from 2:05 to 1:05.", ["segment-1"], '"2:05" is not the start of what it cites.'],
    ["ClippingCutting: 2:05 to 1:05.", ["segment-1"], '"2:05" is not the start of what it cites.'],
    ["ClippingCutting began at 2:05.", ["segment-1"], '"2:05" is not the start of what it cites.'],
    ["At 2:05, ClippingCutting began.", ["segment-1"], '"2:05" is not the start of what it cites.'],
    ["Grasper was in sight from 1:11 to 3:30.", ["event-1", "event-3"], '"1:11" and "3:30" are not the start and the end of one thing that it cites.'],
    ["ClippingCutting，從 2:05 到 1:05。", ["segment-1"], '"2:05" is not the start of what it cites.'],
    ["ClippingCutting 於 1:05 結束。", ["segment-1"], '"1:05" is not the end of what it cites.'],
    // Plurals, translations, and names beside Chinese.
    ["Graspers were in sight.", ["event-2"], 'It speaks of "Graspers" and cites nothing of it.'],
    ["使用了電鉤與抓鉗。", ["segment-1"], words("使用", "電鉤", "抓鉗")],
    ["可見Hook，從 1:05 到 2:05。", ["segment-1"], 'It speaks of "Hook" and cites nothing of it.'],
    // Judgements, advice, persons.
    ["The grasper found a tumor.", ["event-1"], words("tumor")],
    ["Dr. Wang took the grasper.", ["event-1"], words("Dr", "Wang")],
    ["ClippingCutting ran poorly and carelessly.", ["segment-1"], words("poorly", "carelessly")],
    ["The surgeon Chen Wei operated.", ["operation"], words("surgeon", "Chen", "Wei", "operated")],
    ["建議使用 grasper。", ["event-1"], words("建議使用")],
    ["王醫師粗心。", ["segment-1"], words("王醫師粗心")],
    // Quantities in words, and other figures.
    ["There were three exchanges.", ["exchange-count"], figures("three")],
    ["ClippingCutting took a minute.", ["segment-1"], words("minute")],
    ["ClippingCutting took about an hour.", ["segment-1"], words("about", "hour")],
    ["ClippingCutting took up to 60 seconds.", ["segment-1"], words("up")],
    ["ClippingCutting took >60 seconds.", ["segment-1"], words(">")],
    ["The grasper came ٣ times.", ["event-1"], figures("٣")],
    ["器械更換三次。", ["exchange-count"], figures("三次")],
    ["有三階段。", ["segment-1"], figures("三")],
    ["佔手術的一半。", ["operation"], figures("一半")],
    ["出血多次。", ["finding-2"], figures("多次")],
    ["大部分時間可見 Hook。", ["event-2"], words("大部分")],
    ["ClippingCutting was seen until the end.", ["segment-1"], words("end")],
    // What needs review.
    ["Bleeding ran from 1:40 to 1:44.", ["finding-1"], "It cites what needs review and does not say so."],
    ["出血，從 1:40 到 1:44。", ["finding-1"], "It cites what needs review and does not say so."],
    ["Please look at Hook from 1:30 to 1:35.", ["event-2"], "It asks for a look at what does not need review."],
    // Markup.
    ["The grasper <b>came</b>.", ["event-1"], words("<", "b", ">", "/")],
    ["See https://example.org", ["event-1"], words("See", "https", "/", "example", "org")],
  ];
  for (const [text, cites, reason] of bad) it(`refuses: ${text}`, () => expect(against(text, ...cites)).to.include(reason));

  it("lets what needs review stand in the section for it only", () => {
    const sentence = { text: "Please look at bleeding from 1:40 to 1:44.", cites: ["finding-1"] };
    expect(reasonsAgainst(sentence, evidence, "for-review")).to.deep.equal([]);
    expect(reasonsAgainst(sentence, evidence, "safety")).to.deep.equal(['It cites what needs review outside the section "for-review".']);
  });

  it("has every kind of finding and every measure in its tables", () => {
    for (const [kind, names] of Object.entries(kinds))
      for (const language of ["en", "zh-TW"] as const) expect(topics[kind as TopicId].words[language], kind).to.include(names[language]);
    expect(Object.keys(definitions)).to.include.members(Object.keys(calledBy));
  });

  it("gives all reasons at once", () => {
    expect(against("The tumor took three minutes, 9 seconds.", "segment-9")).to.have.length(4);
  });

  it("rounds clocks to the nearest second", () => {
    expect([0, 59.4, 59.5, 60.5, 725.4, 3600].map(clockOf)).to.deep.equal(["0:00", "0:59", "1:00", "1:01", "12:05", "60:00"]);
  });

  it("parts a draft into what stands and what was refused, with reasons", () => {
    const stands = { text: "ClippingCutting ran from 1:05 to 2:05.", cites: ["segment-1"] };
    const { draft, refused } = checkDraft(
      { sections: [{ id: "course", sentences: [stands, { text: "It took 9 seconds.", cites: ["segment-1"] }] }] },
      evidence,
    );
    expect(draft).to.deep.equal({ sections: [{ id: "course", sentences: [stands] }] });
    expect(refused).to.deep.equal([{ text: "It took 9 seconds.", cites: ["segment-1"], reasons: ['"9" (seconds) is no value of what it cites.'] }]);
  });
});

describe("the template", () => {
  it("says one plain thing of each finding", () => {
    expect(templateDraft(evidence, "en").sections.map(({ id, sentences }) => [id, sentences.map(({ text }) => text)])).to.deep.equal([
      ["summary", ["The video runs from 0:00 to 12:05.", 'The analyzer "view" looked at 80% of the frames that were wanted.']],
      ["course", ["ClippingCutting from 1:05 to 2:05.", "Liver from 0:00 to 5:00."]],
      [
        "instruments",
        [
          "Grasper was in sight from 1:11 to 1:20.",
          "Hook was in sight from 1:30 to 1:35.",
          "Grasper was in sight from 3:20 to 3:30.",
          "Idle: No instrument in sight from 5:00 to 5:10.",
          "Instrument exchanges: 3.",
          "Idle time (ClippingCutting): 12 seconds.",
          "Share in sight of the instrument (Hook): 25.49%.",
          "Share of the phase with the instrument in sight (Hook/ClippingCutting): 40%.",
        ],
      ],
      ["view", ["Shot 7 from 0:00 to 1:05.", "The camera was outside the patient from 11:40 to 12:05.", "Share of smoke: 25%.", "Share of fog: 0%."]],
      ["safety", ["Bleeding: bleeding from 1:50 to 1:52.", "Spans of bleeding: 0."]],
      ["for-review", ["Please look at bleeding from 1:40 to 1:44."]],
    ]);
  });

  it("has a name for every measure that there is, in words that pass the check", () => {
    expect(Object.keys(measureNames)).to.have.members(Object.keys(definitions));
    const all = evidenceWith(
      Object.entries(definitions).map(([name, { unit }]) => ({
        ...none,
        id: name,
        kind: "measure" as const,
        type: name,
        value: unit === "count" ? 3 : 0.25,
        unit,
      })),
    );
    for (const language of ["en", "zh-TW"] as const) {
      const { draft, refused } = checkDraft(templateDraft(all, language), all);
      expect(refused).to.deep.equal([]);
      expect(draft.sections.flatMap(({ sentences }) => sentences)).to.have.length(all.items.length);
    }
  });

  /** Of frames 25 a second: none lies half way between two seconds, where a time reads as either. */
  const seconds = (most: number) => fc.nat(most * 25).map((frame) => frame / 25);
  const label = fc.constantFrom(null, "Calot 2 triangle", "grasper", "hook (left)", "C1", "Shot 12", "夾子 3", "$& [x]* \\d+");
  const item = fc.oneof(
    fc
      .record({
        kind: fc.constantFrom("segment" as const, "event" as const, "finding" as const, "out-of-body" as const),
        type: fc.constantFrom("phase", "shot", "instrument", "bleeding", "smoke", "critical-view", "adverse-event-candidate", "idle"),
        label,
        startSeconds: seconds(30_000),
        length: seconds(5000),
        needsReview: fc.boolean(),
      })
      .map(({ startSeconds, length, ...rest }) => ({
        ...rest,
        ...(rest.kind === "out-of-body" && { type: "out-of-body", label: null, needsReview: false }),
        ...{ value: null, unit: null },
        span: { startFrame: 0, endFrame: 1, startSeconds, endSeconds: startSeconds + length },
      })),
    fc
      .record({
        type: fc.constantFrom(
          "phase-duration",
          "exchange-count",
          "exchanges-per-hour",
          "instrument-share",
          "critical-view-probability",
          "mean-speed",
          "mean-jerk",
          "path-length",
        ),
        label,
        value: fc.double({ min: 0, max: 1, noNaN: true }),
        count: fc.nat(1000),
      })
      .map(({ type, label, value, count }) => {
        const unit =
          (
            {
              "phase-duration": "seconds",
              "exchange-count": "count",
              "exchanges-per-hour": "count-per-hour",
              "mean-speed": "diagonals-per-second",
              "mean-jerk": "diagonals-per-second-cubed",
              "path-length": "diagonals",
            } as const
          )[type as "phase-duration"] ?? ("share" as const);
        const scaled = unit === ("count" as string) ? count : unit === ("share" as string) ? value : value * 5000;
        return { kind: "measure" as const, type, label, span: null, value: scaled, unit: unit as EvidenceItem["unit"], needsReview: false };
      }),
  );
  it("passes the check, whatever the evidence and in both languages", () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 12 }), fc.constantFrom("en" as const, "zh-TW" as const), (found, language) => {
        const all = evidenceWith([items[0] as EvidenceItem, ...found.map((one, i) => ({ id: `item-${i}`, ...one }))]);
        expect(checkDraft(templateDraft(all, language), all).refused, JSON.stringify(checkDraft(templateDraft(all, language), all).refused)).to.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  });

  it("is refused whenever a label, a time or a value of another thing stands in a sentence", () => {
    let swaps = 0;
    const all = fc.array(item, { minLength: 2, maxLength: 8 }).map((found) => evidenceWith(found.map((one, i) => ({ id: `item-${i}`, ...one }))));
    fc.assert(
      fc.property(all, fc.constantFrom("en" as const, "zh-TW" as const), (drawn, language) => {
        const sentences = templateDraft(drawn, language).sections.flatMap(({ id, sentences }) => sentences.map((sentence) => ({ id, ...sentence })));
        // Another thing of which just this is true.
        const isTrueOf = (swapped: string) =>
          sentences.some(({ text, cites }) => {
            const label = byId.get(cites[0] as string)?.label ?? "";
            return swapped.includes(label) && isNear(numbersOf(text.replace(label, "")), numbersOf(swapped.replace(label, "")));
          });
        const byId = new Map(drawn.items.map((one) => [one.id, one]));
        for (const { id, text, cites } of sentences) {
          const own = byId.get(cites[0] as string) as EvidenceItem;
          for (const swapped of swapsOf(text, own, drawn.items)) {
            swaps++;
            expect(reasonsAgainst({ text: swapped, cites }, drawn, id), `${text} -> ${swapped}`).not.to.deep.equal([]);
            // Citing the other thing as well makes it no truer.
            const both = { text: swapped, cites: drawn.items.filter(({ needsReview }) => needsReview === own.needsReview).map((one) => one.id) };
            if (!isTrueOf(swapped)) expect(reasonsAgainst(both, drawn, id), `${swapped}, citing all`).not.to.deep.equal([]);
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(swaps).to.be.above(1000);
  });
});

/** A template's sentence with what is said of one thing replaced by what is true of others; none that reads the same. */
function swapsOf(text: string, own: EvidenceItem, all: readonly EvidenceItem[]): string[] {
  const figures = /\d+(?:\.\d+)?(?=[^\d]*$)/;
  const labels =
    own.label === null || own.label === own.type ? [] : all.flatMap(({ label }) => (label === null ? [] : text.split(own.label as string).join(label)));
  const others = all.filter(({ id }) => id !== own.id);
  const clocks = own.span === null ? [] : ([clockOf(own.span.startSeconds), clockOf(own.span.endSeconds)] as const);
  const times =
    own.span === null || clocks[0] === undefined
      ? []
      : [
          text.replace(` ${clocks[0]} `, ` ${clocks[1]} `),
          ...others.flatMap(({ span }) =>
            span === null
              ? []
              : [text.replace(` ${clocks[0]} `, ` ${clockOf(span.startSeconds)} `), text.replace(/\d+:\d\d(?=[.。]$)/, clockOf(span.endSeconds))],
          ),
        ];
  const values =
    own.value === null ? [] : others.flatMap(({ value, unit }) => (value === null || unit !== own.unit ? [] : text.replace(figures, String(value))));
  const differs = (swapped: string) => swapped.replace(/[\d.]/g, "") !== text.replace(/[\d.]/g, "") || !isNear(numbersOf(swapped), numbersOf(text));
  return [...new Set([...labels, ...times, ...values])].filter((swapped) => swapped !== text && differs(swapped));
}

const numbersOf = (text: string): number[] => [...text.matchAll(/\d+(?:\.\d+)?/g)].map(Number);
/** Whether numbers are the same but for what is rounded. */
const isNear = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((value, i) => Math.abs(value - (other[i] as number)) <= 0.51);
