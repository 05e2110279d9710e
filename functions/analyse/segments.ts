import type { Gate } from "../../contracts/gate.ts";
import { type SegmentManifest, samplingStep } from "../../contracts/media.ts";
import type { FrameSpan } from "../../contracts/primitives.ts";

/** What an analyser looks at in one segment of the analysis rendition. */
export interface SegmentLook {
  /** Index in the segment manifest. */
  readonly segment: number;
  readonly uri: string;
  /** The segment's first frame, counted in the rendition. */
  readonly startFrame: number;
  /** Every `step`-th frame from `first`, counted in the segment: sampling goes on over segments whose length it does not divide. */
  readonly step: number;
  readonly first: number;
  /** Spans of the segment that no network may see, counted in the segment. */
  readonly excluded: readonly FrameSpan[];
  /** The frames that are looked at, counted in the segment. Never empty. */
  readonly frames: readonly number[];
}

/** The segments with a frame to look at, in order. Together they look at the very frames that a processing job would. */
export function segmentLooks({ segments, frameRate }: SegmentManifest, { outOfBody }: Pick<Gate, "outOfBody">, sampleRate: number): SegmentLook[] {
  const step = samplingStep(frameRate, sampleRate);
  return segments.flatMap(({ uri, startFrame, frameCount }, segment) => {
    const first = (step - (startFrame % step)) % step;
    const excluded = outOfBody.flatMap((span) => {
      const inside = { startFrame: Math.max(0, span.startFrame - startFrame), endFrame: Math.min(frameCount, span.endFrame - startFrame) };
      return inside.endFrame > inside.startFrame ? [inside] : [];
    });
    const frames: number[] = [];
    for (let frame = first; frame < frameCount; frame += step) {
      if (!excluded.some((span) => frame >= span.startFrame && frame < span.endFrame)) frames.push(frame);
    }
    return frames.length === 0 ? [] : [{ segment, uri, startFrame, step, first, excluded, frames }];
  });
}

/** What the serving container is told with a segment (`models/serving/serve.ts`). */
export const attributesOf = ({ step, first, excluded }: SegmentLook, model: string): string =>
  [
    `model=${model}`,
    `step=${step}`,
    `first=${first}`,
    ...(excluded.length === 0 ? [] : [`excluded=${excluded.map(({ startFrame, endFrame }) => `${startFrame}-${endFrame}`).join(",")}`]),
  ].join(";");
