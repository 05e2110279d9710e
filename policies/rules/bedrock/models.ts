import { bedrockModels } from "../../data/bedrock-models.ts";

export interface ModelsConfig {
  readonly models?: readonly string[];
  readonly geographies?: readonly string[];
}

const list = (values: readonly string[]) => ({ type: "array" as const, items: { type: "string" as const }, default: [...values] });
export const modelsSchema = { properties: { models: list(bedrockModels.models), geographies: list(bedrockModels.geographies) } };

/** Things of our own that stand for a model, and are judged where they are made. */
const ours = /:(application-inference-profile|provisioned-model|custom-model|custom-model-deployment|imported-model|prompt|prompt-router)\//;

/**
 * What is wrong with showing data to a model, in words. A model is named by its id, by the id of an inference profile
 * (`us.anthropic...`, which spreads calls over the Regions of a geography), or by the ARN of either.
 */
export function problemOfModel(model: unknown, { models = bedrockModels.models, geographies = bedrockModels.geographies }: ModelsConfig): string | undefined {
  if (typeof model !== "string" || model === "") return "names no model";
  if (ours.test(model)) return undefined;
  const [, region, name = model] = /^arn:[^:]*:bedrock:([^:]*):[^:]*:(?:foundation-model|inference-profile)\/(.+)$/.exec(model) ?? [];
  const [, geography, id] = /^(us|eu|apac|global|jp|au|ca|us-gov)\.(.+)$/.exec(name) ?? [undefined, undefined, name];
  if (!models.some((approved) => approved === id)) return `names ${model}, which is none of the approved models`;
  const places = [geography, region].filter((place) => place !== undefined);
  const outside = places.filter((place) => !geographies.some((allowed) => place === allowed || place.startsWith(`${allowed}-`)));
  return outside.length === 0 ? undefined : `names ${model}, which answers outside ${geographies.join(", ")}`;
}
