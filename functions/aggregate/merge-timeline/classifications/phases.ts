import type { SegmentDraft } from "../items.ts";
import { inBodyTime, toSourceSpan } from "../spans.ts";
import { framesIn, type Video } from "../video.ts";
import { type Series, scale } from "./series.ts";

/*
 * Frame by frame a network changes its mind some hundred times in an operation of seven phases. What is wanted is the likeliest
 * course of the whole operation: a hidden Markov model whose states are the phases and whose emissions are the network's
 * probabilities, decoded by Viterbi's algorithm (Rabiner, Proc IEEE 77, 1989, section III.B; so smoothed were phases
 * in Padoy et al., Med Image Anal 16, 2012, and Twinanda et al., IEEE TMI 36, 2017). docs/decisions/0019 says why not a filter.
 */

/** Mean length of a phase, where the network does not say what it learned from: how dear any change is. 352 s over the seven phases of Cholec80 (means of Twinanda et al. 2017). */
const surgeonsPhaseSeconds = 352;
/** Where changes lead: to the next phase of the procedure mostly, over some of them now and then, back seldom. */
const shareOfNext = 0.8;
const shareOfLater = 0.15;
const shareOfEarlier = 0.05;
/** No single second may say that a phase is impossible: networks are surer of themselves than they are right. */
const leastProbability = 0.01;
/**
 * What a network says of a frame it says of the next one, too, right or wrong: its word counts as if it were asked anew
 * every so many seconds. Chosen so that it can insist on a wrong phase for 10 s, the tolerance that Cholec80's annotations have at
 * boundaries, and be as sure as it likes, without making one: 10 s / 4 s x ln(1/0.01) is less than a change to the next phase
 * and back costs.
 */
const correlationSeconds = 4;
/** Nothing that lasts less is a phase. Half the tolerance of 10 s that surgeons' own annotations are granted at a boundary (Cholec80). */
const shortestSeconds = 5;
/** A frame speaks for the time after it for so long at most; what nobody looked at has no phase. */
const longestHoldSeconds = 5;

/** One phase for each sample: the likeliest course through the samples, as label indexes. `weights` say how many independent looks a sample is. */
export function decodePhases(scores: readonly (readonly number[])[], weights: Float64Array, meanPhaseSeconds = surgeonsPhaseSeconds): Uint8Array {
  const labelCount = scores.length;
  const sampleCount = weights.length;
  const change = changeCosts(labelCount, meanPhaseSeconds);
  const logs = Float64Array.from({ length: scale + 1 }, (_, score) => -Math.log(Math.max(score / scale, leastProbability)));
  const cameFrom = new Uint8Array(sampleCount * labelCount);
  let costs = new Float64Array(labelCount);
  let next = new Float64Array(labelCount);
  for (let i = 0; i < sampleCount; i++) {
    const weight = weights[i] as number;
    for (let label = 0; label < labelCount; label++) {
      let least = costs[label] as number;
      let from = label;
      if (i > 0) {
        const row = change[label] as Float64Array;
        for (let other = 0; other < labelCount; other++) {
          const cost = (costs[other] as number) + (row[other] as number);
          if (cost < least) {
            least = cost;
            from = other;
          }
        }
      }
      cameFrom[i * labelCount + label] = from;
      next[label] = least + weight * (logs[(scores[label] as number[])[i] as number] as number);
    }
    [costs, next] = [next, costs];
  }
  const course = new Uint8Array(sampleCount);
  let label = costs.indexOf(Math.min(...costs));
  for (let i = sampleCount - 1; i >= 0; i--) {
    course[i] = label;
    label = cameFrom[i * labelCount + label] as number;
  }
  return course;
}

/** What coming to a phase (row) from another (column) costs, in nats. Staying is free. */
function changeCosts(labelCount: number, meanPhaseSeconds: number): Float64Array[] {
  const cost = (share: number, among: number) => -Math.log(share / among / meanPhaseSeconds);
  return Array.from({ length: labelCount }, (_, to) =>
    Float64Array.from({ length: labelCount }, (_, from) => {
      if (to === from) return 0;
      if (to === from + 1) return cost(shareOfNext, 1);
      return to > from ? cost(shareOfLater, labelCount - from - 2) : cost(shareOfEarlier, from);
    }),
  );
}

interface Run {
  label: number;
  /** Samples, half-open. */
  first: number;
  end: number;
}

