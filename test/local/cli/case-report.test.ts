import { expect } from "chai";
import type { ReportShare } from "../../../contracts/case.ts";
import type { Report } from "../../../contracts/report.ts";
import { age, caseInWords, caseList } from "../../../local/cli/case-report.ts";
import type { CaseItem } from "../../../local/cli/client.ts";
import { analysisOf } from "../../functions/support/analysis.ts";
import { caseId, runId } from "../../functions/support/ids.ts";

const item = (change: Partial<CaseItem> = {}): CaseItem => ({
  ...{ caseId, runId, fileName: "膽囊.mp4", status: "FAILED", createdAt: "2026-11-26T08:00:00.000Z", reasons: ["The encoder stopped."] },
  ...change,
});
const execution = { status: "FAILED", startedAt: "2026-11-26T08:00:01.000Z", endedAt: "2026-11-26T08:01:00.000Z", redriveCount: 0, redrivable: true };

describe("what the command says of cases", () => {
  it("tells ages in the largest unit that fits", () => {
    const now = new Date("2026-11-26T12:00:00.000Z");
    const at = (ms: number) => age(new Date(now.getTime() - ms).toISOString(), now);
    expect([0, 59_999, 60_000, 3_600_000, 86_399_000, 86_400_000, -5000].map(at)).to.deep.equal(["0 s", "59 s", "1 min", "1 h", "23 h", "1 d", "0 s"]);
  });

  it("lists one case a line, and says where there is none", () => {
    const now = new Date("2026-11-26T10:00:00.000Z");
    const other = item({
      caseId: "1b5e0c0e-6f0a-4e0e-9d0f-3a1b2c3d4e5f",
      status: "COMPLETE",
      fileName: "b.mp4",
      costUsd: 0.25,
      forecastUsd: 0.3,
      createdAt: "2026-11-26T09:59:00.000Z",
    });
    expect(caseList([other, item({ forecastUsd: 0.3 })], now)).to.equal(
      `${other.caseId}  complete  1 min  $0.2500           b.mp4\n${caseId}  failed    2 h    forecast $0.3000  膽囊.mp4\n`,
    );
    expect(caseList([item()], now)).to.equal(`${caseId}  failed  2 h  -  膽囊.mp4\n`);
    expect(caseList([], now)).to.equal("There is no case.\n");
  });

  it("shows why a case failed and how it goes on", () => {
    const words = caseInWords({ case: item(), execution, states: ["Claim", "Probe"], analysis: null, reports: [], documents: [] });
    expect(words.split("\n")).to.deep.equal([
      `Case ${caseId} (膽囊.mp4)`,
      "Status: failed, since its upload at 2026-11-26T08:00:00.000Z",
      `Run ${runId}: failed, 2026-11-26T08:00:01.000Z to 2026-11-26T08:01:00.000Z`,
      `It can be redriven: npm run cases -- redrive ${caseId}`,
      "Reasons:",
      "  The encoder stopped.",
      "States entered: Claim, Probe",
      "",
    ]);
  });

  it("does not let a case look as if it ran whose run was stopped", () => {
    const words = caseInWords({
      case: item({ status: "RUNNING", reasons: [] }),
      execution: { ...execution, status: "ABORTED" },
      states: [],
      analysis: null,
      reports: [],
      documents: [],
    });
    expect(words).to.include("The case says running, but its run has ended: redrive it.");
  });

  it("shows branches, cost and documents of an analysed case", () => {
    const done = { ...execution, status: "SUCCEEDED", redrivable: false, redriveCount: 2 };
    const analysis = analysisOf({
      coverage: [{ analyser: "rekognition", status: "FAILED", required: false, share: 0.5, error: "Too busy." }],
      cost: { ...analysisOf().cost, estimateUsd: 0.03, breakdown: [{ item: "Step Functions", usd: 0.03 }] },
    });
    const words = caseInWords({
      case: item({ status: "PARTIAL", reasons: [] }),
      execution: done,
      states: [],
      analysis,
      reports: [],
      documents: ["s3://processed/analysis.json"],
    });
    for (const line of [
      ", redriven 2 times, ",
      "  rekognition: failed, 50 % of what was wanted. Too busy.",
      "Cost on AWS, about, at list prices of 2026-10-01: $0.0300, forecast $0.1000",
      "  Step Functions: $0.0300",
      "  s3://processed/analysis.json",
    ])
      expect(words).to.include(line);
    expect(words).not.to.include("can be redriven");
    expect(words).not.to.include("eport's language model");
  });

  it("shows what the reports' language model cost, of all languages, and what has no price", () => {
    const cost = (usd: number | null) => ({
      estimateUsd: (usd ?? 0) + 0.001,
      breakdown: [
        { item: "Bedrock: report by m", usd },
        { item: "Bedrock: guardrail of the report", usd: 0.001 },
      ],
      pricesAsOf: "2026-11-28",
    });
    const share = { isPriced: true, forecastUsd: 0.02, mostUsd: 0.2, costUsd: 0.022 };
    const of = (costs: ReturnType<typeof cost>[], report: ReportShare) =>
      caseInWords({
        case: item({ status: "COMPLETE", reasons: [], costUsd: 0.122, forecastUsd: 0.12, report }),
        execution: null,
        states: [],
        analysis: analysisOf(),
        reports: costs.map((cost) => ({ cost }) as Report),
        documents: [],
      });
    const priced = of([cost(0.01), cost(0.01)], share);
    for (const line of [
      "Report's language model, about, at list prices of 2026-11-28: $0.0220\n",
      "  Bedrock: report by m: $0.0200",
      "  Bedrock: guardrail of the report: $0.0020",
      "Both together: $0.1220, forecast $0.1200",
      "  of that for the report: $0.0200, at most $0.2000\n",
    ])
      expect(priced).to.include(line);
    const unpriced = of([cost(0.01), cost(null)], { ...share, isPriced: false });
    for (const line of [
      "$0.0120, without what is not priced",
      "  Bedrock: report by m: not priced",
      "at most $0.2000, for its guardrail alone: its language model is not priced",
    ])
      expect(unpriced).to.include(line);
    const waiting = caseInWords({
      case: item({ status: "RUNNING", forecastUsd: 0.3, report: { ...share, costUsd: null } }),
      ...{ execution: null, states: [], analysis: null, reports: [], documents: [] },
    });
    expect(waiting).to.include("Cost on AWS, forecast: $0.3000\n  of that for the report: $0.0200, at most $0.2000\n");
  });
});
