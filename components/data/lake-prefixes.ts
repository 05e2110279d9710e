/** The first parts of the keys in the processed bucket, as `contracts/keys.ts` lays them out: what roles are bound to. */
export const lakePrefixes = {
  renditions: "processed-videos/",
  results: "analysis-results/",
  metadata: "processed-metadata/",
  /** Samples of what the endpoint for single images was asked and answered. */
  captures: "captured-images/",
} as const;
