import { definitions, type MeasureName } from "../../../contracts/measure-definitions.ts";
import type { Finding, Measure, MeasureDefinition, MeasureProducer } from "../../../contracts/measures.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import { instruments } from "./families/instruments.ts";
import { motion } from "./families/motion.ts";
import { phases } from "./families/phases.ts";
import { safety } from "./families/safety.ts";
import { times } from "./families/times.ts";
import { view } from "./families/view.ts";
import { type Operation, sentences } from "./operation.ts";

const families = [times, phases, instruments, motion, view, safety];

/** What an operation measures, and all that its values refer to. */
export interface Measured {
  readonly producers: MeasureProducer[];
  readonly definitions: MeasureDefinition[];
  readonly measures: Omit<Measure, "cohort">[];
  readonly findings: Finding[];
}

/**
 * Every measure that an operation allows, not yet compared with others, and what was found on the way, in the order of time. Throws BrokenContract
 * where something was told by somebody of whom the analysis says nothing.
 */
export function measureOf(operation: Operation): Measured {
  const all = families.map((family) => family(operation));
  const measures = all
    .flatMap(({ measures }) => measures)
    .map((draft) => ({
      ...draft,
      note: draft.value === null ? draft.note : sentences(draft.note, operation.omission),
      unit: definitions[draft.name as MeasureName].unit,
    }));
  const findings = all
    .flatMap(({ findings }) => findings)
    .sort((a, b) => a.startFrame - b.startFrame || a.endFrame - b.endFrame || (a.type < b.type ? -1 : a.type > b.type ? 1 : a.label < b.label ? -1 : 1))
    .map((finding, i) => ({ ...finding, id: `finding-${i + 1}` }));
  const tellers = [...new Set([...measures, ...findings].flatMap(({ producers }) => producers))].sort();
  const names = new Set(measures.map(({ name }) => name));
  return {
    producers: tellers.map((id) => {
      const producer = operation.producers.get(id);
      if (!producer) throw new BrokenContract(`The analysis has findings of ${id} and does not say who that is.`);
      return producer;
    }),
    definitions: Object.entries(definitions).flatMap(([name, definition]) => (names.has(name) ? [{ name, ...definition }] : [])),
    measures,
    findings,
  };
}
