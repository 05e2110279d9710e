import type { EvidenceItem } from "../../contracts/report.ts";

/** Seconds as `m:ss`, on the source's timeline: the nearest whole second. */
export function clockOf(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** What a number in a sentence counts. */
export type Quantity = "clock" | "seconds" | "percent" | "count" | "per-hour" | "diagonals" | "diagonals-per-second" | "diagonals-per-second-cubed";

export interface Claim {
  /** As it stands in the sentence. */
  readonly text: string;
  readonly quantity: Quantity;
  /** In the quantity's own unit; percent from 0 to 100. */
  readonly value: number;
  /** Half a unit of its last digit: values this near are the same, rounded. */
  readonly tolerance: number;
}

/** A number where it stands in a text, with its unit. */
export interface NumberInText {
  readonly index: number;
  readonly length: number;
  /** A claim, or why it can't be read as one. */
  readonly read: Claim | string;
}

/**
 * Units as sentences write them, longest first. A number without one counts things. Minutes and hours are missing on purpose:
 * durations are in seconds and places in time as m:ss, so that each number has one form that can be compared.
 */
const units: readonly (readonly [RegExp, Quantity, number])[] = [
  [/^\s*(?:times per hour|per hour|次\/小時)(?![a-z])/i, "per-hour", 1],
  [/^\s*(?:diagonals? per second cubed|對角線\/立方秒)(?![a-z])/i, "diagonals-per-second-cubed", 1],
  [/^\s*(?:diagonals? per second|對角線\/秒)(?![a-z])/i, "diagonals-per-second", 1],
  [/^\s*(?:diagonals?|倍?對角線)(?![a-z/])/i, "diagonals", 1],
  [/^\s*(?:%|percent(?![a-z]))/i, "percent", 1],
  [/^\s*(?:seconds?|s|秒)(?![a-z])/i, "seconds", 1],
  [/^\s*(?:times|次)(?![a-z])/i, "count", 1],
];
/** Units that no sentence may use, because no value of the evidence is in one. */
const otherUnits = /^\s*(?:minutes?|mins?|hours?|hrs?|h|m|mm|cm|ml|cc|mg|kg|g|ms|fps|frames?|degrees?|°|分|小時|毫|公|度|幀|張|歲|年|月|日)(?![a-z])/i;

const number = /\d+:\d+(?::\d+)?(?:\.\d+)?|\d+(?:[.,]\d+)*/g;

/** Every number of a text. */
export const numbersIn = (text: string): NumberInText[] =>
  [...text.matchAll(number)].map(({ 0: found, index }) => {
    const after = text.slice(index + found.length);
    const unit = [...units.map(([pattern]) => pattern), otherUnits].map((pattern) => pattern.exec(after)?.[0]).find((matched) => matched !== undefined);
    const isClock = found.includes(":");
    return { index, length: found.length + (isClock ? 0 : (unit?.length ?? 0)), read: readNumber(found, text.slice(0, index), after) };
  });

function readNumber(found: string, before: string, after: string): Claim | string {
  if (/(?:^|[\s(:：])[-−]$/.test(before)) return `"-${found}" is below zero; no value of the evidence is.`;
  if (/[\p{L}_]$/u.test(before) && !/[\p{Script=Han}]$/u.test(before)) return `"${found}" is part of a word that no cited finding is called by.`;
  if (found.includes(":")) return clockClaim(found) ?? `"${found}" is no time as m:ss.`;
  if (found.includes(",") || found.split(".").length > 2) return `"${found}" must be written with digits and at most one point.`;
  if (otherUnits.test(after)) return `"${found}" has a unit that no value of the evidence is in.`;
  const [, quantity] = units.find(([unit]) => unit.test(after)) ?? [undefined, "count" as const];
  const decimals = found.split(".")[1]?.length ?? 0;
  return { text: found, quantity, value: Number(found), tolerance: 0.5 * 10 ** -decimals };
}

/** `m:ss`, `h:mm:ss`, either with tenths. */
function clockClaim(text: string): Claim | undefined {
  const match = /^(?:(\d+):)?(\d+):([0-5]\d)(\.\d)?$/.exec(text);
  if (!match) return undefined;
  const [, hours = "0", minutes = "0", seconds = "0", tenths = ""] = match;
  if (match[1] !== undefined && !/^[0-5]\d$/.test(minutes)) return undefined;
  return { text, quantity: "clock", value: 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds + tenths), tolerance: tenths ? 0.05 : 0.5 };
}

const quantityOf = {
  seconds: ["seconds", 1],
  count: ["count", 1],
  "count-per-hour": ["per-hour", 1],
  share: ["percent", 100],
  probability: ["percent", 100],
  diagonals: ["diagonals", 1],
  "diagonals-per-second": ["diagonals-per-second", 1],
  "diagonals-per-second-cubed": ["diagonals-per-second-cubed", 1],
} as const;

/** Rounding errors of floating point, not of people. */
const epsilon = 1e-6;

/** What a time is said to be of what it stands beside; null if the sentence leaves it open. */
export type Role = "start" | "end" | null;

/** Whether an item bears the number: its start or end as a time, its length in seconds, or its value in its own unit. */
export function bears(item: EvidenceItem, { quantity, value, tolerance }: Claim, role: Role = null): boolean {
  const near = (other: number) => Math.abs(other - value) <= tolerance + epsilon;
  const { span } = item;
  if (span && quantity === "clock") return (role !== "end" && near(span.startSeconds)) || (role !== "start" && near(span.endSeconds));
  if (span && quantity === "seconds" && near(span.endSeconds - span.startSeconds)) return true;
  if (item.value === null || item.unit === null) return false;
  const [own, scale] = quantityOf[item.unit];
  // A count is whole: 3.4 is no 3.
  if (own === "count" && quantity === "count") return item.value === value;
  return own === quantity && near(item.value * scale);
}
