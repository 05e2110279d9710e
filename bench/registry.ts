import type { Measurement } from "./measurement.ts";
import { aggregate } from "./measurements/aggregate.ts";
import { analysis } from "./measurements/analysis.ts";
import { decode } from "./measurements/decode.ts";
import { naive } from "./measurements/naive.ts";
import { pack } from "./measurements/pack.ts";
import { preview } from "./measurements/preview.ts";
import { start } from "./measurements/start.ts";
import { wholeRun } from "./measurements/whole-run.ts";

/** Every measurement, in the order of the document. */
export const measurements: readonly Measurement[] = [decode, analysis, naive, wholeRun, preview, pack, start, aggregate];

/** The measurements of these ids and those that they need. Throws for an id that no measurement has. */
export function select(ids: readonly string[], all: readonly Measurement[] = measurements): readonly Measurement[] {
  const unknown = ids.filter((id) => !all.some((measurement) => measurement.id === id));
  if (unknown.length > 0) throw new Error(`There is no measurement ${unknown.join(", ")}; there are ${all.map(({ id }) => id).join(", ")}.`);
  const wanted = new Set(ids);
  for (const { id, needs } of all.toReversed()) if (wanted.has(id)) for (const need of needs) wanted.add(need);
  return all.filter(({ id }) => wanted.has(id));
}
