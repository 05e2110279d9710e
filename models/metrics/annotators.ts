import type { AnnotationSet } from "../../contracts/annotation-set.ts";
import { type BoxAgreement, boxAgreement, cohensKappa, type Kappa, type LabelledBox } from "./agreement.ts";

/** How far two people agree about one operation that each annotated on their own. */
export interface AnnotatorAgreement {
  /** Frames that both looked at. A set whose format does not tell counts by the frames that it has boxes in. */
  readonly frames: number;
  /** Of each label that either drew: whether it is in a frame, by kappa; and where, by its boxes. */
  readonly labels: readonly { readonly label: string; readonly presence: Kappa; readonly boxes: BoxAgreement }[];
  readonly boxes: BoxAgreement;
  /** The phase of each frame that either gave one, by kappa; null if either gave none at all. */
  readonly phases: Kappa | null;
}

/** Throws if the two are not about the same analysis: their frames and pixels would be others. */
export function annotatorAgreement(first: AnnotationSet, second: AnnotationSet): AnnotatorAgreement {
  if (first.contentSha256 !== second.contentSha256) throw new Error("The two sets are not about the same analysis.");
  const [one, other] = [boxesByFrame(first), boxesByFrame(second)];
  const lookedAt = (set: AnnotationSet, boxes: ReadonlyMap<number, unknown>) => new Set(set.lookedAt ?? boxes.keys());
  const others = lookedAt(second, other);
  const frames = [...lookedAt(first, one)].filter((frame) => others.has(frame)).sort((a, b) => a - b);
  const drawn = frames.map((frame) => ({ first: one.get(frame) ?? [], second: other.get(frame) ?? [] }));
  const labels = [...new Set(drawn.flatMap((frame) => [...frame.first, ...frame.second].map(({ label }) => label)))].sort();
  return {
    frames: frames.length,
    labels: labels.map((label) => {
      const only = drawn.map((frame) => ({
        first: frame.first.filter((box) => box.label === label),
        second: frame.second.filter((box) => box.label === label),
      }));
      const isThere = (boxes: readonly LabelledBox[]): string => (boxes.length > 0 ? "present" : "absent");
      return {
        label,
        presence: cohensKappa(
          only.map((frame) => isThere(frame.first)),
          only.map((frame) => isThere(frame.second)),
        ),
        boxes: boxAgreement(only),
      };
    }),
    boxes: boxAgreement(drawn),
    phases: phaseAgreement(first, second),
  };
}

function boxesByFrame({ boxes, labels }: AnnotationSet): Map<number, LabelledBox[]> {
  const frames = new Map<number, LabelledBox[]>();
  for (const { frame, label, x, y, width, height } of boxes) {
    const list = frames.get(frame) ?? [];
    frames.set(frame, list);
    list.push({ label: labels[label] as string, x, y, width, height });
  }
  return frames;
}

function phaseAgreement(first: AnnotationSet, second: AnnotationSet): Kappa | null {
  const [one, other] = [phaseByFrame(first), phaseByFrame(second)];
  if (one.every((phase) => phase === undefined) || other.every((phase) => phase === undefined)) return null;
  const told = one.flatMap((phase, frame) => (phase === undefined && other[frame] === undefined ? [] : [frame]));
  return cohensKappa(
    told.map((frame) => one[frame] ?? "none"),
    told.map((frame) => other[frame] ?? "none"),
  );
}

function phaseByFrame({ segments, media }: AnnotationSet): (string | undefined)[] {
  const phases = new Array<string | undefined>(media.frameCount).fill(undefined);
  for (const { level, label, startFrame, endFrame } of segments) if (level === "phase") phases.fill(label, startFrame, endFrame);
  return phases;
}
