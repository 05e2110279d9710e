import type { Analysis } from "../../../contracts/analysis.ts";
import { type FindingItem, type FindingKind, findingItemName, findingKey } from "../../../contracts/case-table.ts";

/** Intervals of a label that its item names. */
const mostNamed = 20;

type Interval = Pick<Analysis["events"][number], "id" | "startFrame" | "endFrame">;

/**
 * What a case is to be found by: one item for each phase, instrument, type of event and tag, however often it was found. A case
 * with five thousand events writes as many items as it has labels; all intervals are in the analysis.
 */
export function caseFindings({ caseId, runId, segments, events, tags = [] }: Analysis, createdAt: string): FindingItem[] {
  const found: [FindingKind, string, Interval][] = [
    ...segments.filter(({ level }) => level === "phase").map((segment) => ["phase", segment.label, segment] as [FindingKind, string, Interval]),
    ...events.flatMap((event): [FindingKind, string, Interval][] => {
      // Structures are seen in nearly every case: nobody searches for those.
      if (event.type === "structure") return [];
      return [event.type === "instrument" ? ["instrument", event.label, event] : ["event", event.type, event]];
    }),
    ...tags.map((tag): [FindingKind, string, Interval] => ["tag", tag.label, tag]),
  ];
  const groups = Map.groupBy(found, ([kind, label]) => findingKey(kind, label));
  return [...groups].map(([finding, members]) => {
    const [[kind, label]] = members as [[FindingKind, string, Interval]];
    const intervals = members.map(([, , { id, startFrame, endFrame }]) => ({ id, startFrame, endFrame }));
    const lengthOf = ({ startFrame, endFrame }: (typeof intervals)[number]) => endFrame - startFrame;
    return {
      ...{ caseId, runId, createdAt, finding, kind, label },
      item: findingItemName(finding),
      count: intervals.length,
      frameCount: intervals.reduce((sum, interval) => sum + lengthOf(interval), 0),
      longest: [...intervals]
        .sort((a, b) => lengthOf(b) - lengthOf(a) || a.startFrame - b.startFrame)
        .slice(0, mostNamed)
        .sort((a, b) => a.startFrame - b.startFrame || a.endFrame - b.endFrame),
    };
  });
}
