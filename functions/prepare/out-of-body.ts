import {
  type AnalyserResult,
  analyserResult,
  type ClassificationLine,
  classificationLine,
  type Envelope,
  type Producer,
} from "../../contracts/analyser-result.ts";
import type { Gate } from "../../contracts/gate.ts";
import { parseUri } from "../../contracts/keys.ts";
import { BrokenContract, NotFound } from "../runtime/errors.ts";
import type { Lake } from "../runtime/lake.ts";

/** What the screening network's results say about the camera being outside the patient: read by the gate, and before it by whoever must not look there. */

/** Label of the gate network that means: the camera isn't inside the patient. */
export const outOfBodyLabel = "out-of-body";

/** Once outside, the picture counts as outside until the score falls below this share of the threshold: leaving and entering are blurred, and doubt is covered. */
export const releaseShare = 0.75;

/** The output that the gate is decided from, or why there is none: sentences, all of them. */
export type Screening = { output: ScreeningOutput } | { reasons: string[] };
export interface ScreeningOutput {
  producer: Producer;
  threshold: number;
  file: string;
  /** Index of the out-of-body score. */
  label: number;
  framesDone: number;
}

/** Finds the one whole output of the screening. Whatever is missing or failed is a reason to quarantine. */
export function screeningOutput(screening: Envelope, result: AnalyserResult | undefined): Screening {
  if (screening.status !== "SUCCEEDED")
    return { reasons: [`The screening for pictures outside the patient ended as ${screening.status}${screening.error ? `: ${screening.error}` : "."}`] };
  if (!result) return { reasons: ["The screening for pictures outside the patient left no result."] };
  const found = result.outputs.filter(({ kind, labels }) => kind === "classifications" && labels.includes(outOfBodyLabel));
  const output = found[0];
  if (found.length !== 1 || !output) return { reasons: [`The screening has ${found.length} outputs that tell "${outOfBodyLabel}"; exactly one is needed.`] };
  const reasons: string[] = [];
  if (output.status !== "SUCCEEDED") reasons.push(`The network ${output.producer.id} failed: ${output.error ?? "no cause was given"}.`);
  if (output.framesDone === 0 || output.framesDone !== output.framesWanted) {
    reasons.push(`The network ${output.producer.id} looked at ${output.framesDone} of ${output.framesWanted} frames; all are needed.`);
  }
  if (output.producer.threshold === null) reasons.push(`The network ${output.producer.id} has no threshold.`);
  if (reasons.length > 0 || output.producer.threshold === null) return { reasons };
  const { producer, file, labels, framesDone } = output;
  return { output: { producer, threshold: producer.threshold as number, file, label: labels.indexOf(outOfBodyLabel), framesDone } };
}

/**
 * Spans outside the patient from the scores of the sampled frames, in order. A span opens where the score reaches the
 * threshold and closes where it falls below the release level; it is widened by the sampling step on both sides, since
 * the camera may have moved anywhere between two samples; spans that touch are one.
 */
export function outOfBodySpans(samples: readonly { frame: number; score: number }[], threshold: number, frameCount: number): Gate["outOfBody"] {
  const step = samplingStep(samples, frameCount);
  const spans: Gate["outOfBody"] = [];
  let outside = false;
  for (const { frame, score } of samples) {
    outside = score >= threshold || (outside && score >= threshold * releaseShare);
    if (!outside) continue;
    const startFrame = Math.max(0, frame - step);
    const endFrame = Math.min(frameCount, frame + 1 + step);
    const last = spans.at(-1);
    if (last && startFrame <= last.endFrame) {
      last.endFrame = endFrame;
      last.score = Math.max(last.score, score);
    } else spans.push({ startFrame, endFrame, score });
  }
  return spans;
}

/** Frames between samples: the widest gap there is, ends of the video included. */
export function samplingStep(samples: readonly { frame: number }[], frameCount: number): number {
  let previous = -1;
  let widest = 1;
  for (const { frame } of [...samples, { frame: frameCount }]) {
    if (previous >= 0) widest = Math.max(widest, frame - previous);
    else widest = Math.max(widest, frame);
    previous = frame;
  }
  return widest;
}

/** What is wrong with the lines of the output: sentences, all of them. */
export function lineFaults(lines: readonly ClassificationLine[], { framesDone, label }: ScreeningOutput, frameCount: number): string[] {
  const faults: string[] = [];
  if (lines.length !== framesDone) faults.push(`The screening promises scores of ${framesDone} frames and has ${lines.length}.`);
  if (lines.some((line) => line.scores[label] === undefined)) faults.push("The screening has frames without an out-of-body score.");
  if (lines.some((line, i) => i > 0 && line.frame <= (lines[i - 1] as ClassificationLine).frame)) faults.push("The screening's frames don't rise.");
  if (lines.some((line) => line.frame >= frameCount)) faults.push(`The screening has frames beyond the rendition's ${frameCount}.`);
  return faults;
}

/** The spans outside the patient, or why they can't be told: sentences, all of them. */
export type OutOfBody = { producer: Producer; spans: Gate["outOfBody"]; framesDone: number } | { reasons: string[] };

/** Reads the screening's results. A result that is missing or broken is a reason; a service that was busy decides nothing and is thrown on. */
export async function readOutOfBody(lake: Pick<Lake, "json" | "lines">, screening: Envelope, frameCount: number): Promise<OutOfBody> {
  try {
    // A screening that failed says why; what it may have left is not read.
    const prefix = screening.status === "SUCCEEDED" && screening.outputPrefix !== null ? parseUri(screening.outputPrefix).key : undefined;
    const result = prefix === undefined ? undefined : await lake.json(`${prefix}result.json`, analyserResult);
    const found = screeningOutput(screening, result);
    if ("reasons" in found) return found;
    const { output } = found;
    const lines: ClassificationLine[] = [];
    for await (const line of lake.lines(`${prefix}${output.file}`, classificationLine)) lines.push(line);
    const faults = lineFaults(lines, output, frameCount);
    if (faults.length > 0) return { reasons: faults };
    const samples = lines.map(({ frame, scores }) => ({ frame, score: scores[output.label] as number }));
    return { producer: output.producer, spans: outOfBodySpans(samples, output.threshold, frameCount), framesDone: lines.length };
  } catch (error) {
    if (error instanceof NotFound || error instanceof BrokenContract) return { reasons: [`The screening can't be read: ${error.message}`] };
    throw error;
  }
}
