import { keyframesOf, maskFramesOf, standing } from "../../../contracts/corrected-view.ts";
import type { DatasetTask, FramePicks } from "../../../contracts/dataset-version.ts";
import type { Scene } from "../../runtime/interchange/scene.ts";
import { type CorrectedCase, isOutside } from "../analysed.ts";

/** Source frames that a task can learn from, rising: those that somebody looked at. */
async function lookedAt(task: DatasetTask, classes: readonly string[], scene: Scene, { view }: CorrectedCase): Promise<number[]> {
  if (task === "frame-classification") {
    const phases = standing(view.segments).filter(({ level, label }) => level === "phase" && classes.includes(label));
    return [...new Set(phases.flatMap(({ startFrame, endFrame }) => Array.from({ length: endFrame - startFrame }, (_, i) => startFrame + i)))].sort(
      (a, b) => a - b,
    );
  }
  const found: number[] = [];
  for await (const { frame } of task === "object-detection" ? scene.boxes() : scene.masks()) found.push(frame);
  return found;
}

/** Source frames that people drew in. */
const drawnIn = (task: DatasetTask, { view }: CorrectedCase): ReadonlySet<number> =>
  new Set(task === "object-detection" ? keyframesOf(view) : task === "segmentation" ? maskFramesOf(view) : []);

/**
 * The frames that are taken of a case: of those that somebody looked at the first of each step of time, and all that people drew in.
 * Never one outside the patient, nor one that the covered rendition shows another in the place of.
 */
export async function picksOf(
  of: CorrectedCase,
  scene: Scene,
  { task, classes, framesPerSecond }: { readonly task: DatasetTask; readonly classes: readonly string[]; readonly framesPerSecond: number },
): Promise<FramePicks["picks"]> {
  const { frames, analysis } = of;
  const { pts, timebase } = frames.source;
  const drawn = drawnIn(task, of);
  const picks: FramePicks["picks"] = [];
  let lastStep = -1;
  for (const frame of await lookedAt(task, classes, scene, of)) {
    if (isOutside(analysis, frame) || !frames.isShown("review", frame)) continue;
    const time = pts[frame] as number;
    const step = Math.floor(((time - (pts[0] as number)) * timebase.num * framesPerSecond) / timebase.den);
    const isDrawnIn = drawn.has(frame);
    if (step === lastStep && !isDrawnIn) continue;
    lastStep = step;
    picks.push({ frame, pts: time, renditionFrame: frames.toRendition("review", frame), isDrawnIn });
  }
  return picks;
}
