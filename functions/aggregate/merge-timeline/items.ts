import type { Analysis } from "../../../contracts/analysis.ts";

/** A segment or an event before it is numbered. */
export type SegmentDraft = Omit<Analysis["segments"][number], "id">;
export type EventDraft = Omit<Analysis["events"][number], "id">;

interface Item {
  startFrame: number;
  endFrame: number;
  label: string;
  producer: string;
  level?: string;
  type?: string;
}

/** In the order of time, each with an identifier: the same findings get the same ones. */
export const numbered = <Draft extends Item>(prefix: string, items: readonly Draft[]): (Draft & { id: string })[] =>
  [...items]
    .sort((a, b) => a.startFrame - b.startFrame || a.endFrame - b.endFrame || compare(kindOf(a), kindOf(b)))
    .map((item, i) => ({ ...item, id: `${prefix}-${i + 1}` }));

const kindOf = ({ label, level = "", type = "", producer }: Item): string => [label, level, type, producer].join("\n");

/** Order of texts that no locale changes. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
