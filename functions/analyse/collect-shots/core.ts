import type { GetSegmentDetectionResponse, SegmentDetection } from "@aws-sdk/client-rekognition";
import type { AnalyserResult, CueLine, CueType } from "../../../contracts/analyser-result.ts";
import type { FrameIndex } from "../../../contracts/frame-table.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import { serviceResult } from "../service-result.ts";

/** Rekognition's technical cues that mean something in an operation. Titles, credits, slates and colour bars belong to broadcast. */
const technicalCues: Readonly<Record<string, CueType>> = { BlackFrames: "black" };

/** A span of review frames, half-open. */
interface ReviewSpan {
  type: CueType;
  start: number;
  end: number;
  score: number;
}

/** Segments to cues of the analysis rendition: review frame -> source frame -> analysis frame, by the frame table. */
export function cuesOf(segments: readonly SegmentDetection[], frames: FrameIndex): CueLine[] {
  const toAnalysis = (reviewFrame: number) => frames.toRendition("analysis", frames.toSource("review", reviewFrame));
  const reviewCount = frames.rendition("review").pts.length;
  const analysisCount = frames.rendition("analysis").pts.length;
  return segments
    .flatMap((segment) => reviewSpan(segment))
    .map(({ type, start, end, score }) => {
      const startFrame = toAnalysis(Math.min(start, reviewCount - 1));
      const endFrame = end >= reviewCount ? analysisCount : toAnalysis(end);
      return { type, startFrame, endFrame: Math.max(endFrame, startFrame + 1), score };
    })
    .sort((a, b) => a.startFrame - b.startFrame || a.type.localeCompare(b.type));
}

/**
 * `EndFrameNumber` is the segment's last frame, and `DurationFrames` one less than their number: in the example answer of
 * Rekognition's developer guide ("GetSegmentDetection operation response") 450 frames are a shot of 0 to 299 that
 * lasts 299 and one of 300 to 449 that lasts 149.
 */
function reviewSpan({ Type, ShotSegment, TechnicalCueSegment, StartFrameNumber, EndFrameNumber }: SegmentDetection): ReviewSpan[] {
  const type = Type === "SHOT" ? "shot" : technicalCues[TechnicalCueSegment?.Type ?? ""];
  if (type === undefined) return [];
  const confidence = (ShotSegment ?? TechnicalCueSegment)?.Confidence;
  if (StartFrameNumber === undefined || EndFrameNumber === undefined || confidence === undefined) {
    throw new BrokenContract("Rekognition gave a segment without frame numbers or confidence.");
  }
  return [{ type, start: StartFrameNumber, end: EndFrameNumber + 1, score: Math.min(1, confidence / 100) }];
}

/** The analyser's own account of what it did. */
export function resultOf(selected: GetSegmentDetectionResponse["SelectedSegmentTypes"], frameCount: number, file: string): AnalyserResult {
  const version = selected?.find(({ Type }) => Type === "SHOT")?.ModelVersion;
  const producer = { id: "rekognition-segments", name: "Amazon Rekognition segment detection", version };
  return serviceResult({ analyser: "rekognition", producer, kind: "cues", frameCount, file });
}
