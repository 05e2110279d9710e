import { type GroundTruth, groundTruth } from "../../contracts/ground-truth.ts";
import { CLASSES } from "./classes.ts";
import type { Box } from "./painter.ts";
import { type Scenario, VERSION } from "./scenario.ts";

/**
 * The ground truth of a drawn operation. Boxes enclose what is in sight of an instrument's working end, as the tip
 * boxes of CholecT50 do.
 * @param boxes per frame, in order of frames.
 * @param masks whether what each pixel shows was written, too.
 */
export function truthOf(scenario: Scenario, width: number, height: number, boxes: readonly (readonly Box[])[], masks = false): GroundTruth {
  const span = ({ startFrame, endFrame }: { startFrame: number; endFrame: number }) => ({ startFrame, endFrame });
  return groundTruth.parse({
    schema: "surgical-ground-truth/1.0",
    media: { width, height, frameRate: scenario.frameRate, frameCount: scenario.frameCount },
    origin: { generator: "models/synthetic", version: VERSION, seed: scenario.seed, procedure: scenario.procedure.id },
    outOfBody: scenario.excursions.map(span),
    segments: scenario.phases.map((phase) => ({ level: "phase", label: phase.label, ...span(phase) })),
    events: scenario.events.map((event) => ({ type: event.type, ...span(event) })),
    instrumentLabels: [...scenario.procedure.instruments],
    ...(masks && { maskLabels: [...CLASSES] }),
    instruments: boxes.map((list, frame) => [frame, list]).filter(([, list]) => (list as readonly Box[]).length > 0),
  } as GroundTruth);
}
