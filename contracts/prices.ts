/**
 * List prices of AWS, US dollars, us-east-1, on demand. For estimates shown beside a result, never for billing.
 * Prices change: {@link pricesAsOf} says when these were last read from the public price pages.
 */
export const pricesAsOf = "2026-10-01";

/** US dollars to a ten-thousandth: finer would pretend. */
export const roundedUsd = (usd: number): number => Math.round(usd * 1e4) / 1e4;

/** SageMaker instances, in jobs and behind endpoints, per hour. An instance type that is missing here has no estimate: that is an error, not zero. */
export const instanceHour: Readonly<Record<string, number>> = {
  "ml.t3.medium": 0.05,
  "ml.m5.large": 0.115,
  "ml.m5.xlarge": 0.23,
  "ml.m5.2xlarge": 0.461,
  "ml.c5.xlarge": 0.204,
  "ml.c5.2xlarge": 0.408,
  "ml.g4dn.xlarge": 0.736,
  "ml.g5.xlarge": 1.408,
  "ml.g5.2xlarge": 1.515,
  "ml.g6.xlarge": 1.1267,
};

/** Seconds that SageMaker bills for before a job's program runs, about. */
export const jobStartSeconds = 120;

/** MediaConvert, basic tier, H.264, single pass, up to 30 frames per second, per minute of output. */
export const mediaConvertMinute = {
  /** Shorter side below 720 pixels. */
  sd: 0.0075,
  /** Shorter side from 720 up to 1080 pixels. */
  hd: 0.015,
} as const;
/** Factor on {@link mediaConvertMinute} for outputs above 30 and up to 60 frames per second. */
export const mediaConvertHighRateFactor = 2;

/** Rekognition segment detection, per minute of video and segment type. */
export const rekognitionSegmentMinute = 0.05;
/** Rekognition label detection, per minute of video. */
export const rekognitionLabelMinute = 0.1;
/** Rekognition on pictures (DetectText), per 1,000 of the first million of a month. */
export const rekognitionThousandPictures = 1;

/** Fargate on Linux, x86-64, per hour: a processor, a GB of memory, and a GB of disk above the first 20. From memory. */
export const fargateHour = { vcpu: 0.04048, memoryGb: 0.004445, diskGb: 0.000111, diskGbIncluded: 20 } as const;
/** Seconds that Fargate bills for before a task's program runs: it fetches the image. About. */
export const taskStartSeconds = 60;

/** GuardDuty's malware scan of an object, per GB. From memory. */
export const malwareScanGb = 0.09;

/** Step Functions, Standard, per state transition. */
export const stateTransition = 0.000025;

/**
 * Language models of Amazon Bedrock, on demand, per 1,000,000 tokens that they are told and that they answer with. Nova Pro: swfte.com/de/blog/amazon-nova-pro-pricing,
 * 2026-05; the others from memory. A model that is missing has no price: what it wrote is told as not priced, never as free.
 */
export const modelMillionTokens: Readonly<Record<string, { readonly input: number; readonly output: number }>> = {
  "amazon.nova-lite-v1:0": { input: 0.06, output: 0.24 },
  "amazon.nova-pro-v1:0": { input: 0.8, output: 3.2 },
  "openai.gpt-oss-120b-1:0": { input: 0.15, output: 0.6 },
};
/** Bedrock's guardrails, per 1,000 units of up to 1,000 characters, for what the platform's looks for: hivebook.wiki, "AWS Bedrock Guardrails", 2026-05. */
export const guardrailThousandUnits = { deniedTopics: 0.15, sensitiveInformation: 0.1 } as const;
/** When these prices of language models and guardrails were written down, from where is said above: nobody has held them against AWS's own page yet. */
export const modelPricesAsOf = "2026-11-28";
