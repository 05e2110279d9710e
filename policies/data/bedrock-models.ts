/**
 * Models of Amazon Bedrock that patients' data may be shown to: of those, Bedrock keeps no prompts and hands none to whoever made the model.
 * Bedrock itself is HIPAA-eligible; some models are not fit all the same, because they ask for their prompts to be kept or shared
 * (`data_retention_mode`): Claude Fable 5 and Mythos 5, and OpenAI's but for the open ones. Data, not advice: compare before use.
 */
export const bedrockModels = {
  asOf: "2026-10-18",
  /** Amazon Bedrock User Guide, "Data retention" and "Amazon Bedrock abuse detection"; ids as in "Supported foundation models in Amazon Bedrock". */
  source: "https://docs.aws.amazon.com/bedrock/latest/userguide/data-retention.html",
  models: [
    "amazon.nova-lite-v1:0",
    "amazon.nova-micro-v1:0",
    "amazon.nova-pro-v1:0",
    "amazon.titan-embed-text-v2:0",
    "anthropic.claude-haiku-4-5-20251001-v1:0",
    "anthropic.claude-sonnet-4-5-20250929-v1:0",
    "anthropic.claude-sonnet-4-6",
    "openai.gpt-oss-120b-1:0",
  ],
  /** First part of the ids of inference profiles whose Regions our contracts cover; `global.` goes anywhere. */
  geographies: ["us"],
} as const;
