import type { Analysis } from "../../../contracts/analysis.ts";
import { personProducer } from "../../../contracts/corrected-view.ts";
import { eventType } from "../../../contracts/event-type.ts";
import type { Subject } from "../../../contracts/model.ts";
import type { FrameSpan } from "../../../contracts/primitives.ts";
import { intersection, union } from "./intervals.ts";

/** Who looks for what, and where inside the patient. What a looker does not find there is its word, too: there it is not. */
export interface Looker {
  readonly producer: string;
  readonly subject: Exclude<Subject, "out-of-body">;
  /** What it would tell, found or not: of the view, types of event. */
  readonly labels: readonly string[];
  readonly spans: readonly FrameSpan[];
}

/** Several lookers as one: who they are, and where any of them looked. */
export interface Watch {
  readonly producers: readonly string[];
  /** Rising; they neither touch nor overlap. */
  readonly spans: readonly FrameSpan[];
}

export const watchOf = (lookers: readonly Pick<Looker, "producer" | "spans">[]): Watch => ({
  producers: [...new Set(lookers.map(({ producer }) => producer))].sort(),
  spans: union(lookers.flatMap(({ spans }) => spans)),
});

/** Cues that our own algorithm looks for in every video (`models/serving/cues.ts`). */
const technicalCues = ["black", "freeze", "blur", "overexposed", "underexposed"];

type Found = Pick<Analysis["events"][number], "label" | "producer" | "startFrame" | "endFrame">;

/** Everybody who looked at an operation. `inBody`: what is inside the patient. */
export function lookersOf(analysis: Analysis, inBody: readonly FrameSpan[]): Looker[] {
  const { scores, detections, masks, segments, events, producers, lookedAt = [] } = analysis;
  const thingOf = subjectOfThings(analysis);
  /** Where a producer's output of a kind is about; of analyses that do not say (1.1), `otherwise`. */
  const looked = (producer: string, kind: (typeof lookedAt)[number]["kind"], otherwise: readonly FrameSpan[]): FrameSpan[] =>
    intersection(inBody, lookedAt.find((one) => one.producer === producer && one.kind === kind)?.spans ?? otherwise);
  const networks: Looker[] = [
    ...scores.flatMap(({ producer, subject, labels }): Looker[] =>
      subject === "out-of-body"
        ? []
        : [{ producer, subject, labels: subject === "view" ? labels.map(eventType) : labels, spans: looked(producer, "classifications", inBody) }],
    ),
    // Chunks are made where a frame was looked at.
    ...detections.map(({ producer, labels, chunks }) => ({ producer, subject: thingOf(producer), labels, spans: looked(producer, "detections", chunks) })),
    ...masks.map(({ producer, labels, chunks }) => ({ producer, subject: thingOf(producer), labels, spans: looked(producer, "masks", chunks) })),
    ...producers
      .filter(({ id }) => id === "technical-cues")
      .map(({ id }) => ({ producer: id, subject: "view" as const, labels: technicalCues, spans: looked(id, "cues", inBody) })),
  ];
  const found: readonly (readonly [Looker["subject"], Found])[] = [
    ...segments.filter(({ level }) => level === "phase").map((one) => ["phase", one] as const),
    ...events.map((one): [Looker["subject"], Found] =>
      one.type === "instrument" || one.type === "structure" ? [one.type, one] : ["view", { ...one, label: one.type }],
    ),
  ];
  const whereOf = (producer: string): readonly FrameSpan[] => {
    const own = lookedAt.filter((one) => one.producer === producer);
    return own.length > 0
      ? intersection(
          inBody,
          own.flatMap(({ spans }) => spans),
        )
      : inBody;
  };
  return [...networks, ...unannounced(networks, found, inBody, whereOf)];
}

/**
 * Who found something that none of the networks said it would look for. People, and networks whose findings people gave other words, looked where they
 * found it; somebody who is not said to look for anything, such as a service, wherever it looked (`whereOf`).
 */
function unannounced(
  networks: readonly Looker[],
  found: readonly (readonly [Looker["subject"], Found])[],
  inBody: readonly FrameSpan[],
  whereOf: (producer: string) => readonly FrameSpan[],
): Looker[] {
  const groups = Map.groupBy(found, ([subject, { producer, label }]) => JSON.stringify([subject, producer, label]));
  return [...groups.values()].flatMap((group): Looker[] => {
    const [[subject, { producer, label }]] = group as [(typeof group)[number]];
    const own = networks.filter((looker) => looker.subject === subject && looker.producer === producer);
    if (own.some(({ labels }) => labels.includes(label))) return [];
    const isLocal = own.length > 0 || producer === personProducer;
    const spans = isLocal
      ? intersection(
          inBody,
          group.map(([, span]) => span),
        )
      : whereOf(producer);
    return [{ producer, subject, labels: [label], spans }];
  });
}

/**
 * Whether a producer's boxes or masks are of instruments or of structures: as the analysis says or, where it does not, by what was found. Boxes of
 * instruments, and of nothing else, are followed.
 */
function subjectOfThings({ tracks, events, detections, lookedAt = [] }: Analysis): (producer: string) => Looker["subject"] {
  const said = new Map(
    lookedAt.flatMap(({ producer, kind, subject }) => (subject && subject !== "out-of-body" && kind !== "cues" ? [[producer, subject] as const] : [])),
  );
  const told = new Map(events.flatMap(({ producer, type }) => (type === "instrument" || type === "structure" ? [[producer, type] as const] : [])));
  return (producer) =>
    said.get(producer) ?? told.get(producer) ?? (tracks !== null && detections.some((one) => one.producer === producer) ? "instrument" : "structure");
}
