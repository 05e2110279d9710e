import { join } from "node:path";
import type { Measurement, Sample } from "../measurement.ts";
import { measureCommand } from "../resources.ts";
import { writeTimeline } from "../timeline.ts";

const child = join(import.meta.dirname, "../children/aggregate.ts");
const rowOf = (hours: number): string => `${hours} h`;
/** What the function is deployed with (`components/analysis/aggregation.ts`). */
const options = ["--max-semi-space-size=4"];
const hours = [0.25, 0.5, 1, 2];
/** A minute and two, to see that it works. */
const quickHours = [1 / 60, 1 / 30].map((value) => Math.round(value * 1000) / 1000);
const boxes = new Map<number, number>();

/** (h) What MergeTimeline takes for long operations: its time must be linear in the video's length, its memory flat. */
export const aggregate: Measurement = {
  id: "aggregate",
  title: "Merging the timeline of long operations",
  baseline: rowOf(1),
  needs: [],
  explanation:
    "The handler of `MergeTimeline` in a process of its own, start-up included, over results that are made up: 25 frames per second, each with 11 boxes of " +
    "two detectors that see the same instruments, so a million boxes an hour; phases and spoiled views beside them. The lake is a folder. " +
    "Boxes are validated, suppressed across detectors, followed, cut into chunks and compressed.",
  prepare: async ({ folder, quick, log }) => {
    const runs = [];
    for (const length of quick ? quickHours : hours) {
      const lake = join(folder, `aggregate-${length}`);
      const { envelopes, boxCount } = await writeTimeline(lake, Math.round(length * 3600));
      boxes.set(length, boxCount);
      log(`${rowOf(length)}: ${boxCount.toLocaleString("en")} boxes`);
      runs.push(async () => {
        const { sample } = await measureCommand(rowOf(length), process.execPath, [...options, child, lake, JSON.stringify(envelopes)]);
        return [sample];
      });
    }
    return runs;
  },
  conclude: (medians) => {
    const [half, one, two] = [0.5, 1, 2].map((length) => medians.get(rowOf(length)));
    const count = boxes.get(1);
    if (!half || !one || !two || count === undefined) return [];
    const mebibytes = ({ peakMemoryBytes }: Sample) => ((peakMemoryBytes ?? 0) / 2 ** 20).toFixed(0);
    return [
      `An hour with ${count.toLocaleString("en")} boxes takes ${one.wallSeconds.toFixed(1)} s, ${Math.round(count / one.wallSeconds / 1000)} thousand boxes a second.`,
      `Two hours take ${(two.wallSeconds / one.wallSeconds).toFixed(2)} times as long as one and ${mebibytes(two)} MiB instead of ${mebibytes(one)}.`,
    ];
  },
};
