/** A claim, how sure it was, and whether it was right. */
export interface Claim {
  readonly score: number;
  readonly right: boolean;
}

/** Points of the precision-recall curve by falling score; claims of equal score are one point, so that their order changes nothing. */
function curve(claims: readonly Claim[], total: number): { precision: number; recall: number }[] {
  const sorted = [...claims].sort((a, b) => b.score - a.score);
  const points: { precision: number; recall: number }[] = [];
  let right = 0;
  sorted.forEach((claim, i) => {
    if (claim.right) right++;
    if (sorted[i + 1]?.score === claim.score) return;
    points.push({ precision: right / (i + 1), recall: right / total });
  });
  return points;
}

/** Area under the precision-recall curve as a sum of steps, without interpolation (as scikit-learn's `average_precision_score`). Null if nothing was to be found. */
export function averagePrecision(claims: readonly Claim[], total: number): number | null {
  if (total === 0) return null;
  let [area, before] = [0, 0];
  for (const { precision, recall } of curve(claims, total)) {
    area += precision * (recall - before);
    before = recall;
  }
  return area;
}

/** Mean of the highest precision at or beyond each of the recalls 0, 0.01, ... 1 (COCO, `cocoeval.py`). Null if nothing was to be found. */
export function interpolatedPrecision(claims: readonly Claim[], total: number): number | null {
  if (total === 0) return null;
  // COCO counts claim by claim, in the order given where scores are equal.
  const sorted = [...claims].sort((a, b) => b.score - a.score);
  let right = 0;
  const points = sorted.map((claim, i) => {
    if (claim.right) right++;
    return { precision: right / (i + 1), recall: right / total };
  });
  for (let i = points.length - 2; i >= 0; i--) {
    const [point, next] = [points[i], points[i + 1]] as [{ precision: number }, { precision: number }];
    point.precision = Math.max(point.precision, next.precision);
  }
  let sum = 0;
  for (let step = 0, i = 0; step <= 100; step++) {
    while (i < points.length && (points[i] as { recall: number }).recall < step / 100 - 1e-12) i++;
    sum += points[i]?.precision ?? 0;
  }
  return sum / 101;
}

/** Probability that what is there scores higher than what is not, ties counted half. Null if one of the two never occurs. */
export function areaUnderRoc(claims: readonly Claim[]): number | null {
  const sorted = [...claims].sort((a, b) => a.score - b.score);
  const positives = sorted.filter(({ right }) => right).length;
  const negatives = sorted.length - positives;
  if (positives === 0 || negatives === 0) return null;
  let ranks = 0;
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    while (end < sorted.length && sorted[end]?.score === sorted[i]?.score) end++;
    // Ranks are counted from 1; equal scores share the mean of theirs.
    ranks += sorted.slice(i, end).filter(({ right }) => right).length * ((i + 1 + end) / 2);
    i = end;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}
