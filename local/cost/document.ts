import { pricesAsOf } from "../../contracts/prices.ts";
import type { Deployment } from "../deploy/deployment.ts";
import { sketchHour, sketchIdle } from "./designs.ts";
import { type Estimate, estimate } from "./estimate.ts";
import type { CostLine } from "./idle.ts";
import { assumptions, leftOut, money, unitPrice } from "./report.ts";
import { type HourLine, total, type VideoHourOptions, videoHourCost } from "./video-hour.ts";

/** Frames a second that the document compares. */
const rates = [1, 5];

/** `docs/costs.md`. Depends on nothing but the programs of the two stacks and the price files. */
export function costDocument({ dev, prod }: Readonly<Record<"dev" | "prod", Deployment>>): string {
  const [devCost, prodCost] = [estimate(dev), estimate(prod)];
  const hour = (deployment: Deployment, options: VideoHourOptions): number => {
    const cost = videoHourCost(deployment, options);
    if (cost === undefined) throw new Error(`Stack ${deployment.stack} has no state machine that a video passes through.`);
    return cost.analysisUsd;
  };
  const designs: [name: string, hour: (fps: number) => number, dev: number, prod: number][] = [
    ["the sketches, to the letter", (fps) => total(sketchHour(fps)), sketchIdle(devCost.idle), sketchIdle(prodCost.idle)],
    ["ours, as prod is configured", (fps) => hour(prod, { fps }), devCost.idle.usd, prodCost.idle.usd],
    ["ours, as dev is configured", (fps) => hour(dev, { fps }), devCost.idle.usd, prodCost.idle.usd],
    ["ours, lean: as dev, sources fit as they are", (fps) => hour(dev, { fps, passthrough: true }), devCost.idle.usd, prodCost.idle.usd],
  ];
  return `# What it costs

Written by \`npm run cost -- --write\` from the programs of the stacks \`dev\` and \`prod\`. \`npm run cost -- STACK\` shows every
line for a stack. List prices of us-east-1 of ${pricesAsOf} in US dollars, without free tiers, discounts, taxes and support.
A price with a \`?\` is from memory: look it up before you rely on it.

## Four designs

${markdownTable(
  ["design", ...rates.map((fps) => `hour of video, ${fps} fps`), "idle month, dev", "idle month, prod"],
  designs.map(([name, at, devUsd, prodUsd]) => [name, ...rates.map((fps) => money(at(fps))), money(devUsd), money(prodUsd)]),
)}

*The sketches, to the letter*: every video encoded in full HD, Rekognition asked for labels, text and both segment types, three
networks in Batch Transform jobs of their own, and one ml.g4dn.xlarge endpoint that never stops; its idle month is ours with that
endpoint in place of ours, so networks, keys and audit are the same in every row. *Lean*: the source is fit for analysis, so its
analysis rendition is copied; the review rendition is still encoded, because what lies outside the patient must be covered in it.

A source that must be converted before it can be read (AVI, MPEG-2 and the like) costs $${money(hour(dev, { converted: true }) - hour(dev, {}))} more.

What moves the sum, in this order: Rekognition on whole videos; encoding; everything else is cents. How many frames a second the
networks look at hardly matters, because a job mostly waits for its start and its decoder.

${[prodCost, devCost].map(section).join("\n\n")}

## Assumed

${bullets(assumptions)}

## Left out

${bullets(leftOut(prodCost.videoHour))}
`;
}

function section({ stack, idle, videoHour }: Estimate): string {
  const dear = idle.lines.filter(({ usd }) => usd >= 0.005);
  const cents = idle.lines.length - dear.length;
  return `## Stack ${stack}

### While idle, a month: $${money(idle.usd)}

${markdownTable(["what", "so many", "price", "month"], dear.map(idleRow))}
${cents === 0 ? "" : `\n${cents} more ${cents === 1 ? "line is" : "lines are"} below a cent.\n`}
### An hour of video

${markdownTable(["what", "how", "price", "hour"], (videoHour?.analysis ?? []).map(hourRow))}

Keeping it for the first year: $${money(videoHour?.storageUsd ?? 0)}.

${markdownTable(
  ["what", "where", "first year"],
  (videoHour?.storage ?? []).map(({ what, note, usd }) => [what, note, money(usd)]),
)}`;
}

const idleRow = (line: CostLine): string[] => [line.what, Number(line.quantity.toPrecision(6)).toLocaleString("en-US"), unitPrice(line), money(line.usd)];
const hourRow = (line: HourLine): string[] => [line.what, line.note, unitPrice(line), money(line.usd)];

/** The first column is text, the last one figures. */
function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, i) => (i === 0 ? "---" : /^[\d,.]+$/.test(rows[0]?.[i] ?? "") ? "---:" : "---"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const bullets = (texts: readonly string[]): string => texts.map((text) => `- ${text}`).join("\n");
