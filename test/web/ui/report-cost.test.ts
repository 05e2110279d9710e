import { expect } from "chai";
import { english } from "../../../web/text/en.ts";
import { chinese } from "../../../web/text/zh-TW.ts";
import { reportCostIn } from "../../../web/ui/report-cost.ts";

const share = { isPriced: true, forecastUsd: 0.02, mostUsd: 0.2, costUsd: 0.03 };

describe("what a report cost, in words", () => {
  it("tells forecast, at most and actual, in both languages", () => {
    expect(reportCostIn(english, share)).to.deep.equal([
      "Its report: thought to cost US$ 0.0200, at most US$ 0.2000.",
      "Its report cost about US$ 0.0300, all drafts counted.",
    ]);
    expect(reportCostIn(chinese, share)).to.deep.equal(["報告預估 0.0200 美元，最多 0.2000 美元。", "報告實際約 0.0300 美元，計入所有草稿。"]);
  });

  it("says that it is not written, and that its model has no price, and never that it cost nothing", () => {
    expect(reportCostIn(english, { isPriced: false, forecastUsd: null, mostUsd: null, costUsd: null })).to.deep.equal([
      "Its report is not written yet.",
      "The language model of the report is not priced here: only its guardrail is counted.",
    ]);
  });
});
