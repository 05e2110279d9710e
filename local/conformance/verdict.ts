import { isDeepStrictEqual } from "node:util";
import type { Assertion, Subject } from "./assertion.ts";

/** What came of one assertion with one implementation. */
export interface Verdict {
  readonly assertion: Assertion;
  /** What was seen; the error, where observing itself failed. */
  readonly observed: unknown;
  readonly agrees: boolean;
}

/** Longest that one assertion may take, milliseconds: an implementation that hangs is one that differs. */
const patience = 60_000;

/** Tries every assertion, one after the other. */
export async function judge(assertions: readonly Assertion[], subject: Subject, done: (verdict: Verdict) => void = () => undefined): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const assertion of assertions) {
    const observed = await observe(assertion, subject);
    const verdict = { assertion, observed, agrees: isDeepStrictEqual(observed, assertion.expected) };
    verdicts.push(verdict);
    done(verdict);
  }
  return verdicts;
}

async function observe(assertion: Assertion, subject: Subject): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came of it in ${patience / 1000} s`)), patience);
  });
  try {
    // As JSON has it: absent and undefined are the same.
    return JSON.parse(JSON.stringify((await Promise.race([assertion.observe(subject), late])) ?? null));
  } catch (error) {
    return { failed: `${(error as Error).name}: ${(error as Error).message}` };
  } finally {
    clearTimeout(timer);
  }
}
