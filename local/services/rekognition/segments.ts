import type { SegmentDetection } from "@aws-sdk/client-rekognition";
import type { FrameSignals } from "./frame-signals.ts";
import { type FrameRate, smpteTimecode } from "./timecode.ts";

/** scdet's score from which a picture begins a new shot. At 10 it finds hard cuts and nothing else. */
const cutThreshold = 10;

/** Our own scale, since Rekognition's is not published: 50 % at the threshold, certain from three times that. */
export const cutConfidence = (score: number): number => Math.min(100, 50 + (50 * (score - cutThreshold)) / (2 * cutThreshold));

/** Half-open span of frames. */
interface Span {
  readonly start: number;
  readonly end: number;
  /** Percent. */
  readonly confidence: number;
}

/** Shots are the spans between cuts; a shot is as sure as the cut that begins it, the first is certain. */
export function shots({ cutScore }: FrameSignals): Span[] {
  const starts = cutScore.flatMap((score, frame) => (frame === 0 || score >= cutThreshold ? [frame] : []));
  return starts.map((start, i) => ({ start, end: starts[i + 1] ?? cutScore.length, confidence: start === 0 ? 100 : cutConfidence(cutScore[start] as number) }));
}

/** Runs of pictures of which at least `minCoverage` percent is black; as sure as they are black on average. */
export function blackSpans({ blackPercent }: FrameSignals, minCoverage: number): Span[] {
  const spans: Span[] = [];
  let start: number | undefined;
  for (let frame = 0; frame <= blackPercent.length; frame++) {
    const black = frame < blackPercent.length && (blackPercent[frame] as number) >= minCoverage;
    if (black) start ??= frame;
    else if (start !== undefined) {
      const run = blackPercent.slice(start, frame);
      spans.push({ start, end: frame, confidence: run.reduce((sum, value) => sum + value, 0) / run.length });
      start = undefined;
    }
  }
  return spans;
}

/**
 * A span as Rekognition tells it. As in the example answer of the developer guide ("GetSegmentDetection operation response":
 * 450 frames, shots 0 to 299 and 300 to 449, the second lasting 149), the end is the last frame, durations are
 * the end less the start, and milliseconds are rounded down.
 */
export function segment(span: Span, { seconds }: FrameSignals, rate: FrameRate): SegmentDetection {
  const last = span.end - 1;
  // ffmpeg prints six digits: a millisecond that is whole may come out a millionth short.
  const millis = (frame: number): number => Math.floor((seconds[frame] as number) * 1000 + 1e-3);
  return {
    StartFrameNumber: span.start,
    EndFrameNumber: last,
    DurationFrames: last - span.start,
    StartTimestampMillis: millis(span.start),
    EndTimestampMillis: millis(last),
    DurationMillis: millis(last) - millis(span.start),
    StartTimecodeSMPTE: smpteTimecode(span.start, rate),
    EndTimecodeSMPTE: smpteTimecode(last, rate),
    DurationSMPTE: smpteTimecode(last - span.start, rate),
  };
}

/** The SHOT segments from the wanted confidence on. */
export const shotSegments = (signals: FrameSignals, rate: FrameRate, minConfidence: number): SegmentDetection[] =>
  shots(signals).flatMap((shot, Index) =>
    shot.confidence < minConfidence ? [] : [{ Type: "SHOT", ...segment(shot, signals, rate), ShotSegment: { Index, Confidence: shot.confidence } }],
  );

/** The TECHNICAL_CUE segments from the wanted confidence on: black frames, the only cue that is detected here. */
export const blackSegments = (signals: FrameSignals, rate: FrameRate, minCoverage: number, minConfidence: number): SegmentDetection[] =>
  blackSpans(signals, minCoverage).flatMap((black) =>
    black.confidence < minConfidence
      ? []
      : [{ Type: "TECHNICAL_CUE", ...segment(black, signals, rate), TechnicalCueSegment: { Type: "BlackFrames", Confidence: black.confidence } }],
  );
