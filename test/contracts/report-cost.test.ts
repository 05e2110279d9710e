import { expect } from "chai";
import { reportModels } from "../../components/analysis/report-models.ts";
import { modelMillionTokens } from "../../contracts/prices.ts";
import { type ModelUse, type ReportEvidence, reportSizes } from "../../contracts/report.ts";
import { isWhole, reportCostOf, reportCostsTogether, reportForecastOf, textUnitsOf } from "../../contracts/report-cost.ts";
import { questionFor } from "../../functions/report/draft-report/prompt.ts";
import { answerSchema } from "../../functions/report/language-model/answer-schema.ts";

const use = (more: Partial<ModelUse> = {}): ModelUse => ({ modelId: "amazon.nova-pro-v1:0", tokens: { input: 10_000, output: 1000 }, textUnits: 32, ...more });

describe("the cost of a report", () => {
  it("has a price for every model of Bedrock that may see a patient's data", () => {
    const unpriced = Object.keys(reportModels.regions).filter((model) => modelMillionTokens[model] === undefined);
    expect(unpriced).to.deep.equal(reportModels.syntheticOnly);
  });

  it("counts every answer, by its model, and what the guardrail read", () => {
    const cost = reportCostOf([use(), use(), use({ modelId: "amazon.nova-lite-v1:0", textUnits: 0 })]);
    expect(cost).to.deep.equal({
      estimateUsd: 0.0392,
      breakdown: [
        { item: "Bedrock: report by amazon.nova-pro-v1:0", usd: 0.0224 },
        { item: "Bedrock: report by amazon.nova-lite-v1:0", usd: 0.0008 },
        { item: "Bedrock: guardrail of the report", usd: 0.016 },
      ],
      pricesAsOf: "2026-11-28",
    });
    expect(isWhole(cost)).to.equal(true);
    expect(reportCostOf([]).breakdown).to.deep.equal([]);
  });

  it("says not priced of a third party's model, one of the same name as Bedrock's too, and of an unknown one: never nothing", () => {
    const { estimateUsd, breakdown } = reportCostOf([use({ vendor: "Example" }), use({ modelId: "unheard-of" })]);
    expect(breakdown).to.deep.equal([
      { item: "Example: report by amazon.nova-pro-v1:0", usd: null },
      { item: "Bedrock: report by unheard-of", usd: null },
      { item: "Bedrock: guardrail of the report", usd: 0.016 },
    ]);
    expect([estimateUsd, isWhole({ breakdown })]).to.deep.equal([0.016, false]);
  });

  it("of both languages adds up line by line; reports of older versions tell none", () => {
    const [first, second] = [reportCostOf([use()]), reportCostOf([use(), use({ vendor: "Example" })])];
    expect(reportCostsTogether([{ cost: first }, {}, { cost: second }])).to.deep.equal({
      estimateUsd: 0.0464,
      breakdown: [
        { item: "Bedrock: report by amazon.nova-pro-v1:0", usd: 0.0224 },
        { item: "Bedrock: guardrail of the report", usd: 0.024 },
        { item: "Example: report by amazon.nova-pro-v1:0", usd: null },
      ],
      pricesAsOf: "2026-11-28",
    });
    expect(reportCostsTogether([{}, {}])).to.equal(undefined);
  });

  it("is forecast as one draft a language, and at most as every redraft at its longest", () => {
    const plan = { modelId: "amazon.nova-pro-v1:0", maxRedrafts: 1, pictures: 0 };
    // Twice 11,667 tokens in, 2,400 out and 36 units; four times 41,000, 5,000 and 74.
    expect(reportForecastOf(plan)).to.deep.equal({ isPriced: true, forecastUsd: 0.052, mostUsd: 0.2692 });
    expect(reportForecastOf({ ...plan, maxRedrafts: 0 }).mostUsd).to.be.closeTo(0.2692 / 2, 1e-4);
    expect(reportForecastOf({ ...plan, pictures: 8 }).forecastUsd).to.be.closeTo(0.052 + (2 * 8 * 1300 * 0.8) / 1e6, 1e-4);
    expect(reportForecastOf({ ...plan, vendor: "Example" })).to.deep.equal({ isPriced: false, forecastUsd: 0.018, mostUsd: 0.074 });
  });

  it("is forecast from sizes that prompts keep", () => {
    const picture = { frame: 1, seconds: 12_345.6, jpeg: new Uint8Array() };
    for (const language of ["en", "zh-TW"] as const) {
      const { system, parts, answer, mostTokens } = questionFor({ items: [] } as unknown as ReportEvidence, language, [], Array(8).fill(picture));
      const told = [system, ...parts.flatMap((part) => ("text" in part ? [part.text] : [])), JSON.stringify(answerSchema(answer.schema))];
      expect(Buffer.byteLength(told.join("")), language).to.be.at.most(reportSizes.rulesBytes);
      expect(mostTokens).to.equal(reportSizes.answerTokens);
    }
    expect([0, 1, 1000, 1001].map((length) => textUnitsOf("x".repeat(length)))).to.deep.equal([0, 1, 1, 2]);
  });
});
