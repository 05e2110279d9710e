import type { DriftFeature } from "../../contracts/drift.ts";

/** What drift makes of one network: of each kind of window its comparisons, and how often dealing like cases anew gives a false alarm. */
export interface NetworkDrift {
  readonly network: string;
  /** In the order of the kinds. */
  readonly windows: readonly (readonly DriftFeature[])[];
  /** Deals of cases of one kind, and in how many of them something other than the embedding, and the embedding, was large. */
  readonly deals: number;
  readonly otherAlarms: number;
  readonly embeddingAlarms: number;
}

const [begin, end] = ["<!-- measured by npm run drift:measure -->", "<!-- end of what was measured -->"];

/** What is large of a window, as a cell: the embedding apart from all else. */
function cell(features: readonly DriftFeature[]): string {
  const large = features.filter(({ level }) => level === "large").map(({ feature }) => feature);
  const others = large.filter((feature) => feature !== "embedding");
  return [...(large.includes("embedding") ? ["**embedding**"] : []), ...others].join(", ") || "-";
}

/** The figures as Markdown: a row a network, a column a kind of window; and the false alarms. */
export function drawTables(titles: readonly string[], networks: readonly NetworkDrift[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = (columns: number) => row(Array(columns).fill("---"));
  return [
    row(["large in a window of", ...titles]),
    rule(titles.length + 1),
    ...networks.map(({ network, windows }) => row([`\`${network}\``, ...windows.map(cell)])),
    "",
    row(["false alarms", "deals of like cases", "by the embedding", "by all else"]),
    rule(4),
    ...networks.map(({ network, deals, embeddingAlarms, otherAlarms }) => row([`\`${network}\``, `${deals}`, `${embeddingAlarms}`, `${otherAlarms}`])),
  ].join("\n");
}

/** The page with these tables in place of those that it had. Throws where it has no place for them. */
export function withTables(page: string, tables: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The page has no part between "${begin}" and "${end}".`);
  return `${page.slice(0, from + begin.length)}\n\n${tables}\n\n${page.slice(to)}`;
}
