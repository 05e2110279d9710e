import { main, UsageError } from "../local/cli/command.ts";
import { type DatedData, datedData } from "../policies/data/versions.ts";

const defaultDays = 365;
const dayMs = 24 * 3600 * 1000;

/** Days from the day of some data to another. */
export const ageOf = ({ asOf }: DatedData, today: string): number => Math.round((Date.parse(today) - Date.parse(asOf)) / dayMs);

/** Every body of data with its age, and which are older than so many days. */
export function ageReport(all: readonly DatedData[], days: number, today: string): { text: string; old: boolean } {
  const old = all.filter((data) => ageOf(data, today) > days);
  const lines = all.flatMap((data) => [
    `${old.includes(data) ? "OLD  " : "     "}${data.name}: as of ${data.asOf}, ${ageOf(data, today)} days ago`,
    `       source: ${data.source}`,
    `       to refresh: ${data.refresh} Then set asOf to the day.`,
  ]);
  const summary =
    old.length === 0
      ? `None of ${all.length} is older than ${days} days.`
      : `${old.length} of ${all.length} ${old.length === 1 ? "is" : "are"} older than ${days} days: ${old.map(({ name }) => name).join("; ")}. Nothing is fetched here: compare with the source by hand, as it says above.`;
  return { text: [...lines, "", summary, ""].join("\n"), old: old.length > 0 };
}

if (import.meta.main)
  await main({
    help: `
npm run data-age -- [--days N]

Prints every dated body of data that the policy pack judges by, such as the list of HIPAA-eligible services: when it was last compared
with its source, what the source is, and what to do to bring it up to date. Reads no source itself: it needs no network, and what is old
stays old until a person has compared it.

  --days N     older than so many days is old; ${defaultDays} unless given
  -h, --help   this text

Exit code: 0 nothing is old; 1 something is; 2 wrong usage.`,
    options: { days: { type: "string" } },
    positionals: [],
    async run({ days = String(defaultDays) }) {
      if (!/^\d+$/.test(days)) throw new UsageError(`--days must be a number of days, not "${days}".`);
      const { text, old } = ageReport(datedData, Number(days), new Date().toISOString().slice(0, 10));
      process.stdout.write(text);
      return old ? 1 : 0;
    },
  });
