import { limits } from "../../../../contracts/measure-definitions.ts";
import { allUntold, asOne, type Item, lengthOf, type Operation, secondsOf, told, untold } from "../operation.ts";
import { type Family, findingOf, phaseAt, phasesOf } from "../result.ts";

const ofExcursions = ["excursion-count", "excursion-time"] as const;
const ofCleaning = ["lens-cleaning-count", "lens-cleaning-time"] as const;
/** Words that networks may have for it. */
const cleaningTypes = ["lens-cleaning", "camera-cleaning", "scope-cleaning"];

/** Time inside and outside the patient, how often the camera leaves for a moment, and how often its lens is cleaned. */
export function times(operation: Operation): Family {
  const { inBody, outOfBody } = operation;
  const by = [operation.gate];
  const outside = told(operation, "out-of-body-time", null, secondsOf(operation, outOfBody), { by, items: outOfBody });
  const inside = told(operation, "in-body-time", null, secondsOf(operation, inBody), { by, items: outOfBody });
  const [first, last] = [inBody[0], inBody.at(-1)];
  if (!first || !last) {
    const why = "The camera is never inside the patient.";
    return { measures: [untold("procedure-time", why), inside, outside, ...allUntold([...ofExcursions, ...ofCleaning], why)], findings: [] };
  }
  const excursions = together(outOfBody).filter(
    (span) => span.startFrame > first.startFrame && span.endFrame < last.endFrame && lengthOf(operation, span) <= limits.longestExcursion,
  );
  // By the phase that the camera leaves from: phases may have gaps where nobody looked.
  const leaving = excursions.map((span) => ({ span, phase: phaseAt(operation, span.startFrame - 1) }));
  const perPhase = phasesOf(operation).flatMap(({ label, producers }) => {
    const those = leaving.filter(({ phase }) => phase?.label === label);
    const spans = those.map(({ span }) => span);
    const ground = { by: [...by, ...producers], items: spans, within: those.flatMap(({ phase }) => phase ?? []) };
    return [told(operation, "excursion-count", label, spans.length, ground), told(operation, "excursion-time", label, secondsOf(operation, spans), ground)];
  });
  return {
    measures: [
      told(operation, "procedure-time", null, operation.secondsBetween(first.startFrame, last.endFrame), { by, items: outOfBody }),
      inside,
      outside,
      told(operation, "excursion-count", null, excursions.length, { by, items: excursions }),
      told(operation, "excursion-time", null, secondsOf(operation, excursions), { by, items: excursions }),
      ...perPhase,
      ...cleaning(operation),
    ],
    findings: excursions.map((span) => findingOf("excursion", "The camera leaves the patient", span, [span])),
  };
}

/** Cleanings that somebody tells. Where the camera goes when it leaves, its own pictures do not say. */
function cleaning(operation: Operation) {
  const sought = asOne(cleaningTypes.flatMap((type) => operation.events.get(type) ?? []));
  if (!sought) return allUntold(ofCleaning, "No network tells when the lens is cleaned: an excursion may be for that, or for something else.");
  const { items, watch } = sought;
  const ground = { by: watch.producers, items };
  return [
    told(operation, "lens-cleaning-count", null, together(items).length, ground),
    told(operation, "lens-cleaning-time", null, secondsOf(operation, items), ground),
  ];
}

/** Spans that touch or overlap as one, with the identifier of the first. */
function together(spans: readonly Item[]): Item[] {
  const found: Item[] = [];
  for (const span of [...spans].sort((a, b) => a.startFrame - b.startFrame)) {
    const last = found.at(-1);
    if (last && span.startFrame <= last.endFrame) found[found.length - 1] = { ...last, endFrame: Math.max(last.endFrame, span.endFrame) };
    else found.push(span);
  }
  return found;
}
