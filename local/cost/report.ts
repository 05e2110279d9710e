import { pricesAsOf } from "../../contracts/prices.ts";
import { idleMonth, videoHour } from "./assumptions.ts";
import type { Estimate } from "./estimate.ts";
import type { CostLine } from "./idle.ts";
import type { HourLine, VideoHourCost } from "./video-hour.ts";

/** Gives a text a style, or leaves it as it is where colours are not wanted. */
export type Paint = (style: "bold" | "dim", text: string) => string;

/** An estimate for a person to read; `hours` of video in a month. */
export function costReport({ stack, idle, videoHour: hour }: Estimate, hours: number, paint: Paint): string {
  const month = hour === undefined ? idle.usd : idle.usd + hours * (hour.analysisUsd + hour.storageUsd);
  return [
    paint("bold", `Stack ${stack}: what it costs, about.`),
    `List prices of us-east-1 of ${pricesAsOf} in US dollars, without free tiers, discounts, taxes and support.`,
    "A price with a ? is from memory: look it up before you rely on it.",
    "",
    paint("bold", "While idle, a month"),
    ...table(idle.lines.map((line) => [money(line.usd), quantity(line), unitPrice(line), line.what, resourceNote(line)])),
    paint("bold", `${money(idle.usd).padStart(amountWidth)}  in all`),
    "",
    ...(hour === undefined ? [] : describeHour(hour, paint)),
    ...(hour === undefined || hours === 0
      ? []
      : [paint("bold", `A month with ${plural(hours, "hour")} of video: $${money(month)}, the first year of keeping it included.`), ""]),
    paint("bold", "Billed by use, beside what stands above"),
    ...table(idle.byUse.map(({ type, count, billed }) => [String(count), type, billed])),
    `${plural(idle.freeCount, "more resource")} cost${idle.freeCount === 1 ? "s" : ""} nothing, idle or used.`,
    "",
    paint("bold", "Assumed"),
    ...assumptions.map((text) => `  ${text}`),
    "",
    paint("bold", "Left out"),
    ...leftOut(hour).map((text) => `  ${text}`),
    "",
  ].join("\n");
}

function describeHour(hour: VideoHourCost, paint: Paint): string[] {
  const rows = (lines: readonly HourLine[]): string[] => table(lines.map((line) => [money(line.usd), unitPrice(line), line.what, line.note]));
  return [
    paint("bold", "An hour of video, once"),
    ...rows(hour.analysis),
    paint("bold", `${money(hour.analysisUsd).padStart(amountWidth)}  in all`),
    "",
    paint("bold", "Keeping it, the first year"),
    ...rows(hour.storage),
    paint("bold", `${money(hour.storageUsd).padStart(amountWidth)}  in all`),
    "",
  ];
}

/** What an estimate takes for granted. */
export const assumptions: readonly string[] = [
  `An hour of video: 1080p, 25 frames a second, 8 Mbit/s, ${videoHour.gb.source} GB; nothing in it lies outside the patient, no job fails.`,
  "Speed of jobs: docs/benchmarks.md, in proportion to pixels, frames and processors.",
  `A quiet month in an account: ${idleMonth.configurationItems} changes recorded, ${idleMonth.evaluationsPerRule} evaluations of each Config rule; in each of its Regions ${idleMonth.securityChecks} security checks, ${idleMonth.managementEvents * 1e6} management events and ${idleMonth.flowLogGb} GB of flow logs for GuardDuty.`,
  "A metric made from a log reports all month; an endpoint with autoscaling stands at its least capacity.",
];

/** What an estimate says nothing of. */
export const leftOut = (hour: VideoHourCost | undefined): string[] => [
  "Data that leave AWS or pass a NAT gateway, logs, traces, key requests, and people's use of pages and sign-in.",
  "The second and later years of what is kept; objects' transitions between storage classes; backups of tables, restore tests.",
  "Language models that write reports and their guardrail: a case's own forecast and cost tell (docs/reports.md).",
  ...(hour === undefined || hour.otherMachines.length === 0
    ? []
    : [`What these state machines do, which no upload starts directly: ${hour.otherMachines.join(", ")}.`]),
];

const amountWidth = 10;

/** Two digits, or more where that would show nothing. */
export function money(usd: number): string {
  const digits = usd === 0 || usd >= 0.01 ? 2 : 4;
  return usd.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const trimmed = (value: number): string => Number(value.toPrecision(6)).toLocaleString("en-US", { maximumFractionDigits: 10 });
export const unitPrice = ({ price }: { price: CostLine["price"] }): string => `$${trimmed(price.usd)}/${price.unit}${price.source === "memory" ? " ?" : ""}`;
export const quantity = ({ quantity }: { quantity: number }): string => `${trimmed(quantity)} x`;
const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Which resources a line is for: their names if they are few. */
const resourceNote = ({ resources }: CostLine): string =>
  resources.length <= 3 ? resources.join(", ") : `${resources.slice(0, 2).join(", ")} and ${resources.length - 2} more`;

/** Rows of cells as columns: figures to the right, texts to the left. */
function table(rows: readonly string[][]): string[] {
  const widths = rows.reduce<number[]>((widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, cell.length)), []);
  return rows.map((row) =>
    row
      .map((cell, i) =>
        i === 0 ? cell.padStart(Math.max(amountWidth, widths[i]!)) : /^[\d,.]+ x$/.test(cell) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!),
      )
      .join("  ")
      .trimEnd(),
  );
}
