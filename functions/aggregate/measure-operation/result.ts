import type { Finding } from "../../../contracts/measures.ts";
import type { FrameSpan } from "../../../contracts/primitives.ts";
import type { Draft, Item, Operation } from "./operation.ts";

export type FindingDraft = Omit<Finding, "id">;

/** What one family of measures tells. */
export interface Family {
  readonly measures: readonly Draft[];
  readonly findings: readonly FindingDraft[];
}

/** A finding on what it follows from. Machines find; only people confirm. */
export function findingOf(
  type: Finding["type"],
  label: string,
  { startFrame, endFrame }: FrameSpan,
  evidence: readonly Item[],
  review: Finding["review"] = "unreviewed",
): FindingDraft {
  const sure = evidence.flatMap(({ confidence }) => confidence ?? []);
  return {
    type,
    label,
    startFrame,
    endFrame,
    severity: null,
    confidence: sure.length > 0 ? Math.round(Math.min(...sure) * 1e4) / 1e4 : null,
    review,
    evidence: evidence.map(({ id }) => id),
    producers: [...new Set(evidence.map(({ producer }) => producer))].sort(),
  };
}

/** The first item in which a frame lies. */
export const itemAt = (items: readonly Item[], frame: number): Item | undefined =>
  items.find(({ startFrame, endFrame }) => startFrame <= frame && frame < endFrame);

/** The phase in which a frame lies. */
export const phaseAt = ({ phases }: Operation, frame: number): Item | undefined => itemAt(phases?.items ?? [], frame);

/** A phase that can be told, entered or not. */
export interface Phase {
  readonly label: string;
  readonly segments: readonly Item[];
  /** Who would have told. */
  readonly producers: readonly string[];
}

/** Every phase that can be told; none where no network tells phases. */
export function phasesOf({ phases }: Operation): Phase[] {
  if (phases === null) return [];
  const { items, labels, watch } = phases;
  return labels.map((label) => ({ label, segments: items.filter((item) => item.label === label), producers: watch.producers }));
}