/** Runs of the same label that last long enough. What is too short goes to the neighbour whose label fits its samples better, the shortest first. */
export function longEnough(course: Uint8Array, scores: readonly (readonly number[])[], seconds: Float64Array, shortest: number): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < course.length; i++) {
    const last = runs.at(-1);
    if (last && last.label === course[i]) last.end = i + 1;
    else runs.push({ label: course[i] as number, first: i, end: i + 1 });
  }
  const secondsOf = ({ first, end }: Run) => seconds.subarray(first, end).reduce((sum, length) => sum + length, 0);
  const agreement = ({ first, end }: Run, label: number) => {
    let sum = 0;
    for (let i = first; i < end; i++) sum += Math.log(Math.max(((scores[label] as number[])[i] as number) / scale, leastProbability)) * (seconds[i] as number);
    return sum;
  };
  for (;;) {
    const lengths = runs.map(secondsOf);
    const least = lengths.indexOf(Math.min(...lengths));
    if (runs.length < 2 || (lengths[least] as number) >= shortest) return runs;
    const run = runs[least] as Run;
    const [before, after] = [runs[least - 1], runs[least + 1]];
    run.label = !before || (after && agreement(run, after.label) > agreement(run, before.label)) ? (after as Run).label : before.label;
    // Joins equal neighbours.
    for (let i = runs.length - 1; i > 0; i--) {
      const [earlier, later] = [runs[i - 1] as Run, runs[i] as Run];
      if (earlier.label !== later.label) continue;
      earlier.end = later.end;
      runs.splice(i, 1);
    }
  }
}

/**
 * The phases of the operation, in source frames. Time outside the body is bridged: the course is decoded as if it had been cut
 * out, and the phases are cut there afterwards. They cover what was looked at and never overlap.
 */
export function phaseSegments({ finding, frames, scores }: Series, video: Video): SegmentDraft[] {
  if (frames.length === 0) return [];
  const { rate } = video;
  const time = inBodyTime(video.gate, video.frameCount);
  // In whole frames, and never less than from one look to the next.
  const longestHold = Math.max(Math.ceil(framesIn(longestHoldSeconds, rate)), finding.frameStep ?? 0);
  const starts = Float64Array.from(frames, time.at);
  const ends = starts.map((start, i) => Math.min(starts[i + 1] ?? time.length, start + longestHold));
  if ((starts[0] as number) <= longestHold) starts[0] = 0;
  const seconds = starts.map((start, i) => (((ends[i] as number) - start) * rate.den) / rate.num);
  // Where phases are short, as in a drawn operation or a time lapse, everything is: all times below are a surgeon's, scaled by this.
  const { meanPhaseSeconds = surgeonsPhaseSeconds } = finding;
  const pace = meanPhaseSeconds / surgeonsPhaseSeconds;
  const correlation = correlationSeconds * pace;
  // Of frames seldom looked at each speaks for itself only.
  const weights = seconds.map((length) => Math.min(length, correlation) / correlation);
  const runs = longEnough(decodePhases(scores, weights, meanPhaseSeconds), scores, seconds, shortestSeconds * pace);
  return runs.flatMap(({ label, first, end }) => {
    const column = (scores[label] as number[]).slice(first, end);
    const confidence = Math.round(column.reduce((sum, score) => sum + score, 0) / column.length) / scale;
    return heldSpans(starts, ends, first, end)
      .flatMap(([start, stop]) => time.spans(start, stop))
      .map((span) => ({
        ...toSourceSpan(span, video.frames),
        level: "phase" as const,
        label: finding.labels[label] as string,
        confidence,
        producer: finding.producer.id,
        review: "unreviewed" as const,
      }));
  });
}

/** The times that samples speak for, joined where they touch. */
function heldSpans(starts: Float64Array, ends: Float64Array, first: number, end: number): [number, number][] {
  const spans: [number, number][] = [];
  for (let i = first; i < end; i++) {
    const last = spans.at(-1);
    if (last && last[1] === starts[i]) last[1] = ends[i] as number;
    else spans.push([starts[i] as number, ends[i] as number]);
  }
  return spans;
}

/** Of several networks that tell phases, the one whose word is taken: who looked at more frames, then whose scores are calibrated, then by identifier. */
export function preferredSeries(found: readonly Series[]): Series | undefined {
  const rank = ({ frames, finding }: Series) => [frames.length, finding.producer.calibration ? 1 : 0] as const;
  return [...found].sort((a, b) => {
    const [[framesA, calibratedA], [framesB, calibratedB]] = [rank(a), rank(b)];
    return framesB - framesA || calibratedB - calibratedA || (a.finding.producer.id < b.finding.producer.id ? -1 : 1);
  })[0];
}
