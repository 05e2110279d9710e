import { z } from "zod";

/*
 * The part of the Chat Completions API that the platform speaks to language models which are not of Amazon Bedrock: OpenAI's API reference,
 * "Create chat completion". Other companies and servers of open models (vLLM, the containers of SageMaker for large models) answer to the same.
 */

const part = z.union([
  z.strictObject({ type: z.literal("text"), text: z.string() }),
  z.strictObject({ type: z.literal("image_url"), image_url: z.strictObject({ url: z.string().startsWith("data:image/jpeg;base64,") }) }),
]);

/** One question: what the model is told, what it is shown, and the schema that its answer must keep. */
export const chatRequest = z.strictObject({
  model: z.string().min(1),
  messages: z.tuple([
    z.strictObject({ role: z.literal("system"), content: z.string() }),
    z.strictObject({ role: z.literal("user"), content: z.array(part).min(1) }),
  ]),
  temperature: z.number().min(0).max(2),
  max_completion_tokens: z.int().positive(),
  response_format: z.strictObject({
    type: z.literal("json_schema"),
    json_schema: z.strictObject({ name: z.string(), strict: z.literal(true), schema: z.record(z.string(), z.unknown()) }),
  }),
});
export type ChatRequest = z.infer<typeof chatRequest>;

/** What of an answer is read; it may hold more. */
export const chatResponse = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullable(),
        message: z.object({ content: z.string().nullable(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.int().nonnegative(), completion_tokens: z.int().nonnegative() }).nullish(),
});
export type ChatResponse = z.infer<typeof chatResponse>;
