import { definitionOf, type Scene, tellersOf, ticksAt } from "./scene.ts";

export type Cell = string | number | boolean | null;

/** A table of an export: names and kinds of its columns, and its rows in batches. */
export interface Table {
  readonly name: "segments" | "events" | "boxes" | "measures";
  readonly columns: readonly { readonly name: string; readonly type: "text" | "integer" | "number" | "flag" }[];
  batches(): AsyncIterable<readonly (readonly Cell[])[]>;
}

const text = (name: string) => ({ name, type: "text" as const });
const integer = (name: string) => ({ name, type: "integer" as const });
const number = (name: string) => ({ name, type: "number" as const });
const span = [integer("start_frame"), integer("end_frame"), integer("start_ticks"), integer("end_ticks")];

/** An operation as tables: for spreadsheets and for Athena, pandas, DuckDB. Ticks count in `timebase` from the first frame. */
export function tablesOf(scene: Scene): readonly Table[] {
  const at = ({ startFrame, endFrame }: { startFrame: number; endFrame: number }) => [
    startFrame,
    endFrame,
    ticksAt(scene, startFrame),
    ticksAt(scene, endFrame),
  ];
  const once = (rows: Cell[][]) =>
    async function* () {
      if (rows.length > 0) yield rows;
    };
  const found = [...span, number("confidence"), text("producer"), text("review")];
  return [
    {
      name: "segments",
      columns: [text("id"), text("level"), text("label"), ...found],
      batches: once(scene.segments.map((one) => [one.id, one.level, one.label, ...at(one), one.confidence, one.producer, one.review])),
    },
    {
      name: "events",
      columns: [text("id"), text("type"), text("label"), ...found],
      batches: once(scene.events.map((one) => [one.id, one.type, one.label, ...at(one), one.confidence, one.producer, one.review])),
    },
    {
      name: "boxes",
      columns: [
        ...[integer("frame"), integer("ticks"), text("label"), number("score")],
        ...["x", "y", "width", "height", "track"].map(integer),
        text("producer"),
      ],
      batches: () => boxRows(scene),
    },
    {
      name: "measures",
      columns: [
        ...[text("id"), text("name"), text("of"), text("unit"), number("value"), text("note"), number("confidence")],
        ...[{ name: "calibrated", type: "flag" as const }, text("producers"), text("versions"), text("digests"), text("formula"), text("source")],
      ],
      batches: once(
        (scene.measures?.measures ?? []).map((one) => {
          const tellers = tellersOf(scene, one);
          // In the order of the producers, a dash where one has none.
          const each = (of: (teller: (typeof tellers)[number]) => string | null) => tellers.map((teller) => of(teller) ?? "-").join(" ");
          const meaning = definitionOf(scene, one);
          return [
            ...[one.id, one.name, one.of, one.unit, one.value, one.note, one.confidence, one.calibrated],
            ...[each(({ id }) => id), each(({ version }) => version), each(({ digest }) => digest), meaning?.formula ?? null, meaning?.source ?? null],
          ];
        }),
      ),
    },
  ];
}

/** Rows that are made before they are handed on: a row group of Parquet. */
const batchRows = 50_000;

async function* boxRows(scene: Scene): AsyncGenerator<Cell[][]> {
  let rows: Cell[][] = [];
  for await (const { frame, items } of scene.boxes()) {
    const ticks = ticksAt(scene, frame);
    for (const { label, score, x, y, width, height, track, producer } of items) {
      rows.push([frame, ticks, scene.labels[label] ?? null, score, x, y, width, height, track < 0 ? null : track, scene.sources[producer] ?? null]);
    }
    if (rows.length < batchRows) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}
