import { expect } from "chai";
import * as fc from "fast-check";
import { definitions } from "../../../contracts/measure-definitions.ts";
import type { EvidenceItem, ReportEvidence } from "../../../contracts/report.ts";
import { checkDraft, reasonsAgainst } from "../../../functions/report/grounding.ts";
import { clockOf } from "../../../functions/report/numbers.ts";
import { measureNames } from "../../../functions/report/vocabulary.ts";
import { templateDraft } from "../../../functions/report/write-template/template.ts";
import { caseId, digest, runId } from "../support/ids.ts";

const none = { label: null, span: null, value: null, unit: null, needsReview: false };
const span = (startSeconds: number, endSeconds: number) => ({ startFrame: 25 * startSeconds, endFrame: 25 * endSeconds, startSeconds, endSeconds });
const items: EvidenceItem[] = [
  { ...none, id: "operation", kind: "operation", type: "video", span: span(0, 725.4) },
  { ...none, id: "segment-1", kind: "segment", type: "phase", label: "ClippingCutting", span: span(65, 125.4) },
  { ...none, id: "segment-2", kind: "segment", type: "shot", label: "Shot 7", span: span(0, 65) },
  { ...none, id: "event-1", kind: "event", type: "instrument", label: "grasper", span: span(70.5, 80) },
  { ...none, id: "event-2", kind: "event", type: "instrument", label: "hook", span: span(90, 95) },
  { ...none, id: "finding-1", kind: "finding", type: "bleeding", label: "bleeding", span: span(100, 104) },
  { ...none, id: "exchange-count", kind: "measure", type: "exchange-count", value: 3, unit: "count" },
  { ...none, id: "bleeding-count", kind: "measure", type: "bleeding-count", value: 0, unit: "count" },
  { ...none, id: "instrument-share/hook", kind: "measure", type: "instrument-share", label: "hook", value: 0.2549, unit: "share" },
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
    ["ClippingCutting took 60.4 seconds.", "segment-1"],
    ["ClippingCutting took 60 seconds.", "segment-1"],
    ["ClippingCutting began at 0:01:05.", "segment-1"],
    ["The grasper came into sight at 1:10.5.", "event-1"],
    ["Shot 7 ended at 1:05.", "segment-2"],
    ["There were 3 exchanges.", "exchange-count"],
    ["The hook was in sight for 25% of the time.", "instrument-share/hook"],
    ["The hook was in sight for 25.5 percent of the time.", "instrument-share/hook"],
    ["No bleeding was found.", "bleeding-count"],
    ["器械更換 3 次。", "exchange-count"],
    ["grasper 於 １：１１ 出現。", "event-1"],
    ["未見出血。", "bleeding-count"],
  ];
  for (const [text, ...cites] of good) it(`lets stand: ${text}`, () => expect(against(text, ...cites)).to.deep.equal([]));

  const bad: [string, string[], string][] = [
    ["ClippingCutting ran.", [], "It cites nothing."],
    ["Something happened.", ["segment-9"], 'It cites "segment-9", which is not in the evidence.'],
    ["ClippingCutting ran.", ["segment-1", "segment-1"], "It cites the same twice."],
    ["ClippingCutting ran from 1:07 to 2:05.", ["segment-1"], '"1:07" (clock) is no value of what it cites.'],
    ["ClippingCutting took 60.5 seconds.", ["segment-1"], '"60.5" (seconds) is no value of what it cites.'],
    ["ClippingCutting took 61 seconds.", ["segment-1"], '"61" (seconds) is no value of what it cites.'],
    ["ClippingCutting took 1 minute.", ["segment-1"], '"1" has a unit that no value of the evidence is in.'],
    ["There were 3 seconds of exchanges.", ["exchange-count"], '"3" (seconds) is no value of what it cites.'],
    ["There were 3% exchanges.", ["exchange-count"], '"3" (percent) is no value of what it cites.'],
    ["There were 3.4 exchanges.", ["exchange-count"], '"3.4" (count) is no value of what it cites.'],
    ["The share was 25.4% of the time.", ["instrument-share/hook"], '"25.4" (percent) is no value of what it cites.'],
    ["There were -3 exchanges.", ["exchange-count"], '"-3" is below zero; no value of the evidence is.'],
    ["The time was 1:75.", ["segment-1"], '"1:75" is no time as m:ss.'],
    ["There were 3,000 exchanges.", ["exchange-count"], '"3,000" must be written with digits and at most one point.'],
    ["Shot 7 ended at 1:05.", ["segment-1"], 'It names "Shot 7" and cites nothing of it.'],
    ["Shot 8 ended at 1:05.", ["segment-2"], '"8" (count) is no value of what it cites.'],
    ["There were three exchanges.", ["exchange-count"], '"three" is a number in words; numbers must be figures.'],
    ["器械更換三次。", ["exchange-count"], '"三次" is a number in words; numbers must be figures.'],
    ["The hook was in sight.", ["event-1"], 'It names "hook" and cites nothing of it.'],
    ["There was bleeding.", ["segment-1"], "It speaks of bleeding and cites nothing of the kind."],
    ["The grasper did not leave.", ["event-1"], "It says that something is not there, and cites no measure that is zero."],
    ["The grasper found a tumor.", ["event-1"], 'It judges, advises or names a person: "tumor".'],
    ["Dr. Wang took the grasper.", ["event-1"], 'It judges, advises or names a person: "dr.".'],
    ["建議使用 grasper。", ["event-1"], 'It judges, advises or names a person: "建議".'],
    ["The grasper <b>came</b>.", ["event-1"], "It holds markup or an address."],
    ["The grasper came ٣ times.", ["event-1"], "It has numbers in figures other than 0 to 9."],
  ];
  for (const [text, cites, reason] of bad) it(`refuses: ${text}`, () => expect(against(text, ...cites)).to.include(reason));

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
    expect(refused).to.deep.equal([{ text: "It took 9 seconds.", reasons: ['"9" (seconds) is no value of what it cites.'] }]);
  });
});

describe("the template", () => {
  it("says one plain thing of each finding", () => {
    expect(templateDraft(evidence, "en").sections.map(({ id, sentences }) => [id, sentences.map(({ text }) => text)])).to.deep.equal([
      ["summary", ["The video runs from 0:00 to 12:05."]],
      ["course", ["ClippingCutting from 1:05 to 2:05."]],
      [
        "instruments",
        [
          "grasper was in sight from 1:11 to 1:20.",
          "hook was in sight from 1:30 to 1:35.",
          "Instrument exchanges: 3.",
          "Share in sight of the instrument (hook): 25.49%.",
        ],
      ],
      ["view", ["Shot 7 from 0:00 to 1:05."]],
      ["safety", ["Bleeding: bleeding from 1:40 to 1:44.", "Spans of bleeding: 0."]],
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

  const label = fc.constantFrom(null, "Calot 2 triangle", "grasper", "hook (left)", "C1", "Shot 12", "夾子 3", "$& [x]* \\d+");
  const item = fc.oneof(
    fc
      .record({
        kind: fc.constantFrom("segment" as const, "event" as const, "finding" as const, "out-of-body" as const),
        type: fc.constantFrom("phase", "shot", "instrument", "bleeding", "smoke", "critical-view", "adverse-event-candidate", "idle"),
        label,
        startSeconds: fc.double({ min: 0, max: 30_000, noNaN: true }),
        length: fc.double({ min: 0, max: 5000, noNaN: true }),
        needsReview: fc.boolean(),
      })
      .map(({ startSeconds, length, ...rest }) => ({
        ...rest,
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
});
