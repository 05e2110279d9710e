import { expect } from "chai";
import type { Report } from "../../../contracts/report.ts";
import { checkReport, faultsOf } from "../../../local/report-check/check.ts";
import type { Fact } from "../../../local/report-check/facts.ts";
import { checkedInWords, faultCount } from "../../../local/report-check/in-words.ts";
import { writtenOperation } from "../../functions/support/written-operation.ts";

const placed = (id: string, type: string, label: string | null, start: number, end: number, review = "unreviewed"): Fact => ({
  ...{ id, type, label, span: { start, end }, measured: null, review, words: "" },
});
const measured = (id: string, type: string, label: string | null, value: number, unit: string): Fact => ({
  ...{ id, type, label, span: null, measured: { value, unit }, review: "unreviewed", words: "" },
});
const facts = new Map(
  [
    placed("operation", "video", null, 0, 725.4),
    placed("segment-1", "phase", "ClippingCutting", 65, 125.4),
    placed("segment-2", "shot", "Shot 7", 0, 65),
    placed("event-1", "instrument", "Grasper", 70.5, 80),
    placed("event-2", "instrument", "Hook", 90, 95),
    placed("event-3", "instrument", "Hook", 190, 195, "rejected"),
    placed("finding-1", "bleeding", "bleeding", 100, 104, "needs-review"),
    measured("coverage/view", "coverage", "view", 0.8, "share"),
    measured("bleeding-count", "bleeding-count", null, 0, "count"),
    measured("exchange-count", "exchange-count", null, 3, "count"),
    measured("smoke-share", "smoke-share", null, 0.25, "share"),
    measured("idle-time/ClippingCutting", "idle-time", "ClippingCutting", 12, "seconds"),
    measured("instrument-share/Hook", "instrument-share", "Hook", 0.2549, "share"),
  ].map((fact) => [fact.id, fact]),
);
const against = (text: string, ...cites: string[]) => faultsOf({ text, cites }, "course", facts);

describe("the second check of a report", () => {
  const good: [string, ...string[]][] = [
    ["The video runs from 0:00 to 12:05.", "operation"],
    ["ClippingCutting, 60 seconds, began at 1:05 and ended at 2:05.", "segment-1"],
    ["Grasper was in sight from 1:11 to 1:20, and Hook from 1:30 to 1:35.", "event-1", "event-2"],
    ["Shot 7出現，從 0:00 到 1:05。", "segment-2"],
    ["No bleeding was found.", "bleeding-count"],
    ["器械更換 3 次。", "exchange-count"],
    ['The analyzer "view" looked at 80% of the frames that were wanted.', "coverage/view"],
    ["Share in sight of the instrument (Hook): 25.49%.", "instrument-share/Hook"],
    ["閒置時間（ClippingCutting）：12 秒。", "idle-time/ClippingCutting"],
  ];
  for (const [text, ...cites] of good) it(`bears out: ${text}`, () => expect(against(text, ...cites)).to.deep.equal([]));

  const bad: [string, string[], string][] = [
    ["ClippingCutting.", ["segment-9"], '"segment-9" is not on the timeline.'],
    ["Hook from 3:10 to 3:15.", ["event-3"], "event-3 was rejected by a person."],
    ["Hook from 1:11 to 1:20.", ["event-1"], 'It names "Hook", which it does not cite.'],
    ["可見Hook，從 1:11 到 1:20。", ["event-1"], 'It names "Hook", which it does not cite.'],
    ["ClippingCutting from 1:07 to 2:05.", ["segment-1"], '"1:07" (clock) is nothing that it cites.'],
    ["ClippingCutting from 2:05 to 1:05.", ["segment-1"], '"2:05" to "1:05" is from no start to its end.'],
    ["ClippingCutting took 61 seconds.", ["segment-1"], '"61" (seconds) is nothing that it cites.'],
    ["Instrument exchanges: 4.", ["exchange-count"], '"4" (count) is nothing that it cites.'],
    ["Grasper was in sight for 25%.", ["event-1", "instrument-share/Hook"], '"25" is not of what is named beside it.'],
    ["ClippingCutting took 12 seconds.", ["idle-time/ClippingCutting"], "It does not say what idle-time/ClippingCutting measures."],
    ["The bile duct was injured at 1:05.", ["segment-1"], "It has words of which the timeline knows nothing: bile, duct, injured."],
    ["膽管損傷，從 1:05 到 2:05。", ["segment-1"], "It has words of which the timeline knows nothing: 膽管損傷."],
    ["There was bleeding from 1:05 to 2:05.", ["segment-1"], 'It speaks of "bleeding", and nothing that it cites is of that.'],
    ["No smoke was seen.", ["smoke-share"], "It says that something is not there, and cites what is not zero."],
    ["There was bleeding.", ["bleeding-count"], "It says that something is there, and bleeding-count is zero."],
    ["Bleeding from 1:40 to 1:44.", ["finding-1"], "What it cites awaits a surgeon's review, and it does not say so."],
  ];
  for (const [text, cites, fault] of bad) it(`finds out: ${text}`, () => expect(against(text, ...cites)).to.include(fault));

  for (const language of ["en", "zh-TW"] as const)
    it(`bears out the template's report (${language}), and finds out every corruption of it`, async () => {
      const { report: content, documents } = await writtenOperation(language);
      const whole = checkReport(content, documents);
      expect(whole.sentences.flatMap(({ text, faults }) => faults.map((fault) => `${text}: ${fault}`))).to.deep.equal([]);
      expect([faultCount(whole), whole.sentences.length]).to.deep.equal([0, 23]);
      expect(checkedInWords(whole)).to.include("The timeline bears all 23 sentences.");

      const report: Report = whole.report;
      const corrupted = (change: (text: string) => string) => {
        const sections = report.sections.map((section) => ({ ...section, sentences: section.sentences.map((one) => ({ ...one, text: change(one.text) })) }));
        return checkReport(Buffer.from(JSON.stringify({ ...report, sections })), documents);
      };
      const moved = corrupted((text) => text.replace(/(\d):(\d\d)/, (_, minutes, seconds) => `${Number(minutes) + 1}:${seconds}`));
      const timed = report.sections.flatMap(({ sentences }) => sentences).filter(({ text }) => /\d:\d\d/.test(text));
      expect(faultCount(moved)).to.equal(timed.length);
      expect(faultCount(corrupted((text) => text.replaceAll("ClippingCutting", "Preparation")))).to.equal(2);
      expect(faultCount(corrupted((text) => `${text} 醫師`))).to.equal(23);
      const other = checkReport(Buffer.from(JSON.stringify({ ...report, evidence: { ...report.evidence, analysisSha256: "f".repeat(64) } })), documents);
      expect(other.faults).to.deep.equal(["The report was checked against another analysis.json than this."]);
      expect(checkedInWords(other)).to.include("FAULT  The report was checked against another analysis.json than this.");
    });
});
