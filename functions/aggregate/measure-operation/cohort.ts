import { smallestCohort } from "../../../contracts/cohort.ts";
import type { Measure } from "../../../contracts/measures.ts";

/** Where a value stands among those of other operations: mid-rank percentile, and standard score, of logarithms where the value is a duration. Null under ten. */
export function placeAmong(value: number, others: readonly number[], isDuration: boolean): { n: number; percentile: number; z: number | null } | null {
  if (others.length < smallestCohort) return null;
  const below = others.filter((other) => other < value).length;
  const equal = others.filter((other) => other === value).length;
  const percentile = (below + equal / 2) / others.length;
  return { n: others.length, percentile: Math.round(percentile * 1e4) / 1e4, z: standardScore(value, others, isDuration) };
}

/** Durations are spread log-normally (Strum et al., Anesthesiology 2000). Null where the others do not differ, or a logarithm does not exist. */
function standardScore(value: number, others: readonly number[], isDuration: boolean): number | null {
  if (isDuration && (value <= 0 || others.some((other) => other <= 0))) return null;
  const scale = isDuration ? Math.log : (x: number) => x;
  const scaled = others.map(scale);
  const mean = scaled.reduce((sum, x) => sum + x, 0) / scaled.length;
  const deviation = Math.sqrt(scaled.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (scaled.length - 1));
  return deviation > 1e-9 ? Math.round(((scale(value) - mean) / deviation) * 1000) / 1000 : null;
}

/** Values of one operation by identifier of measure: what is kept for comparing others with it. */
export const valuesOf = (measures: readonly Pick<Measure, "id" | "value">[]): Record<string, number> =>
  Object.fromEntries(measures.flatMap(({ id, value }) => (value === null ? [] : [[id, value]])));
