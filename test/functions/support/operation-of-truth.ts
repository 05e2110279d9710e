import type { GroundTruth } from "../../../contracts/ground-truth.ts";
import type { FrameSpan } from "../../../contracts/primitives.ts";
import { without } from "../../../functions/aggregate/merge-timeline/spans.ts";
import { cholecystectomy } from "../../../models/synthetic/procedures/cholecystectomy.ts";
import { planScenario, type Scenario } from "../../../models/synthetic/scenario.ts";
import { truthOf } from "../../../models/synthetic/truth.ts";
import type { Drawn, Labelled } from "./drawn-operation.ts";

/** What a network for the view looks for, of the events that drawn operations have. */
const conditions = ["smoke", "bleeding", "fog", "blur"];
/** What the platform's own measurement finds. */
const cues = ["black", "freeze", "overexposed", "underexposed"];

/** The ground truth of a drawn operation whose pictures nobody needs: every instrument in use has one box. */
export function plannedTruth(seed: number, seconds: number, frameRate = { num: 25, den: 1 }): { scenario: Scenario; truth: GroundTruth } {
  const scenario = planScenario({ seed, seconds, frameRate });
  const boxes = Array.from({ length: scenario.frameCount }, (_, frame) =>
    scenario.tools
      .filter(({ startFrame, endFrame }) => startFrame <= frame && frame < endFrame)
      .map(
        ({ instrument, hand }) =>
          [scenario.procedure.instruments.indexOf(instrument), hand === "left" ? 10 : 200, 50, 40, 40] as [number, number, number, number, number],
      ),
  );
  return { scenario, truth: truthOf(scenario, 320, 180, boxes) };
}

/** What analysers that are never wrong would make of an operation: its ground truth, without what lies outside the patient. */
export function drawnOf(truth: GroundTruth): Drawn {
  const outside = [...truth.outOfBody].sort((a, b) => a.startFrame - b.startFrame);
  const inside = (label: string, span: FrameSpan): Labelled[] =>
    without(span, outside).map(({ startFrame, endFrame }): Labelled => [label, startFrame, endFrame]);
  return {
    frameCount: truth.media.frameCount,
    outOfBody: outside.map(({ startFrame, endFrame }) => [startFrame, endFrame] as const),
    phases: truth.segments.filter(({ level }) => level === "phase").flatMap(({ label, ...span }) => inside(label, span)),
    phaseLabels: cholecystectomy.phases.map(({ label }) => label),
    instrumentLabels: truth.instrumentLabels,
    instruments: truth.instrumentLabels.flatMap((label, i) => presences(truth, i).flatMap((span) => inside(label, span))),
    view: conditions,
    events: truth.events.filter(({ type }) => [...conditions, ...cues].includes(type)).flatMap(({ type, ...span }) => inside(type, span)),
  };
}

/** Runs of frames with a box of the label. */
function presences({ instruments }: GroundTruth, label: number): FrameSpan[] {
  const runs: { startFrame: number; endFrame: number }[] = [];
  for (const [frame, boxes] of instruments) {
    if (!boxes.some(([of]) => of === label)) continue;
    const last = runs.at(-1);
    if (last?.endFrame === frame) last.endFrame++;
    else runs.push({ startFrame: frame, endFrame: frame + 1 });
  }
  return runs;
}
