import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { ExportFile, Format } from "../format.ts";
import { textFile } from "../format.ts";
import { provenanceOf, type Scene } from "../scene.ts";
import { type Cell, type Table, tablesOf } from "../tables.ts";
import { provenanceText } from "./csv.ts";

/** Apache Parquet, one file a table, Snappy; provenance lies in each file's key-value metadata. */
export const parquet: Format = {
  title: "Apache Parquet",
  use: "Athena, DuckDB, pandas",
  keeps: ["boxes", "scores", "tracks", "segments", "events", "measures", "provenance"],
  loses: "Masks and the frames in which nothing was found are left out.",
  files: (scene) => [
    ...tablesOf(scene).map(
      (table): ExportFile => ({ name: `${table.name}.parquet`, mediaType: "application/vnd.apache.parquet", content: () => bytes(table, scene) }),
    ),
    textFile("provenance.json", "application/json", () => [provenanceText(scene)]),
  ],
};

/** Integers are of 64 bits: ticks of a long operation don't fit into 32. */
const types = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  integer: { type: "INT64" },
  number: { type: "DOUBLE" },
  flag: { type: "BOOLEAN" },
} as const;

async function* bytes(table: Table, scene: Scene): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer,
    schema: [
      { name: "root", num_children: table.columns.length },
      ...table.columns.map(({ name, type }) => ({ name, repetition_type: "OPTIONAL" as const, ...types[type] })),
    ],
    kvMetadata: [{ key: "provenance", value: JSON.stringify(provenanceOf(scene)) }],
    createdBy: "surgical-video-platform",
  });
  for await (const rows of table.batches()) {
    await parquet.write({
      columnData: table.columns.map(({ name, type }, column) => ({ name, data: rows.map((row) => parquetValue(row[column] as Cell, type)) })),
      rowGroupSize: rows.length,
    });
    yield taken(writer);
  }
  await parquet.finish();
  yield taken(writer);
}

const parquetValue = (cell: Cell, type: keyof typeof types): unknown => (cell !== null && type === "integer" ? BigInt(cell as number) : cell);

/** What was written since the last time; the writer's own count of bytes goes on, its buffer starts anew. */
function taken(writer: ByteWriter): Uint8Array {
  const written = writer.getBytes().slice();
  writer.index = 0;
  return written;
}
