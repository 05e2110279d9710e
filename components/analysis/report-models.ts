/**
 * Models of Amazon Bedrock that may draft reports. Each answers where it is asked: profiles that spread calls over Regions are left out,
 * because the network's endpoint and the guardrails of the organisation keep patients' data in the environment's Region.
 */
export const reportModels = {
  /** From memory, not looked up; the page is where to check it. */
  asOf: "2026-11-26",
  source: "https://docs.aws.amazon.com/bedrock/latest/userguide/models-regions.html",
  /** Regions in which a model is offered without a profile, by model. */
  regions: {
    "amazon.nova-lite-v1:0": ["us-east-1"],
    "amazon.nova-pro-v1:0": ["us-east-1"],
    "openai.gpt-oss-120b-1:0": ["us-east-1", "us-east-2", "us-west-2"],
    /** Of nobody at AWS: sentences by rule, for trying this out without an account. */
    "svp.local-drafter-v1:0": ["us-east-1"],
  } as Readonly<Record<string, readonly string[]>>,
  /**
   * Of these, what can be held to a JSON schema (Bedrock User Guide, "Get validated JSON results from models"). Nova is not among them: it is told of
   * the schema in words, and its answer is read as strictly.
   */
  structured: ["openai.gpt-oss-120b-1:0", "svp.local-drafter-v1:0"] as readonly string[],
  /** Of these, what can be shown pictures. */
  seeing: ["amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0", "svp.local-drafter-v1:0"] as readonly string[],
  /** Of these, what no patient's data may be shown to. */
  syntheticOnly: ["svp.local-drafter-v1:0"] as readonly string[],
} as const;

/** ARN of a model that is asked in the Region. It belongs to no account. */
export const modelArn = (region: string, modelId: string): string => `arn:aws:bedrock:${region}::foundation-model/${modelId}`;
