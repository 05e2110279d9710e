import { definitions, type MeasureName } from "../../../contracts/measure-definitions.ts";
import type { Finding, Measure } from "../../../contracts/measures.ts";
import { instruments } from "./families/instruments.ts";
import { motion } from "./families/motion.ts";
import { phases } from "./families/phases.ts";
import { safety } from "./families/safety.ts";
import { times } from "./families/times.ts";
import { view } from "./families/view.ts";
import type { Operation } from "./operation.ts";

const families = [times, phases, instruments, motion, view, safety];

/** Every measure that an operation allows, not yet compared with others, and what was found on the way, in the order of time. */
export function measureOf(operation: Operation): { measures: Omit<Measure, "cohort">[]; findings: Finding[] } {
  const all = families.map((family) => family(operation));
  return {
    measures: all
      .flatMap(({ measures }) => measures)
      .map((draft) => ({
        ...draft,
        note: draft.value === null ? draft.note : [draft.note, operation.omission].filter((note) => note !== null).join(" ") || null,
        unit: definitions[draft.name as MeasureName].unit,
      })),
    findings: all
      .flatMap(({ findings }) => findings)
      .sort((a, b) => a.startFrame - b.startFrame || a.endFrame - b.endFrame || (a.type < b.type ? -1 : a.type > b.type ? 1 : a.label < b.label ? -1 : 1))
      .map((finding, i) => ({ ...finding, id: `finding-${i + 1}` })),
  };
}
