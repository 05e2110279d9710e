import { limits } from "../../../../contracts/measure-definitions.ts";
import { type AdverseEvent, adverseEventOf } from "../adverse-events.ts";
import { intersection, touching, union } from "../intervals.ts";
import {
  allUntold,
  asOne,
  type Draft,
  frameWithin,
  instrumentsNamed,
  lengthOf,
  type Operation,
  type Sought,
  secondsOf,
  sentences,
  told,
  untold,
} from "../operation.ts";
import { type Family, findingOf, itemAt } from "../result.ts";

const ofArea = ["bleeding-area-share", "bleeding-area-largest"] as const;
const ofBleeding = ["bleeding-count", "bleeding-time", "bleeding-control-time", ...ofArea] as const;
const conditions = ["smoke", "fog", "blur", "reflection"] as const;
/** Other words that networks have for them: CholecTrack20 calls a fouled lens stained. */
const synonyms: Readonly<Record<string, readonly string[]>> = { fog: ["lens-fog", "stained-lens"] };
/** Under any of these little can be seen. Reflections spoil spots only. */
const unusable = ["black", "freeze", "blur", "overexposed", "underexposed", "smoke", "fog"];

/** What spoils the view, bleeding, and what else may have done harm. */
export function view(operation: Operation): Family {
  if (operation.inBody.length === 0)
    return {
      measures: allUntold(
        [...conditions.map((type) => `${type}-share` as const), "unusable-view-share", ...ofBleeding],
        "The camera is never inside the patient.",
      ),
      findings: [],
    };
  const sought = (type: string): Sought | undefined => asOne([type, ...(synonyms[type] ?? [])].flatMap((name) => operation.events.get(name) ?? []));
  const seconds = (sought: Sought) => secondsOf(operation, sought.watch.spans);
  const shares = conditions.map((type): Draft => {
    const name = `${type}-share` as const;
    const one = sought(type);
    if (!one) return untold(name, `No network tells ${type}.`);
    if (seconds(one) === 0) return untold(name, `Nobody looked for ${type} inside the patient.`);
    return told(operation, name, null, secondsOf(operation, intersection(one.items, one.watch.spans)) / seconds(one), {
      by: one.watch.producers,
      items: one.items,
    });
  });
  const bleeding = bleedings(operation);
  return {
    measures: [...shares, unusableView(operation, sought), ...bleeding],
    findings: [
      ...conditions.flatMap((type) => (sought(type)?.items ?? []).map((item) => findingOf(type, item.label, item, [item]))),
      ...adverseEvents(operation),
    ],
  };
}

/** Of what all who tell any of it looked at: elsewhere some of it would be missing. */
function unusableView(operation: Operation, sought: (type: string) => Sought | undefined): Draft {
  const seen = unusable.flatMap((type) => sought(type) ?? []);
  if (seen.length === 0) return untold("unusable-view-share", "Nothing tells what spoils the view.");
  const lookedAt = seen.map(({ watch }) => watch.spans).reduce(intersection);
  const seconds = secondsOf(operation, lookedAt);
  if (seconds === 0) return untold("unusable-view-share", "Those who tell what spoils the view never looked at the same time.");
  const spoiled = seen.flatMap(({ items }) => items);
  const missing = unusable.filter((type) => !sought(type));
  return told(operation, "unusable-view-share", null, secondsOf(operation, intersection(spoiled, lookedAt)) / seconds, {
    by: seen.flatMap(({ watch }) => watch.producers),
    items: spoiled,
    note: missing.length > 0 ? `Without ${missing.join(", ")}, which no network tells.` : null,
  });
}

/** Everything that is looked for and may be an adverse event of that kind. */
const soughtOf = (operation: Operation, kind: AdverseEvent): Sought | undefined =>
  asOne(
    [...operation.events].flatMap(([type, one]) => {
      const items = one.items.filter(({ label }) => harmOf(type, label)?.kind === kind);
      return items.length > 0 || adverseEventOf(type)?.kind === kind ? [{ items, watch: one.watch }] : [];
    }),
  );

/** By the event's type or, where that says nothing, by its label. */
const harmOf = (type: string, label: string) => adverseEventOf(type) ?? adverseEventOf(label);

/** Instruments that answer to bleeding, whatever the case of their names. */
const answers = /\b(irrigator|bipolar)\b/i;

