import { expect } from "chai";
import type { DriftReport } from "../../../contracts/drift.ts";
import type { QualityReport } from "../../../contracts/quality.ts";
import { driftText } from "../../../local/cli/drift-table.ts";

const of = { model: "instrument-detector", version: "1.0.0", digest: "a".repeat(64), measuredAt: "2026-11-27T00:00:00.000Z" };
const drift: DriftReport = {
  ...{ schema: "drift-report/1.0", ...of, verdict: "DRIFTED", summary: "It differs.", baseline: null },
  ...{ window: { cases: 20, from: null, to: null }, needs: { baseline: 30, least: 10, window: 20 }, significance: 0.0009 },
  features: [
    { test: "psi", feature: "classes", value: 1.2345, p: 0.0005, level: "large", bins: ["Hook", "Clip"], baseline: [0.5, 0.5], window: [1, 0] },
    { test: "ks", feature: "blur", value: 0.25, p: 0.5, level: "none", baseline: 0.01, window: 0.02 },
    { test: "ks-embedding", feature: "embedding", value: 0.5, p: 0.005, level: "moderate", dimension: 3, baseline: -1.5, window: 2 },
  ],
};
const quality: QualityReport = {
  ...{ schema: "quality-report/1.0", ...of, verdict: "ABOVE", summary: "People agree." },
  ...{ window: { cases: 5, from: null, to: null }, counts: { right: 9, wrong: 1, missed: 0 }, agreement: 0.95, bar: 0.8 },
  needs: { window: 20, cases: 5, findings: 50 },
};

describe("driftText", () => {
  it("tells verdicts and comparisons, and draws what is distributed otherwise", () => {
    expect(driftText(drift, quality).split("\n")).to.deep.equal([
      "instrument-detector 1.0.0 (aaaaaaaaaaaa)",
      "  drift: DRIFTED, measured 2026-11-27T00:00:00.000Z. It differs.",
      "    what       test  value  p        level",
      "    classes    PSI   1.234  < 0.001  large",
      "    blur       KS    0.250  0.500    none",
      "    embedding  KS    0.500  0.005    moderate",
      "    ",
      "    classes:",
      "    Hook  at first  ############             50.0 %",
      "          now       ######################## 100.0 %",
      "    Clip  at first  ############             50.0 %",
      "          now                                0.0 %",
      "  quality: ABOVE. People agree.",
      "",
    ]);
  });

  it("says what is not known", () => {
    expect(driftText({ ...drift, verdict: "TOO_FEW", summary: "Too few cases.", features: [] }, undefined).split("\n")).to.deep.equal([
      "instrument-detector 1.0.0 (aaaaaaaaaaaa)",
      "  drift: TOO_FEW, measured 2026-11-27T00:00:00.000Z. Too few cases.",
      "  quality: nobody corrected a case of it yet",
      "",
    ]);
    expect(driftText(undefined, quality)).to.include("  drift: not measured yet\n  quality: ABOVE.");
    expect(driftText(undefined, undefined)).to.equal("");
  });
});
