import type { LabelDetection } from "@aws-sdk/client-rekognition";
import type { AnalyserResult, TagLine } from "../../../contracts/analyser-result.ts";
import { type FrameIndex, lastNotAfter } from "../../../contracts/frame-table.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import { serviceResult } from "../service-result.ts";

/** Labels to tags of the analysis rendition: time -> review frame -> source frame -> analysis frame, by the frame table. */
export function tagsOf(labels: readonly LabelDetection[], frames: FrameIndex): TagLine[] {
  const reviewCount = frames.rendition("review").pts.length;
  const analysisCount = frames.rendition("analysis").pts.length;
  const toAnalysis = (reviewFrame: number) => frames.toRendition("analysis", frames.toSource("review", reviewFrame));
  return labels
    .map(({ Label, StartTimestampMillis, EndTimestampMillis }) => {
      const { Name, Confidence } = Label ?? {};
      if (Name === undefined || Confidence === undefined || StartTimestampMillis === undefined || EndTimestampMillis === undefined)
        throw new BrokenContract("Rekognition gave a label without a name, a confidence or its times.");
      const startFrame = toAnalysis(reviewFrameAt(StartTimestampMillis, frames));
      // The last moment that it was seen in is still its own.
      const after = reviewFrameAt(EndTimestampMillis, frames) + 1;
      const endFrame = after >= reviewCount ? analysisCount : toAnalysis(after);
      return { label: Name, startFrame, endFrame: Math.max(endFrame, startFrame + 1), score: Math.min(1, Confidence / 100) };
    })
    .sort((a, b) => a.startFrame - b.startFrame || a.endFrame - b.endFrame || (a.label < b.label ? -1 : 1));
}

/** The review frame on show at a whole millisecond since the first one. Milliseconds are told rounded down: the last frame before the next one counts. */
function reviewFrameAt(milliseconds: number, frames: FrameIndex): number {
  const { pts, timebase } = frames.rendition("review");
  const ticks = Math.ceil(((milliseconds + 1) * timebase.den) / (1000 * timebase.num)) - 1;
  return Math.max(0, lastNotAfter(pts, (pts[0] as number) + ticks));
}

/** The analyser's own account of what it did. */
export const resultOf = (version: string | undefined, frameCount: number, file: string): AnalyserResult =>
  serviceResult({
    analyser: "rekognition-labels",
    producer: { id: "rekognition-labels", name: "Amazon Rekognition label detection", version },
    kind: "tags",
    frameCount,
    file,
  });