function bleedings(operation: Operation): Draft[] {
  const sought = soughtOf(operation, "bleeding");
  if (!sought) return allUntold(ofBleeding, "No network tells bleeding.");
  if (sought.watch.spans.length === 0) return allUntold(ofBleeding, "Nobody looked for bleeding inside the patient.");
  const { items, watch } = sought;
  const by = watch.producers;
  return [
    told(operation, "bleeding-count", null, union(items).length, { by, items }),
    told(operation, "bleeding-time", null, secondsOf(operation, items), { by, items }),
    control(operation, sought),
    ...area(operation, sought),
  ];
}

/**
 * From onset to when the last irrigator or bipolar that answers stops. One that was at work before the onset and one that comes within the tolerance of
 * the end answer alike; but one that stays in sight for much longer than anything bled does something else, and its stop says nothing of this bleeding.
 */
function control(operation: Operation, { items, watch }: Sought): Draft {
  const name = "bleeding-control-time";
  if (items.length === 0) return untold(name, "No bleeding was seen.");
  const tools = instrumentsNamed(operation, answers);
  if (tools.length === 0) return untold(name, "No network tells irrigator or bipolar.");
  const all = tools.flatMap((one) => one.items);
  const isWithin = (from: number, to: number, seconds: number) => operation.secondsBetween(from, to) <= seconds + 1e-6;
  const bleedings = union(items);
  const answered = bleedings.map((span) => {
    const those = all.filter((tool) => tool.endFrame > span.startFrame && isWithin(span.endFrame, tool.startFrame, limits.bleedingTolerance));
    const stopping = those.filter((tool) => isWithin(span.endFrame, tool.endFrame, limits.latestControl));
    const end = stopping.reduce((latest, { endFrame }) => Math.max(latest, endFrame), 0);
    return { span, those, stopping, seconds: stopping.length > 0 ? operation.secondsBetween(span.startFrame, end) : null };
  });
  const controlled = answered.filter(({ seconds }) => seconds !== null);
  const unattributed = answered.filter(({ those, stopping }) => those.length > 0 && stopping.length === 0).length;
  const elsewhere =
    unattributed > 0 ? `Of ${unattributed} it is not attributable: what answers stays in sight for more than ${limits.latestControl} s after it.` : null;
  if (controlled.length === 0) return untold(name, elsewhere ?? "No irrigator or bipolar answers to a bleeding.");
  return told(operation, name, null, controlled.reduce((sum, { seconds }) => sum + (seconds as number), 0) / controlled.length, {
    by: [...watch.producers, ...tools.flatMap((one) => one.watch.producers)],
    items: controlled.flatMap(({ span }) => touching(items, span)),
    within: controlled.flatMap(({ stopping }) => stopping),
    note: sentences(`Of ${controlled.length} of ${bleedings.length}.`, elsewhere),
  });
}

/** Share of the picture that blood covers while it bleeds: mean over time, and most. A frame speaks until the next one, but not for long. */
function area(operation: Operation, { items, watch }: Sought): Draft[] {
  const { blood } = operation;
  if (blood === null) return allUntold(ofArea, "No network outlines blood.");
  if (items.length === 0) return allUntold(ofArea, "No bleeding was seen.");
  let [weight, sum, most] = [0, 0, -1];
  for (const [i, frame] of blood.frames.entries()) {
    const item = itemAt(items, frame);
    if (!item) continue;
    const end = Math.min(blood.frames[i + 1] ?? operation.frameCount, item.endFrame, frameWithin(operation, frame, limits.longestHold));
    const seconds = operation.secondsBetween(frame, Math.max(end, frame + 1));
    const share = blood.shares[i] as number;
    weight += seconds;
    sum += share * seconds;
    most = Math.max(most, share);
  }
  if (weight === 0) return allUntold(ofArea, "Nobody outlined blood while it bled.");
  const ground = { by: [...watch.producers, blood.producer], items };
  return [told(operation, "bleeding-area-share", null, sum / weight, ground), told(operation, "bleeding-area-largest", null, most, ground)];
}

/** What may have done harm: machines propose, and a surgeon looks. */
const adverseEvents = (operation: Operation) =>
  [...operation.events].flatMap(([type, { items }]) =>
    items.flatMap((item) => {
      const adverse = harmOf(type, item.label);
      if (!adverse) return [];
      const label = `Possible ${adverse.kind} of ${lengthOf(operation, item).toFixed(1)} s`;
      return [
        ...(adverse.kind === "bleeding" ? [findingOf("bleeding", item.label, item, [item])] : []),
        { ...findingOf("adverse-event-candidate", label, item, [item], "needs-review"), severity: adverse.severity },
      ];
    }),
  );
