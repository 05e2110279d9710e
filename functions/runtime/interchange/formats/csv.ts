import { type Format, textFile } from "../format.ts";
import { provenanceOf, type Scene } from "../scene.ts";
import { type Cell, type Table, tablesOf } from "../tables.ts";

/** Comma-separated values (RFC 4180), one file a table, and `provenance.json` beside them. */
export const csv: Format = {
  title: "CSV (RFC 4180)",
  use: "Spreadsheets, statistics",
  keeps: ["boxes", "scores", "tracks", "segments", "events", "measures", "provenance"],
  loses:
    "Masks and the frames in which nothing was found are left out. A text that begins with =, +, -, @ or a tab has an apostrophe before it, lest spreadsheets take it for a formula.",
  files: (scene) => [
    ...tablesOf(scene).map((table) => textFile(`${table.name}.csv`, "text/csv", () => lines(table))),
    textFile("provenance.json", "application/json", () => [provenanceText(scene)]),
  ],
};

export const provenanceText = (scene: Scene): string => `${JSON.stringify({ ...provenanceOf(scene), timebase: scene.frames.source.timebase }, null, 1)}\n`;

async function* lines(table: Table): AsyncGenerator<string> {
  yield line(table.columns.map(({ name }) => name));
  for await (const rows of table.batches()) yield rows.map(line).join("");
}

const line = (cells: readonly Cell[]): string => `${cells.map(cellText).join(",")}\r\n`;

function cellText(cell: Cell): string {
  if (cell === null) return "";
  // Spreadsheets run what begins so, quoted or not (OWASP, "CSV Injection"); numbers are none of it.
  const text = typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
