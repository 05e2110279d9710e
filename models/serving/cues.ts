import { createHash } from "node:crypto";
import type { z } from "zod";
import type { CueType, cueLine, Producer } from "../../contracts/analyser-result.ts";
import type { FrameSpan, Rational } from "../../contracts/primitives.ts";
import { blackLuma, clippedLuma, darkLuma, signalHeight, signalWidth } from "./signal-measures.ts";

export type Cue = z.infer<typeof cueLine>;

/** From which strength, and for how long, a signal becomes a cue. Shares and strengths are in 0..1, durations in seconds. */
export const cueRules = {
  raster: [signalWidth, signalHeight],
  luma: { black: blackLuma, dark: darkLuma, clipped: clippedLuma },
  /** Strength of a cut, as ffmpeg's `scdet` computes it; 10 % is its default. */
  cut: 0.1,
  /** Share of black pixels of a black frame: the default of ffmpeg's `blackdetect`. Half a second keeps out the blinks of a switched input. */
  black: { share: 0.98, seconds: 0.5 },
  /** Mean difference to the first frame of the freeze: the default of ffmpeg's `freezedetect` (-60 dB). A hand-held or held camera on living tissue never rests for a second. */
  freeze: { difference: 0.001, seconds: 1 },
  /**
   * Blur effect of a picture out of focus: sharp pictures measure 0.2 to 0.34 at this raster, those of drawn operations
   * whose lens is out of focus 0.58 to 0.62. Half a second is longer than the smear of a moving instrument.
   */
  blur: { effect: 0.45, seconds: 0.5 },
  /** Highlights on wet tissue clip up to 3 % of a well exposed picture; a tenth means that detail is lost. */
  overexposed: { share: 0.1, seconds: 0.5 },
  /** The round stop of an endoscope blackens up to 56 % of a 16:9 picture; with 90 % dark, three quarters of what it shows are dark too. */
  underexposed: { share: 0.9, seconds: 0.5 },
} as const;

export const cueProducer: Producer = {
  id: "technical-cues",
  kind: "algorithm",
  name: "Technical cues",
  version: "1.0.0",
  digest: createHash("sha256").update(JSON.stringify(cueRules)).digest("hex"),
  dataset: null,
  threshold: null,
  calibration: null,
  syntheticOnly: false,
};

/** Measures of consecutive frames, one value a frame; see {@link file://./signal-measures.ts}. */
export interface SignalSeries {
  /** First frame of the series. */
  readonly startFrame: number;
  /** Mean difference to the frame before; 0 at the first. */
  readonly change: ArrayLike<number>;
  /** 1 for a frame that stays within the noise of the frame in which the stillness around it began; else 0. */
  readonly still: ArrayLike<number>;
  readonly black: ArrayLike<number>;
  readonly dark: ArrayLike<number>;
  readonly clipped: ArrayLike<number>;
  readonly blur: ArrayLike<number>;
}

/** Cues of one series, rising by start frame. A black frame has no other cue but its shot: it shows nothing that could be still, blurred or dark. */
export function findCues(series: SignalSeries, frameRate: Rational): Cue[] {
  const { startFrame, black, clipped, dark, blur } = series;
  const minimum = (seconds: number): number => Math.max(1, Math.round((seconds * frameRate.num) / frameRate.den));
  const visible = (frame: number): boolean => (black[frame] as number) < cueRules.black.share;
  const { length } = black;
  const spans = (type: CueType, strength: ArrayLike<number>, seconds: number, holds: (frame: number) => boolean): Cue[] =>
    runs(length, holds)
      .filter((run) => run.endFrame - run.startFrame >= minimum(seconds))
      .map((run) => ({ type, startFrame: startFrame + run.startFrame, endFrame: startFrame + run.endFrame, score: mean(strength, run) }));
  const cues = [
    ...shots(series),
    ...spans("black", black, cueRules.black.seconds, (frame) => !visible(frame)),
    ...freezes(series, minimum(cueRules.freeze.seconds), visible),
    ...spans("blur", blur, cueRules.blur.seconds, (frame) => visible(frame) && (blur[frame] as number) >= cueRules.blur.effect),
    ...spans("overexposed", clipped, cueRules.overexposed.seconds, (frame) => (clipped[frame] as number) >= cueRules.overexposed.share),
    ...spans("underexposed", dark, cueRules.underexposed.seconds, (frame) => visible(frame) && (dark[frame] as number) >= cueRules.underexposed.share),
  ];
  return cues.sort((a, b) => a.startFrame - b.startFrame || a.type.localeCompare(b.type));
}

/**
 * Shots of a series; their score is the strength of the cut that opens them, 1 for the first. Strength as in ffmpeg's
 * `scdet`: the lesser of the change to the frame before and of that change's own change, so that fast motion is no cut.
 */
function shots({ change, startFrame }: SignalSeries): Cue[] {
  const found: Cue[] = [];
  let start = 0;
  let score = 1;
  const close = (end: number): void => {
    found.push({ type: "shot", startFrame: startFrame + start, endFrame: startFrame + end, score });
  };
  for (let frame = 1; frame < change.length; frame++) {
    const now = change[frame] as number;
    const strength = Math.min(now, Math.abs(now - (change[frame - 1] as number)));
    if (strength < cueRules.cut) continue;
    close(frame);
    start = frame;
    score = round(strength);
  }
  close(change.length);
  return found;
}

/** A freeze begins with a frame and holds as long as the frames after it stay within the noise of that frame. */
function freezes({ still, startFrame }: SignalSeries, minimum: number, visible: (frame: number) => boolean): Cue[] {
  const found: Cue[] = [];
  let start = 0;
  for (let frame = 1; frame <= still.length; frame++) {
    const holds = frame < still.length && still[frame] === 1 && visible(frame) && visible(start);
    if (holds) continue;
    if (frame - start >= minimum && visible(start)) found.push({ type: "freeze", startFrame: startFrame + start, endFrame: startFrame + frame, score: 1 });
    start = frame;
  }
  return found;
}

function runs(length: number, holds: (frame: number) => boolean): FrameSpan[] {
  const found: FrameSpan[] = [];
  for (let start = 0; start < length; start++) {
    if (!holds(start)) continue;
    let end = start + 1;
    while (end < length && holds(end)) end++;
    found.push({ startFrame: start, endFrame: end });
    start = end;
  }
  return found;
}

function mean(values: ArrayLike<number>, { startFrame, endFrame }: FrameSpan): number {
  let sum = 0;
  for (let frame = startFrame; frame < endFrame; frame++) sum += values[frame] as number;
  return round(sum / (endFrame - startFrame));
}

/** Four decimals: more than any of the measures can tell. */
const round = (value: number): number => Math.round(value * 1e4) / 1e4;
