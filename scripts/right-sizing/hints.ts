import { instanceHour } from "../../contracts/prices.ts";
import { prices } from "../../local/cost/prices.ts";

/** What was recorded of a function's invocations. */
export interface FunctionUse {
  readonly name: string;
  readonly memoryMb: number;
  /** The most that any invocation used. */
  readonly usedMb: number;
  /** Milliseconds that were billed, on average. */
  readonly billedMs: number;
  readonly invocations: number;
}

/** What was recorded of the jobs of one kind on one type of instance. */
export interface JobUse {
  readonly kind: string;
  readonly instanceType: string;
  readonly jobs: number;
  readonly hours: number;
  /** Percent of all cores, on average; SageMaker counts each core as 100. */
  readonly cpu: number | undefined;
  /** Percent of memory, at most. */
  readonly memory: number | undefined;
  /** Percent of the GPUs, on average; undefined without one. */
  readonly gpu: number | undefined;
}

export interface Hint {
  readonly what: string;
  readonly now: string;
  readonly try: string;
  /** Why, in numbers. */
  readonly reason: string;
  /** Dollars a month that it would save at most; below 0 where it costs. Undefined where nothing can be said. */
  readonly monthlyDollars: number | undefined;
}

/** So few say nothing of the most that is needed. */
const leastInvocations = 50;
const leastJobs = 5;
/** Memory that was never used beyond this share is too much, beyond that share too little; room left above what was used. */
const [tooMuch, tooLittle, room] = [0.5, 0.9, 1.3];
/** Lambda's memory goes up in steps of 1 MB; we keep to steps of 64, from 128. (Lambda developer guide, "Configure Lambda function memory") */
const step = 64;
const monthDays = 365 / 12;

const roomFor = (usedMb: number): number => Math.min(10_240, Math.max(128, Math.ceil((usedMb * room) / step) * step));

/** What a function's memory could be. `days`: how long was recorded. */
export function functionHint({ name, memoryMb, usedMb, billedMs, invocations }: FunctionUse, days: number): Hint {
  const hint = { what: name, now: `${memoryMb} MB` };
  const used = `it used ${usedMb} MB at most`;
  if (invocations < leastInvocations)
    return { ...hint, try: "wait", reason: `${invocations} invocations say too little; ${leastInvocations} are wanted`, monthlyDollars: undefined };
  const wanted = roomFor(usedMb);
  const perMonth = (mb: number): number => (((invocations * billedMs) / 1000) * (mb / 1024) * prices.functionGbSecond.usd * monthDays) / days;
  if (usedMb > memoryMb * tooLittle)
    return { ...hint, try: `${wanted} MB`, reason: `${used}: more input may end it`, monthlyDollars: perMonth(memoryMb) - perMonth(wanted) };
  if (usedMb < memoryMb * tooMuch && wanted < memoryMb)
    return {
      ...hint,
      try: `${wanted} MB`,
      reason: `${used}; less memory is less CPU, too: measure with npm run tune-memory first`,
      monthlyDollars: perMonth(memoryMb) - perMonth(wanted),
    };
  return { ...hint, try: "keep", reason: used, monthlyDollars: undefined };
}

/** Sizes of instances, each with twice the cores and memory of the one before. */
const sizes = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"];
const parts = (instanceType: string): { family: string; size: string } => {
  const [, family = "", size = ""] = instanceType.split(".");
  return { family, size };
};

/** Cores of an instance type by its size: 2 of `large`, 4 of `xlarge`, 4 times N of `Nxlarge`. (EC2 instance types, general and compute families) */
export function coresOf(instanceType: string): number {
  const { size } = parts(instanceType);
  if (size === "medium" || size === "large") return 2;
  const times = /^(\d*)xlarge$/.exec(size);
  if (times === null) throw new Error(`The cores of ${instanceType} are not known.`);
  return 4 * Number(times[1] === "" ? 1 : times[1]);
}

function neighbour(instanceType: string, steps: 1 | -1): string | undefined {
  const { family, size } = parts(instanceType);
  const other = sizes[sizes.indexOf(size) + steps];
  return sizes.includes(size) && other !== undefined ? `ml.${family}.${other}` : undefined;
}

/** What a kind of job could run on. `days`: how long was recorded. */
export function jobHint({ kind, instanceType, jobs, hours, cpu, memory, gpu }: JobUse, days: number): Hint {
  const hint = { what: kind, now: instanceType };
  if (cpu === undefined || memory === undefined || jobs < leastJobs) {
    const reason = cpu === undefined || memory === undefined ? "CloudWatch has no utilisation of it" : `${jobs} jobs say too little; ${leastJobs} are wanted`;
    return { ...hint, try: "wait", reason, monthlyDollars: undefined };
  }
  const measured = `CPU ${Math.round(cpu)} %, memory ${Math.round(memory)} % at most${gpu === undefined ? "" : `, GPU ${Math.round(gpu)} %`}`;
  const saving = (other: string, times: number): number | undefined => {
    const [own, theirs] = [instanceHour[instanceType], instanceHour[other]];
    return own === undefined || theirs === undefined ? undefined : ((own - theirs * times) * hours * monthDays) / days;
  };
  if (gpu !== undefined && gpu < 20) return { ...hint, try: "a type without GPU", reason: `${measured}: the GPU waits`, monthlyDollars: undefined };
  const [above, below] = [neighbour(instanceType, 1), neighbour(instanceType, -1)];
  if (memory > 90 && above !== undefined) return { ...hint, try: above, reason: `${measured}: a longer video may end it`, monthlyDollars: saving(above, 1) };
  // Half of the memory and of the cores must still do.
  if (cpu < 35 && memory < 40 && below !== undefined)
    return { ...hint, try: below, reason: `${measured}: half of it would do`, monthlyDollars: saving(below, 1) };
  if (cpu > 85 && above !== undefined)
    return {
      ...hint,
      try: above,
      reason: `${measured}: it waits for its cores; if twice as many take half the time, it costs the same`,
      monthlyDollars: saving(above, 0.5),
    };
  return { ...hint, try: "keep", reason: measured, monthlyDollars: undefined };
}

/** A table of hints, what would save most first. */
export function hintTable(hints: readonly Hint[]): string {
  const sorted = [...hints].sort((a, b) => (b.monthlyDollars ?? 0) - (a.monthlyDollars ?? 0) || a.what.localeCompare(b.what));
  const rows = [
    ["what", "now", "try", "saves at most, $ a month", "why"],
    ...sorted.map((hint) => [hint.what, hint.now, hint.try, hint.monthlyDollars === undefined ? "" : hint.monthlyDollars.toFixed(2), hint.reason]),
  ];
  const widths = (rows[0] as string[]).map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return `${rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] as number))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")}\n`;
}
