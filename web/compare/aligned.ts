import type { Analysis } from "../../contracts/analysis.ts";
import type { FrameIndex } from "../../contracts/frame-index.ts";
import { colourOf } from "../../contracts/presentation.ts";
import type { Lane, LaneSpan } from "../player/lanes.ts";

/** What of a case is compared. */
export interface Compared {
  readonly segments: Analysis["segments"];
  readonly events: Analysis["events"];
  readonly frameCount: number;
  readonly frames: Pick<FrameIndex, "secondsOf" | "endSecondsOf">;
}

/** One phase of one operation. Times are seconds from the operation's first frame. */
export interface PhaseTime {
  readonly seconds: number;
  /** How often the operation comes to it; the camera's leaving does not end a visit. */
  readonly visits: number;
  readonly startSeconds: number;
  readonly startFrame: number;
}

export interface PhasePair {
  readonly label: string;
  readonly first: PhaseTime | null;
  readonly second: PhaseTime | null;
  /** Seconds that the second operation takes longer; null where one of them lacks the phase. */
  readonly difference: number | null;
}

const phasesOf = ({ segments }: Compared) => segments.filter(({ level }) => level === "phase").sort((a, b) => a.startFrame - b.startFrame);
const secondsOf = ({ frames }: Compared, { startFrame, endFrame }: { startFrame: number; endFrame: number }): number =>
  frames.endSecondsOf(endFrame) - frames.secondsOf(startFrame);

/** The phases of an operation in the order in which it first comes to them. */
export function phaseTimes(of: Compared): Map<string, PhaseTime> {
  const times = new Map<string, PhaseTime>();
  let before: string | undefined;
  for (const segment of phasesOf(of)) {
    const known = times.get(segment.label);
    times.set(segment.label, {
      seconds: (known?.seconds ?? 0) + secondsOf(of, segment),
      visits: (known?.visits ?? 0) + (before === segment.label ? 0 : 1),
      startSeconds: known?.startSeconds ?? of.frames.secondsOf(segment.startFrame),
      startFrame: known?.startFrame ?? segment.startFrame,
    });
    before = segment.label;
  }
  return times;
}

/** The phases of two operations: those of the first in its order, then what only the second has in its own. */
export function phasePairs(first: Compared, second: Compared): PhasePair[] {
  const [ones, others] = [phaseTimes(first), phaseTimes(second)];
  return [...new Set([...ones.keys(), ...others.keys()])].map((label) => {
    const [one, other] = [ones.get(label) ?? null, others.get(label) ?? null];
    return { label, first: one, second: other, difference: one && other ? other.seconds - one.seconds : null };
  });
}

/** Lanes are drawn along whole numbers: milliseconds, since frames of two videos differ in length. */
const ticks = (seconds: number): number => Math.round(seconds * 1000);

/**
 * Lanes of two operations on one axis of time: phases of one above those of the other, then each instrument and kind of event so. They begin
 * together, or come together to the phase that is named, whichever both have; `length` is that of the axis, milliseconds.
 */
export function alignedLanes(
  first: Compared,
  second: Compared,
  alignOn: string | null,
  titles: { phases: string; of: (title: string, which: 1 | 2) => string },
) {
  const starts = [first, second].map((of) => (alignOn === null ? 0 : (phaseTimes(of).get(alignOn)?.startSeconds ?? 0)));
  const latest = Math.max(...starts);
  const shifts = starts.map((start) => latest - start);
  const spansOf = (index: 0 | 1, items: readonly { startFrame: number; endFrame: number; label: string }[], colour: (label: string) => string): LaneSpan[] => {
    const { frames } = index === 0 ? first : second;
    const shift = shifts[index] as number;
    return items.map(({ startFrame, endFrame, label }) => ({
      startFrame: ticks(frames.secondsOf(startFrame) + shift),
      endFrame: ticks(frames.endSecondsOf(endFrame) + shift),
      colour: colour(label),
    }));
  };
  const labels = phasePairs(first, second).map(({ label }) => label);
  const phaseColour = (label: string): string => colourOf(labels.indexOf(label));
  const lanes: Lane[] = ([0, 1] as const).map((index) => {
    const items = phasesOf(index === 0 ? first : second);
    return {
      title: titles.of(titles.phases, index === 0 ? 1 : 2),
      spans: spansOf(index, items, phaseColour).map((span, i) => ({ ...span, text: items[i]?.label as string })),
    };
  });
  const kinds = [...new Set([...first.events, ...second.events].map(({ label }) => label))].sort();
  kinds.forEach((label, i) => {
    for (const index of [0, 1] as const) {
      const items = (index === 0 ? first : second).events.filter((event) => event.label === label).sort((a, b) => a.startFrame - b.startFrame);
      lanes.push({ title: titles.of(label, index === 0 ? 1 : 2), spans: spansOf(index, items, () => colourOf(i)) });
    }
  });
  const length = Math.max(...[first, second].map(({ frames, frameCount }, i) => ticks(frames.endSecondsOf(frameCount) + (shifts[i] as number))));
  return { lanes, length, alignedAt: alignOn === null ? null : ticks(latest) };
}
