import { limits } from "../../../../contracts/measure-definitions.ts";
import { intersection } from "../intervals.ts";
import { allUntold, type Item, lengthOf, type Operation, secondsOf, told, untold } from "../operation.ts";
import { type Family, findingOf } from "../result.ts";

const ofBleeding = ["bleeding-count", "bleeding-time", "bleeding-control-time"] as const;
const conditions = ["smoke", "fog", "blur", "reflection"] as const;
/** Other words that networks have for them: CholecTrack20 calls a fouled lens stained. */
const synonyms: Readonly<Record<string, readonly string[]>> = { fog: ["lens-fog", "stained-lens"] };
/** Under any of these little can be seen. Reflections spoil spots only. */
const unusable = ["black", "freeze", "blur", "overexposed", "underexposed", "smoke", "fog"];

/** What spoils the view, and bleeding. */
export function view(operation: Operation): Family {
  const inBodySeconds = secondsOf(operation, operation.inBody);
  if (inBodySeconds === 0)
    return {
      measures: allUntold(
        [...conditions.map((type) => `${type}-share` as const), "unusable-view-share", ...ofBleeding],
        "The camera is never inside the patient.",
      ),
      findings: [],
    };
  const itemsOf = (type: string): readonly Item[] => [type, ...(synonyms[type] ?? [])].flatMap((name) => operation.events.get(name) ?? []);
  const isWatched = (type: string): boolean => [type, ...(synonyms[type] ?? [])].some((name) => operation.watched.has(name));
  const shareOf = (items: readonly Item[]): number => secondsOf(operation, intersection(items, operation.inBody)) / inBodySeconds;
  const shares = conditions.map((type) =>
    isWatched(type) ? told(operation, `${type}-share`, null, shareOf(itemsOf(type)), itemsOf(type)) : untold(`${type}-share`, `No network tells ${type}.`),
  );
  const seen = unusable.filter(isWatched);
  const spoiled = seen.flatMap(itemsOf);
  const missing = unusable.filter((type) => !isWatched(type));
  const note = missing.length > 0 ? `Without ${missing.join(", ")}, which no network tells.` : null;
  const overall =
    seen.length === 0
      ? untold("unusable-view-share", "Nothing tells what spoils the view.")
      : told(operation, "unusable-view-share", null, shareOf(spoiled), spoiled, note);
  const bleeding = bleedings(operation);
  return {
    measures: [...shares, overall, ...bleeding.measures],
    findings: [...conditions.flatMap((type) => itemsOf(type).map((item) => findingOf(type, item.label, item, [item]))), ...bleeding.findings],
  };
}

/** Instruments that answer to bleeding, whatever the case of their names. */
const answers = /^(irrigator|bipolar)$/i;

function bleedings(operation: Operation): Family {
  if (!operation.watched.has("bleeding")) return { measures: allUntold(ofBleeding, "No network tells bleeding."), findings: [] };
  const items = operation.events.get("bleeding") ?? [];
  const answering = [...(operation.instruments ?? [])].filter(([label]) => answers.test(label)).flatMap(([, spans]) => spans);
  const controlled = items.flatMap((item) => {
    // An instrument that was at work before the onset and one that comes within the tolerance of the end answer alike.
    const those = answering.filter(
      (tool) =>
        tool.endFrame > item.startFrame &&
        (tool.startFrame < item.endFrame || operation.secondsBetween(item.endFrame, tool.startFrame) <= limits.bleedingTolerance),
    );
    if (those.length === 0) return [];
    const end = Math.max(...those.map(({ endFrame }) => endFrame));
    return [{ item, those, seconds: operation.secondsBetween(item.startFrame, end) }];
  });
  const evidence = controlled.flatMap(({ item, those }) => [item, ...those]).filter((item, i, all) => all.indexOf(item) === i);
  return {
    measures: [
      told(operation, "bleeding-count", null, items.length, items),
      told(operation, "bleeding-time", null, secondsOf(operation, items), items),
      controlled.length > 0
        ? told(
            operation,
            "bleeding-control-time",
            null,
            controlled.reduce((sum, { seconds }) => sum + seconds, 0) / controlled.length,
            evidence,
            `Of ${controlled.length} of ${items.length}.`,
          )
        : untold("bleeding-control-time", items.length === 0 ? "No bleeding was seen." : "No irrigator or bipolar answers to a bleeding."),
    ],
    findings: items.flatMap((item) => [
      findingOf("bleeding", item.label, item, [item]),
      // The only one of MultiBypass140's adverse events that anything here tells.
      findingOf("adverse-event-candidate", `Possible bleeding of ${lengthOf(operation, item).toFixed(1)} s`, item, [item], "needs-review"),
    ]),
  };
}
