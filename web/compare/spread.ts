import type { Cohort, Spread } from "../../contracts/cohort.ts";
import type { Measure } from "../../contracts/measures.ts";

/** A case's measure beside how the cohort's are spread. */
export interface Placed {
  readonly spread: Spread;
  /** Null where the case has no such value. */
  readonly value: number | null;
  readonly group: "time" | "phase" | "instrument" | "event" | "other";
}

const groupOf = ({ name, unit }: Spread): Placed["group"] => {
  if (name.startsWith("phase-") || name === "transition-count") return "phase";
  if (/^(instrument|path|mean-|two-instruments|bimanual|exchange)/.test(name)) return "instrument";
  if (unit === "count" || /^(bleeding|excursion|lens-cleaning)/.test(name)) return "event";
  return unit === "seconds" ? "time" : "other";
};

export const groups = ["time", "phase", "instrument", "event", "other"] as const;

/** Every measure of a cohort with the case's own, in the cohort's order; but for instruments and phases that neither the cohort nor the case had. */
export function placed({ spreads }: Pick<Cohort, "spreads">, measures: readonly Pick<Measure, "id" | "value">[]): Placed[] {
  const values = new Map(measures.map(({ id, value }) => [id, value]));
  return spreads
    .map((spread) => ({ spread, value: values.get(spread.id) ?? null, group: groupOf(spread) }))
    .filter(
      ({ spread: { at, withAny, of }, value }) => of === null || (value ?? 0) !== 0 || (withAny ?? 0) > 0 || at.some((known) => known !== null && known !== 0),
    );
}

/** Places from 0 to 1 of what a picture of a spread shows; a tenth is left free on either side. */
export function scaleOf({ at }: Spread, value: number | null): (of: number) => number {
  const known = [...at, value].filter((of): of is number => of !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return (of) => (most === least ? 0.5 : 0.1 + (0.8 * (of - least)) / (most - least));
}
