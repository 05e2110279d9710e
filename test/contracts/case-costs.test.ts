import { expect } from "chai";
import { caseCosts, storedCosts } from "../../contracts/case-costs.ts";

const [runId, otherRun] = ["a".repeat(40), "b".repeat(40)];
const of = (stored: object) => caseCosts(storedCosts.parse({ runId, status: "COMPLETE", forecastUsd: 0.3, costUsd: 0.25, ...stored }));
const report = { isPriced: true, forecastUsd: 0.05, mostUsd: 0.2 };
const detail = (more: object = {}) => JSON.stringify({ runId, stepsUsd: {}, report, ...more });
const reportCost = { runId, usd: 0.0401, isPriced: true };

describe("what a case costs", () => {
  it("is what its analysis and its report cost together", () => {
    expect(of({ forecastDetail: detail(), reportCost })).to.deep.equal({ forecastUsd: 0.35, costUsd: 0.2901, report: { ...report, costUsd: 0.0401 } });
  });

  it("is the analysis alone until the report is written, where no model writes, and of items of older versions", () => {
    expect(of({ forecastDetail: detail() })).to.deep.equal({ forecastUsd: 0.35, costUsd: 0.25, report: { ...report, costUsd: null } });
    expect(of({ forecastDetail: detail({ report: null }) })).to.deep.equal({ forecastUsd: 0.3, costUsd: 0.25, report: null });
    expect(of({})).to.deep.equal({ forecastUsd: 0.3, costUsd: 0.25, report: null });
    expect(of({ reportCost }).report).to.deep.equal({ isPriced: true, forecastUsd: null, mostUsd: null, costUsd: 0.0401 });
  });

  it("says that a part is not priced, by what was written once it is", () => {
    expect(of({ forecastDetail: detail({ report: { ...report, isPriced: false } }) }).report?.isPriced).to.equal(false);
    expect(of({ forecastDetail: detail(), reportCost: { ...reportCost, isPriced: false } }).report?.isPriced).to.equal(false);
  });

  it("counts nothing of an earlier run, whose report and forecast are its own", () => {
    const earlier = { forecastDetail: detail({ runId: otherRun }), reportCost: { ...reportCost, runId: otherRun } };
    expect(of(earlier)).to.deep.equal({ forecastUsd: null, costUsd: 0.25, report: null });
    expect(of({ ...earlier, status: "RUNNING" })).to.deep.equal({ forecastUsd: null, costUsd: null, report: null });
  });

  it("refuses a detail that is no JSON, or of another form", () => {
    for (const forecastDetail of ["{", "{}", JSON.stringify({ runId, stepsUsd: { a: -1 }, report: null })])
      expect(storedCosts.safeParse({ runId, status: "RUNNING", forecastDetail }).success, forecastDetail).to.equal(false);
  });
});
