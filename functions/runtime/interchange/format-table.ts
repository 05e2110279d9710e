import { importFormat } from "../../../contracts/exports.ts";
import { type Aspect, aspects } from "./format.ts";
import { formats } from "./formats.ts";

/** The table of formats in `docs/interchange.md`, in Markdown. */
export function formatTable(): string {
  const imports: readonly string[] = importFormat.options;
  const rows = Object.entries(formats).map(([id, { title, use, keeps, loses }]) => {
    const kept = keeps.length === 0 ? "nothing exactly" : keeps.map((aspect: Aspect) => aspects[aspect].replace(/ \(.*/, "")).join(", ");
    return `| \`${id}\` | ${title} | ${use} | ${imports.includes(id) ? "out and in" : "out"} | ${kept} | ${loses} |`;
  });
  return ["| id | format | for | direction | keeps exactly | loses |", "| --- | --- | --- | --- | --- | --- |", ...rows].join("\n");
}
