/**
 * Days that can pass at most between two runs of a schedule, `cron(...)` or `rate(...)` (AWS Backup Developer Guide, "Creating a
 * backup plan"); infinity for one that does not run in every month, or that is not understood.
 */
export function longestGapDays(schedule: string): number {
  const [, value, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  if (unit !== undefined) return Math.ceil(Number(value) / perDay[unit]!);
  const [, fields] = /^cron\((.+)\)$/.exec(schedule) ?? [];
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields?.split(/\s+/) ?? [];
  if (minute === undefined || hour === undefined || year === undefined || month !== "*" || year !== "*") return Number.POSITIVE_INFINITY;
  const everyDay = (field: string | undefined): boolean => field === "*" || field === "?" || field === "*/1" || field === "1/1";
  if (everyDay(dayOfMonth) && everyDay(dayOfWeek)) return 1;
  return everyDay(dayOfMonth) ? 7 : 31;
}

const perDay: Readonly<Record<string, number>> = { minute: 24 * 60, hour: 24, day: 1 };
