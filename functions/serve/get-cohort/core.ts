import { leastBeyond, percentiles, type Spread, smallestCohort } from "../../../contracts/cohort.ts";
import { definitions, type MeasureName } from "../../../contracts/measure-definitions.ts";

/** Values of one operation by identifier of measure. */
export type Values = Readonly<Record<string, number>>;

/** How each measure is spread over operations, in the order of the definitions. One that fewer than ten have is left out. */
export function spreadsOf(operations: readonly Values[]): Spread[] {
  const byId = new Map<string, number[]>();
  for (const values of operations) for (const [id, value] of Object.entries(values)) byId.set(id, [...(byId.get(id) ?? []), value]);
  const order = Object.keys(definitions);
  return [...byId]
    .flatMap(([id, values]) => {
      const name = id.split("/", 1)[0] as string;
      // What a newer or older version of the platform measured, nobody here can explain.
      if (values.length < smallestCohort || !Object.hasOwn(definitions, name)) return [];
      return [spreadOf(id, name as MeasureName, values)];
    })
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name) || (a.id < b.id ? -1 : 1));
}

function spreadOf(id: string, name: MeasureName, values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const { unit } = definitions[name];
  const [p10, p25, p50, p75, p90] = percentiles.map((share) => percentileOf(sorted, share));
  return {
    ...{ id, name, of: id === name ? null : id.slice(name.length + 1), unit, n: sorted.length },
    at: [p10 ?? null, p25 ?? null, p50 as number, p75 ?? null, p90 ?? null],
    withAny: unit === "count" ? rounded(sorted.filter((value) => value >= 1).length / sorted.length) : null,
  };
}

/** Linear interpolation between order statistics (Hyndman & Fan, Am Stat 1996, definition 7); null where too few lie beyond. */
function percentileOf(sorted: readonly number[], share: number): number | null {
  if (Math.floor(Math.min(share, 1 - share) * sorted.length + 1e-9) < leastBeyond) return null;
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return rounded(below + (above - below) * (place - Math.floor(place)));
}

/** To a thousandth, as measures are. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000;
