let listener: ((urn: string) => void) | undefined;

/**
 * Runs a rule about a whole stack and tells which resources it judged one by one: the protocol of policy packs tells only of
 * violations, and an auditor asks what was looked at. The rule must be synchronous.
 */
export function listenToJudgements<T>(told: (urn: string) => void, run: () => T): T {
  const before = listener;
  listener = told;
  try {
    return run();
  } finally {
    listener = before;
  }
}

/** Tells whoever listens that a resource was judged. */
export function tellJudged(item: unknown): void {
  if (typeof item === "object" && item !== null && "urn" in item && typeof item.urn === "string") listener?.(item.urn);
}
