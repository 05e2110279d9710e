/** Shares below this count as this much, so that an empty bin has a logarithm: a ten-thousandth, as is customary. */
const least = 1e-4;

/**
 * Population stability index of two distributions over the same bins: the sum over bins of (actual - expected) ln(actual / expected).
 * It is the symmetric divergence of Kullback and Leibler ("On Information and Sufficiency", Annals of Mathematical Statistics 22, 1951); as
 * an index of populations it, and the limits that go with it, come from credit scoring (Siddiqi, "Credit Risk Scorecards", Wiley 2006).
 */
export const populationStability = (expected: readonly number[], actual: readonly number[]): number =>
  expected.reduce((sum, share, bin) => {
    const [e, a] = [Math.max(share, least), Math.max(actual[bin] as number, least)];
    return sum + (a - e) * Math.log(a / e);
  }, 0);

/** Below 0.1 nothing noticeable, from 0.25 a significant shift (Siddiqi, as above). */
export const psiLimits = { moderate: 0.1, large: 0.25 } as const;

/** Mean of distributions: each case counts the same, however long its video is. */
export const meanDistribution = (cases: readonly (readonly number[])[]): number[] =>
  (cases[0] ?? []).map((_, bin) => cases.reduce((sum, one) => sum + (one[bin] as number), 0) / cases.length);

/** Times that cases are dealt anew. */
const deals = 1999;

/**
 * How probable it is that cases of one kind, dealt into a baseline and a window at random, give an index as large: a permutation test, whose
 * probability is never 0 (Phipson and Smyth, "Permutation P-values Should Never Be Zero", 2010). The customary limits ignore how few
 * cases there are (Yurdakul, "Statistical Properties of Population Stability Index", 2018), and frames of one operation resemble each other, so
 * that it is cases that are dealt. The same cases always give the same probability.
 */
export function psiProbability(baseline: readonly (readonly number[])[], window: readonly (readonly number[])[]): number {
  const indexOf = (cases: readonly (readonly number[])[]) =>
    populationStability(meanDistribution(cases.slice(0, baseline.length)), meanDistribution(cases.slice(baseline.length)));
  const cases = [...baseline, ...window];
  const seen = indexOf(cases);
  const next = mulberry32(1);
  let asLarge = 0;
  for (let deal = 0; deal < deals; deal++) {
    shuffle(cases, next);
    if (indexOf(cases) >= seen - 1e-12) asLarge++;
  }
  return (1 + asLarge) / (1 + deals);
}

/** Fisher and Yates. */
function shuffle<Item>(items: Item[], next: () => number): void {
  for (let last = items.length - 1; last > 0; last--) {
    const chosen = Math.floor(next() * (last + 1));
    [items[last], items[chosen]] = [items[chosen] as Item, items[last] as Item];
  }
}

/** Tommy Ettinger's generator of 32-bit state, public domain: the same numbers of a seed on every machine. Values in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
