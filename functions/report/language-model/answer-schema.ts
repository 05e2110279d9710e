import { z } from "zod";

/**
 * Keywords that services which hold a model to a schema do not take, or not all of them: bounds of lengths and numbers, patterns. They are
 * left to whoever reads the answer (Amazon Bedrock User Guide, "Get validated JSON results from models"; OpenAI, "Structured model outputs").
 */
const unsupported = new Set(["$schema", "minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "minimum", "maximum", "default"]);

/** The JSON Schema that a model is held to: objects with no other properties than those named, every one of them required. */
export const answerSchema = (schema: z.ZodType): object => plain(z.toJSONSchema(schema)) as object;

/** The schema without those keywords. Names of properties are no keywords. */
function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, value]) => {
      if (unsupported.has(key)) return [];
      return [[key, key === "properties" ? Object.fromEntries(Object.entries(value as object).map(([name, of]) => [name, plain(of)])) : plain(value)]];
    }),
  );
}
