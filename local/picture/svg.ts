import { type Layout, layoutOf, markWidth, mostFunctions, type Placed, sizes, type Wire } from "./layout.ts";
import type { Picture, Step } from "./model.ts";

const ink = "#1f2937";
const muted = "#64748b";
const paper = "#f8fafc";

/** A quiet colour for each area. */
const areaColours: Readonly<Record<string, string>> = {
  organization: "#475569",
  identity: "#7c3aed",
  security: "#b91c1c",
  audit: "#9f1239",
  network: "#0369a1",
  operations: "#4d7c0f",
  compute: "#0f766e",
  data: "#b45309",
  analysis: "#1d4ed8",
  experience: "#a21caf",
  learning: "#15803d",
};
const colourOf = (area: string): string => areaColours[area] ?? "#475569";

/** Wires that lie beside each other differ. */
const wireColours = ["#2563eb", "#d97706", "#059669", "#c026d3", "#dc2626", "#0891b2", "#65a30d", "#7c3aed", "#be185d", "#57534e"];

/**
 * A picture as an SVG text. It brings its own background, so it reads on light and on dark pages, and names only fonts
 * that every system has. The same program gives the same text.
 */
export function svgOf(picture: Picture): string {
  const layout = layoutOf(picture);
  const foundations = new Map(layout.cards.filter(({ card }) => card.isFoundation).map(({ card }) => [card.name, colourOf(card.area)]));
  const parts = [
    `<rect width="${layout.width}" height="${layout.height}" rx="14" fill="${paper}"/>`,
    ...header(picture, layout),
    ...road(picture.road, layout),
    ...layout.frames.map(
      ({ x, y, width, height, title }) =>
        `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" fill="#ffffff" stroke="#94a3b8" stroke-width="1.2"/>${text(x + 16, y + 25, title, { size: 14, weight: 600 })}`,
    ),
    ...layout.bands.map(({ x, y, width, height, area }) => {
      const colour = colourOf(area);
      return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="${colour}" fill-opacity="0.06"/><rect x="${x}" y="${y}" width="4" height="${height}" rx="2" fill="${colour}"/>${text(x + 14, y + 24, area, { size: 13, weight: 600, fill: colour })}`;
    }),
    ...layout.wires.map(wire),
    ...layout.cards.map((placed) => card(placed, foundations)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${layout.width} ${layout.height}" width="${layout.width}" height="${layout.height}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif">
<title>Stack ${escaped(picture.stack)}, drawn from its program</title>
${parts.join("\n")}
</svg>
`;
}

function header({ stack, resourceCount, accounts }: Picture, { width }: Layout): string[] {
  const components = accounts.flatMap(({ areas }) => areas).reduce((sum, { cards }) => sum + cards.length, 0);
  return [
    text(sizes.margin, 36, `Stack ${stack}`, { size: 22, weight: 700 }),
    text(sizes.margin, 57, `${components} components, ${resourceCount} resources; drawn from the program itself`, { size: 12.5, fill: muted }),
    text(width - sizes.margin, 36, "a line: from what uses (dot) to what is used (arrow)", { size: 12, fill: muted, anchor: "end" }),
    text(width - sizes.margin, 55, "a mark on a card: it stands on that foundation", { size: 12, fill: muted, anchor: "end" }),
  ];
}

/** The steps that a video takes, as a row of arrows. */
function road(steps: readonly Step[], { width, roadTop }: Layout): string[] {
  if (steps.length === 0) return [];
  const room = (width - 2 * sizes.margin) / steps.length;
  const tip = 13;
  return steps.flatMap(({ name, functions }, i) => {
    const x = sizes.margin + i * room;
    const [y, height, end] = [roadTop + 4, 30, x + room - 6];
    const shape = [[x, y], [end - tip, y], [end, y + height / 2], [end - tip, y + height], [x, y + height], ...(i === 0 ? [] : [[x + tip, y + height / 2]])];
    const characters = Math.floor((room - 26) / 6.2);
    const shown = functions.length > mostFunctions ? [...functions.slice(0, mostFunctions - 1), `and ${functions.length - mostFunctions + 1} more`] : functions;
    return [
      `<polygon points="${shape.map((point) => point.join(",")).join(" ")}" fill="#1e3a8a"/>`,
      text(x + (i === 0 ? 14 : 22), y + 20, name, { size: 14, weight: 600, fill: "#ffffff" }),
      ...shown.map((each, row) => text(x + (i === 0 ? 4 : 14), y + height + 17 + row * 14.5, clip(each, characters), { size: 11, fill: muted })),
    ];
  });
}

function wire({ index, pieces, arrow, dots }: Wire): string {
  const colour = wireColours[index % wireColours.length]!;
  const path = pieces.map(({ x1, y1, x2, y2 }) => `M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}`).join("");
  const tip = `<polygon points="${round(arrow.x)},${round(arrow.y + 1)} ${round(arrow.x - 4.5)},${round(arrow.y + 9)} ${round(arrow.x + 4.5)},${round(arrow.y + 9)}" fill="${colour}"/>`;
  const ends = dots.map(({ x, y }) => `<circle cx="${round(x)}" cy="${round(y - 3)}" r="3.2" fill="${colour}"/>`).join("");
  return `<g><path d="${path}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-linecap="round"/>${tip}${ends}</g>`;
}

function card({ x, y, width, height, card, text: lines }: Placed, foundations: ReadonlyMap<string, string>): string {
  const colour = colourOf(card.area);
  let at = y + 50;
  const rows: string[] = [];
  for (const line of lines.counts) {
    rows.push(text(x + 12, at, line, { size: 11.5 }));
    at += sizes.line;
  }
  for (const line of lines.parts) {
    rows.push(text(x + 12, at, line, { size: 11, fill: muted, italic: true }));
    at += sizes.line;
  }
  for (const marks of lines.marks) {
    let left = x + 12;
    for (const mark of marks) {
      const width = markWidth(mark);
      const of = foundations.get(mark) ?? muted;
      rows.push(
        `<rect x="${round(left)}" y="${round(at - 8)}" width="${round(width)}" height="16" rx="8" fill="${of}" fill-opacity="0.1" stroke="${of}" stroke-opacity="0.45"/>${text(left + 7, at + 3.5, mark, { size: 10, fill: of })}`,
      );
      left += width + 5;
    }
    at += sizes.line * 1.3;
  }
  const badge = card.isFoundation ? `<circle cx="${x + width - 14}" cy="${y + 16}" r="4.5" fill="${colour}"/>` : "";
  return `<g><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="7" fill="#ffffff" stroke="${colour}" stroke-width="1.3"/>${text(x + 12, y + 20, clip(card.name, 30), { size: 13.5, weight: 600 })}${text(x + 12, y + 34, clip(card.kind, 40), { size: 10.5, fill: colour })}${badge}${rows.join("")}</g>`;
}

interface Style {
  readonly size: number;
  readonly weight?: number;
  readonly fill?: string;
  readonly anchor?: "end";
  readonly italic?: boolean;
}

function text(x: number, y: number, content: string, { size, weight, fill = ink, anchor, italic }: Style): string {
  const more = `${weight === undefined ? "" : ` font-weight="${weight}"`}${anchor === undefined ? "" : ` text-anchor="${anchor}"`}${italic ? ' font-style="italic"' : ""}`;
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${fill}"${more}>${escaped(content)}</text>`;
}

const clip = (content: string, most: number): string => (content.length <= most ? content : `${content.slice(0, most - 1)}…`);
const round = (value: number): number => Math.round(value * 10) / 10;
const escaped = (content: string): string => content.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
