import { limits } from "../../../../contracts/measure-definitions.ts";
import { allUntold, type Item, lengthOf, type Operation, secondsOf, told, untold } from "../operation.ts";
import { type Family, findingOf, phaseAt } from "../result.ts";

/** Time inside and outside the patient, and how often the camera leaves for a moment. */
export function times(operation: Operation): Family {
  const { inBody, outOfBody } = operation;
  const [first, last] = [inBody[0], inBody.at(-1)];
  if (!first || !last) {
    const why = "The camera is never inside the patient.";
    const outside = told(operation, "out-of-body-time", null, secondsOf(operation, outOfBody), outOfBody, null, [operation.gate]);
    return {
      measures: [
        untold("procedure-time", why),
        told(operation, "in-body-time", null, 0, outOfBody, null, [operation.gate]),
        outside,
        ...allUntold(["excursion-count", "excursion-time"], why),
      ],
      findings: [],
    };
  }
  const excursions = together(outOfBody).filter(
    (span) => span.startFrame > first.startFrame && span.endFrame < last.endFrame && lengthOf(operation, span) <= limits.longestExcursion,
  );
  const byPhase = Map.groupBy(
    excursions.filter(({ startFrame }) => phaseAt(operation, startFrame - 1) !== undefined),
    // The phase that the camera leaves from: phases may have gaps where nobody looked.
    ({ startFrame }) => phaseAt(operation, startFrame - 1)?.label as string,
  );
  return {
    measures: [
      told(operation, "procedure-time", null, operation.secondsBetween(first.startFrame, last.endFrame), outOfBody, null, [operation.gate]),
      told(operation, "in-body-time", null, secondsOf(operation, inBody), outOfBody, null, [operation.gate]),
      told(operation, "out-of-body-time", null, secondsOf(operation, outOfBody), outOfBody, null, [operation.gate]),
      told(operation, "excursion-count", null, excursions.length, excursions, null, [operation.gate]),
      told(operation, "excursion-time", null, secondsOf(operation, excursions), excursions, null, [operation.gate]),
      ...[...byPhase].map(([phase, spans]) => told(operation, "excursion-count", phase, spans.length, spans, null, [operation.gate])),
    ],
    findings: excursions.map((span) => findingOf("excursion", "The camera leaves the patient", span, [span])),
  };
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
