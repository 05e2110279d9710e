import type { GroundTruth } from "../../contracts/ground-truth.ts";
import type { FrameSink } from "./encode.ts";
import { type Box, painter } from "./painter.ts";
import { planScenario, type ScenarioOptions } from "./scenario.ts";
import { truthOf } from "./truth.ts";

export interface DrawOptions extends ScenarioOptions {
  readonly width: number;
  readonly height: number;
}

/**
 * Draws an operation into a sink, frame by frame, and closes it; on failure the sink is aborted. So with `masks`, a sink
 * for what each pixel shows (`classes.ts`), a byte a pixel.
 * The same options give the same frames, bit by bit.
 * @returns the ground truth of the drawn video.
 */
export async function drawOperation(
  options: DrawOptions,
  sink: FrameSink,
  onFrame: (done: number, total: number) => void = () => {},
  masks?: FrameSink,
): Promise<GroundTruth> {
  const scenario = planScenario(options);
  const { pixels, kinds, paint } = painter(scenario, options.width, options.height);
  const boxes: Box[][] = [];
  try {
    for (let frame = 0; frame < scenario.frameCount; frame++) {
      boxes.push(paint(frame));
      await sink.write(pixels);
      await masks?.write(kinds);
      onFrame(frame + 1, scenario.frameCount);
    }
    await sink.close();
    await masks?.close();
  } catch (error) {
    await sink.abort();
    await masks?.abort();
    throw error;
  }
  return truthOf(scenario, options.width, options.height, boxes, masks !== undefined);
}
