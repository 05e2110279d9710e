import { z } from "zod";
import { guardrailThousandUnits, modelMillionTokens, modelPricesAsOf, roundedUsd } from "./prices.ts";
import { type ModelUse, type ReportCost, reportLanguage, reportSizes } from "./report.ts";

/**
 * What it costs to have a language model write a case's report, on AWS at list prices, about: forecast before a run, told from every
 * answer when the report is there. One formula for both. What people ask the model of a case is no part of it.
 */

/** Who runs the organisation's own model. Its endpoint is paid for by the hour and not by what it is asked: its tokens have no price. */
export const ownModelRunner = "SageMaker";

/** Characters that the guardrail counts as one unit. */
const unitCharacters = 1000;
/** Units that the guardrail is billed for that reads this text. */
export const textUnitsOf = (text: string): number => Math.ceil(text.length / unitCharacters);

/** What the tokens of a use cost; null where nobody has stated the model's price: no list of AWS has that of another company. */
function tokensUsd({ modelId, vendor, tokens }: Omit<ModelUse, "textUnits">): number | null {
  const price = vendor === undefined ? modelMillionTokens[modelId] : undefined;
  return price === undefined ? null : (tokens.input * price.input + tokens.output * price.output) / 1e6;
}

const guardrailUsd = (textUnits: number): number => (textUnits / 1000) * (guardrailThousandUnits.deniedTopics + guardrailThousandUnits.sensitiveInformation);

/** What these answers cost: a line for each model, and one for the guardrail. Nothing where no model was asked. */
export function reportCostOf(uses: readonly ModelUse[]): ReportCost {
  const breakdown: ReportCost["breakdown"] = [];
  for (const those of Map.groupBy(uses, ({ modelId, vendor }) => JSON.stringify([vendor, modelId])).values()) {
    const [{ modelId, vendor }] = those as [ModelUse];
    const sum = (of: "input" | "output") => those.reduce((total, { tokens }) => total + tokens[of], 0);
    const usd = tokensUsd({ modelId, ...(vendor !== undefined && { vendor }), tokens: { input: sum("input"), output: sum("output") } });
    breakdown.push({ item: `${vendor ?? "Bedrock"}: report by ${modelId}`, usd: usd === null ? null : roundedUsd(usd) });
  }
  const textUnits = uses.reduce((total, use) => total + use.textUnits, 0);
  if (textUnits > 0) breakdown.push({ item: "Bedrock: guardrail of the report", usd: roundedUsd(guardrailUsd(textUnits)) });
  return { estimateUsd: roundedUsd(breakdown.reduce((total, { usd }) => total + (usd ?? 0), 0)), breakdown, pricesAsOf: modelPricesAsOf };
}

/** Costs of reports together, item by item; undefined where none tells any, as of version 1.0. */
export function reportCostsTogether(reports: readonly { readonly cost?: ReportCost | undefined }[]): ReportCost | undefined {
  const costs = reports.flatMap(({ cost }) => cost ?? []);
  const [first] = costs;
  if (first === undefined) return undefined;
  const byItem = Map.groupBy(
    costs.flatMap(({ breakdown }) => breakdown),
    ({ item }) => item,
  );
  const breakdown = [...byItem].map(([item, lines]) => ({
    item,
    usd: lines.some(({ usd }) => usd === null) ? null : roundedUsd(lines.reduce((total, { usd }) => total + (usd ?? 0), 0)),
  }));
  return { estimateUsd: roundedUsd(costs.reduce((total, { estimateUsd }) => total + estimateUsd, 0)), breakdown, pricesAsOf: first.pricesAsOf };
}

/** Whether everything of a cost has a price. */
export const isWhole = ({ breakdown }: Pick<ReportCost, "breakdown">): boolean => breakdown.every(({ usd }) => usd !== null);

/** What a forecast knows of the model that will write reports. */
export const plannedReport = z.strictObject({
  modelId: z.string().min(1),
  vendor: z.string().min(1).optional(),
  maxRedrafts: z.int().nonnegative(),
  /** Pictures that it is shown, at most. */
  pictures: z.int().nonnegative(),
});
export type PlannedReport = Readonly<z.infer<typeof plannedReport>>;

export const reportForecast = z.strictObject({
  /** Whether the model has a price; else only its guardrail is counted. */
  isPriced: z.boolean(),
  /** If the first draft of each language stands. */
  forecastUsd: z.number().nonnegative(),
  /** If every draft is refused, and says as much as it may. */
  mostUsd: z.number().nonnegative(),
});
export type ReportForecast = z.infer<typeof reportForecast>;

/**
 * What is assumed of a draft: evidence that fills its room, as that of an hour's operation does. Usually three bytes make a token of JSON with
 * figures, and an answer has forty sentences of sixty tokens; at most every byte is one, and the answer as long as it may be. Tokens of a picture:
 * from memory, of Nova's for pictures of up to 0.8 and 1.7 megapixels; those of a report have 0.2.
 */
const draft = {
  usual: { bytesPerToken: 3, reminderBytes: 0, answerTokens: 2400, charactersPerToken: 3, pictureTokens: 1300 },
  most: { bytesPerToken: 1, reminderBytes: reportSizes.reminderBytes, answerTokens: reportSizes.answerTokens, charactersPerToken: 8, pictureTokens: 2600 },
} as const;

/** What writing the report of a case will cost, in all languages. */
export function reportForecastOf({ modelId, vendor, maxRedrafts, pictures }: PlannedReport): ReportForecast {
  const usdOf = ({ bytesPerToken, reminderBytes, answerTokens, charactersPerToken, pictureTokens }: (typeof draft)["usual" | "most"], drafts: number) => {
    const shown = reportSizes.evidenceBytes + reminderBytes;
    const use: ModelUse = {
      ...{ modelId, ...(vendor !== undefined && { vendor }) },
      tokens: { input: Math.ceil((shown + reportSizes.rulesBytes) / bytesPerToken) + pictures * pictureTokens, output: answerTokens },
      textUnits: Math.ceil(shown / unitCharacters) + Math.ceil((answerTokens * charactersPerToken) / unitCharacters),
    };
    return reportCostOf(Array<ModelUse>(reportLanguage.options.length * drafts).fill(use));
  };
  const [usual, most] = [usdOf(draft.usual, 1), usdOf(draft.most, 1 + maxRedrafts)];
  return { isPriced: isWhole(usual), forecastUsd: usual.estimateUsd, mostUsd: most.estimateUsd };
}
