import { boxOverlap, type Rectangle } from "./detection.ts";

/*
 * How far two people agree who looked at the same operation on their own. No one of them is the truth: all figures are the same with the
 * two exchanged.
 */

export interface Kappa {
  /**
   * Cohen's kappa, `(observed - expected) / (1 - expected)`: 1 agrees wholly, 0 as often as chance does (Cohen, "A coefficient of agreement for
   * nominal scales", Educational and Psychological Measurement 20, 1960). Null where chance alone would agree always: both said one thing only.
   */
  readonly kappa: number | null;
  /** Share of units in which both say the same. */
  readonly observed: number;
  /** The share that chance would give two who say each thing as often as these do. */
  readonly expected: number;
  readonly units: number;
}

/** Cohen's kappa of what two people said of the same units, in the same order. Throws if they are not as many. */
export function cohensKappa(first: readonly string[], second: readonly string[]): Kappa {
  if (first.length !== second.length) throw new Error(`Two people can't be compared over ${first.length} and ${second.length} units.`);
  const units = first.length;
  if (units === 0) return { kappa: null, observed: 0, expected: 0, units };
  const agreed = first.filter((label, i) => label === second[i]).length;
  const [one, other] = [countsOf(first), countsOf(second)];
  // Whole numbers until the end: where both said one thing only, chance is exactly 1.
  const byChance = [...one].reduce((sum, [label, count]) => sum + count * (other.get(label) ?? 0), 0);
  const [observed, expected] = [agreed / units, byChance / (units * units)];
  return { kappa: byChance === units * units ? null : (observed - expected) / (1 - expected), observed, expected, units };
}

const countsOf = (labels: readonly string[]): Map<string, number> =>
  labels.reduce((counts, label) => counts.set(label, (counts.get(label) ?? 0) + 1), new Map<string, number>());

export interface LabelledBox extends Rectangle {
  readonly label: string;
}

export interface BoxAgreement {
  /**
   * `2 * matched / (boxes of the one + boxes of the other)`: what kappa becomes where what is rightly not drawn can't be counted (Hripcsak and
   * Rothschild, "Agreement, the F-measure, and reliability in information retrieval", JAMIA 12, 2005). Null if neither drew anything.
   */
  readonly f1: number | null;
  /** Mean intersection over union of those boxes that match; null if none does. */
  readonly overlap: number | null;
  readonly matched: number;
  readonly first: number;
  readonly second: number;
}

/**
 * Boxes of the same label match where they overlap by at least `least` (0.5 as in PASCAL VOC, Everingham et al. 2010), each with one other, best
 * overlap first. A frame is what both drew in it.
 */
export function boxAgreement(
  frames: readonly { readonly first: readonly LabelledBox[]; readonly second: readonly LabelledBox[] }[],
  least = 0.5,
): BoxAgreement {
  let [matched, first, second, overlaps] = [0, 0, 0, 0];
  for (const frame of frames) {
    first += frame.first.length;
    second += frame.second.length;
    const pairs = frame.first
      .flatMap((a, i) => frame.second.flatMap((b, j) => (a.label === b.label ? [{ i, j, overlap: boxOverlap(a, b) }] : [])))
      .filter(({ overlap }) => overlap >= least)
      .sort((a, b) => b.overlap - a.overlap);
    const [ofFirst, ofSecond] = [new Set<number>(), new Set<number>()];
    for (const { i, j, overlap } of pairs) {
      if (ofFirst.has(i) || ofSecond.has(j)) continue;
      ofFirst.add(i);
      ofSecond.add(j);
      matched++;
      overlaps += overlap;
    }
  }
  return { f1: first + second === 0 ? null : (2 * matched) / (first + second), overlap: matched === 0 ? null : overlaps / matched, matched, first, second };
}
