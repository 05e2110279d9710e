import { limits } from "../../../../contracts/measure-definitions.ts";
import { lengthOf, type Operation, secondsOf, told, untold } from "../operation.ts";
import { type Family, findingOf, phaseAt } from "../result.ts";

/** Time inside and outside the patient, and how often the camera leaves for a moment. */
export function times(operation: Operation): Family {
  const { inBody, outOfBody } = operation;
  const [first, last] = [inBody[0], inBody.at(-1)];
  if (!first || !last) {
    const why = "The camera is never inside the patient.";
    const outside = told(operation, "out-of-body-time", null, secondsOf(operation, outOfBody), outOfBody);
    return {
      measures: [untold("procedure-time", why), told(operation, "in-body-time", null, 0, outOfBody), outside, untold("excursion-count", why)],
      findings: [],
    };
  }
  const excursions = outOfBody.filter(
    (span) => span.startFrame > first.startFrame && span.endFrame < last.endFrame && lengthOf(operation, span) <= limits.longestExcursion,
  );
  const byPhase = Map.groupBy(
    excursions.filter(({ startFrame }) => phaseAt(operation, startFrame - 1) !== undefined),
    // The phase that the camera leaves from: phases may have gaps where nobody looked.
    ({ startFrame }) => phaseAt(operation, startFrame - 1)?.label as string,
  );
  return {
    measures: [
      told(operation, "procedure-time", null, operation.secondsBetween(first.startFrame, last.endFrame), outOfBody),
      told(operation, "in-body-time", null, secondsOf(operation, inBody), outOfBody),
      told(operation, "out-of-body-time", null, secondsOf(operation, outOfBody), outOfBody),
      told(operation, "excursion-count", null, excursions.length, excursions),
      told(operation, "excursion-time", null, secondsOf(operation, excursions), excursions),
      ...[...byPhase].map(([phase, spans]) => told(operation, "excursion-count", phase, spans.length, spans)),
    ],
    findings: excursions.map((span) => findingOf("excursion", "The camera leaves the patient", span, [span])),
  };
}
