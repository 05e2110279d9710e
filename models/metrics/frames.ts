import type { FrameSpan } from "../../contracts/primitives.ts";

/** A span of frames with a label. */
export interface LabelledSpan extends FrameSpan {
  readonly label: string;
}

/** The label of each frame; null where no span holds it. Of spans that overlap, the later in the list counts. */
export function framewise(spans: readonly LabelledSpan[], frameCount: number): (string | null)[] {
  const labels = new Array<string | null>(frameCount).fill(null);
  for (const { label, startFrame, endFrame } of spans) labels.fill(label, Math.max(0, startFrame), Math.min(frameCount, endFrame));
  return labels;
}

/** Whether each frame lies in one of the spans. */
export function marked(spans: readonly FrameSpan[], frameCount: number): Uint8Array {
  const flags = new Uint8Array(frameCount);
  for (const { startFrame, endFrame } of spans) flags.fill(1, Math.max(0, startFrame), Math.min(frameCount, endFrame));
  return flags;
}

/** What a frame-wise labelling comes to as a list of runs: the segments, without the frames that nothing is said of. */
export function runsOf(labels: readonly (string | null)[]): LabelledSpan[] {
  const runs: { label: string; startFrame: number; endFrame: number }[] = [];
  labels.forEach((label, frame) => {
    if (label === null) return;
    const last = runs.at(-1);
    if (last?.label === label && last.endFrame === frame) last.endFrame++;
    else runs.push({ label, startFrame: frame, endFrame: frame + 1 });
  });
  return runs;
}
