/** What a gate asks of a figure. */
export interface Gate {
  readonly id: string;
  /** What is measured and how: Markdown. */
  readonly what: string;
  readonly limit: { readonly most: number } | { readonly least: number };
  readonly unit: string;
  readonly digits: number;
}

/** Every gate that needs a clock, a scale or a long look. Those that need counting only (drift, steps) are tests: `test/e2e/page.test.ts`. */
export const gates: readonly Gate[] = [
  {
    ...{ id: "scripts", limit: { most: 130 }, unit: "KB", digits: 1 },
    what: "Scripts before anything is on the screen, gzip -9",
  },
  {
    ...{ id: "overlay", limit: { most: 8 }, unit: "ms", digits: 1 },
    what: "Overlay of a picture of 1280 x 720, 20 boxes and two masks, 95th percentile of 300 frames until drawn; no frame has the masks of another",
  },
  {
    ...{ id: "lanes", limit: { most: 50 }, unit: "ms", digits: 1 },
    what: "All lanes with 50,000 spans on 1100 pixels, median of 20 redraws until drawn",
  },
  {
    ...{ id: "step", limit: { most: 120 }, unit: "ms", digits: 0 },
    what: "A step by one frame, from the key to the picture with its number, 95th percentile of 100, half of them back",
  },
  {
    ...{ id: "seek", limit: { most: 300 }, unit: "ms", digits: 0 },
    what: "A jump anywhere in three hours until its picture is there with boxes and masks, none of which was read before: 95th percentile",
  },
  {
    ...{ id: "heap", limit: { most: 60 }, unit: "MiB", digits: 1 },
    what: "JavaScript heap after the long run, garbage collected",
  },
  {
    ...{ id: "growth", limit: { most: 10 }, unit: "%", digits: 1 },
    what: "Heap at its end against its first quarter, both collected",
  },
  {
    ...{ id: "upload", limit: { least: 1.5 }, unit: "x", digits: 2 },
    what: "An upload over four connections against one after another, as uploads of the page do it: 16 MiB a part, SHA-256 checked, each connection carries 85 MB/s and is answered after 100 ms, best of two each",
  },
];

export const lighthouseGates: readonly Gate[] = [
  { id: "performance", limit: { least: 0.95 }, unit: "", digits: 2, what: "Lighthouse, desktop, the list of cases: performance" },
  { id: "accessibility", limit: { least: 1 }, unit: "", digits: 2, what: "The same: accessibility" },
  { id: "best-practices", limit: { least: 1 }, unit: "", digits: 2, what: "The same: best practices" },
];

export interface Verdict {
  readonly gate: Gate;
  readonly figure: number;
  readonly holds: boolean;
}

export const judged = (gate: Gate, figure: number): Verdict => ({
  ...{ gate, figure },
  holds: "most" in gate.limit ? figure <= gate.limit.most : figure >= gate.limit.least,
});

const written = ({ unit, digits }: Gate, value: number): string => `${value.toFixed(digits)}${unit === "" ? "" : ` ${unit}`}`;
export const limitOf = (gate: Gate): string =>
  "most" in gate.limit
    ? `at most ${written({ ...gate, digits: 0 }, gate.limit.most)}`
    : `at least ${gate.limit.least}${gate.unit === "" ? "" : ` ${gate.unit}`}`;
export const figureOf = ({ gate, figure }: Pick<Verdict, "gate" | "figure">): string => written(gate, figure);

/** The smallest value that this share of the values does not exceed (nearest rank). Throws for an empty list. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error("An empty list has no percentile.");
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
}
