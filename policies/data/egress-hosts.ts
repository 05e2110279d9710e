/** A host that patients' data may go to, because a business associate contract says so: 164.308(b)(1), 164.314(a)(1). */
export interface Associate {
  /** `api.example.com`, or `.example.com` for all below it. */
  readonly host: string;
  /** Who runs it. */
  readonly who: string;
  /** Where the contract is, and until when it holds: `2027-10-31`. */
  readonly contract: string;
  readonly until: string;
}

/**
 * Whom the platform may send anything to. AWS is one, by its own Business Associate Addendum; everybody else must be listed with a
 * contract. Looked up when a host is added, and every year: contracts end.
 */
export const egress = {
  asOf: "2026-11-26",
  source: "The organisation's register of business associates; AWS's addendum is accepted in AWS Artifact.",
  /** Nobody. */
  associates: [] as readonly Associate[],
  /** Domains of AWS that its services answer at. */
  aws: [".amazonaws.com", ".amazoncognito.com", ".api.aws", ".cloudfront.net", ".on.aws"],
  /** Hosts that are named and sent nothing of patients, and why. */
  harmless: {
    "json-schema.org": "Names a schema; nobody asks it.",
    "token.actions.githubusercontent.com": "Says who a workflow is. AWS fetches its keys.",
    "www.w3.org": "Names a namespace; nobody asks it.",
  } as Readonly<Record<string, string>>,
  /** Services that are often sent data to be analysed, watched or stored, found by name even where there is no address. */
  thirdParties: [
    "anthropic",
    "assemblyai",
    "azure.com",
    "cohere",
    "comet",
    "datadoghq",
    "deepgram",
    "dropbox",
    "googleapis",
    "huggingface",
    "mixpanel",
    "neptune.ai",
    "newrelic",
    "ngrok",
    "openai",
    "roboflow",
    "segment.io",
    "sentry.io",
    "slack.com",
    "splunkcloud",
    "wandb",
  ],
} as const;
