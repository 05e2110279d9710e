import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../local/root.ts";
import type { Measurement, Sample } from "../measurement.ts";

const child = join(import.meta.dirname, "../children/pack.ts");
const programRow = "program of prod, offline";
const packRow = "the pack over what it registers";

interface Output {
  readonly program: Pick<Sample, "cpuSeconds" | "wallSeconds">;
  readonly pack: Pick<Sample, "cpuSeconds" | "wallSeconds">;
  /** Resources times rules. */
  readonly pairs: number;
}

let pairs = 0;

/** (g) What the policy pack adds to a preview. */
export const pack: Measurement = {
  id: "pack",
  title: "Policy pack",
  baseline: programRow,
  needs: [],
  explanation:
    "The program of stack `prod` run offline, then every rule of the pack over everything that it registered, once and cold, in the same process, as `npm run preview` does it. " +
    "Without the time that Node takes to load either.",
  prepare: async () => [
    async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [child, "prod"], { cwd: root });
      const output = JSON.parse(stdout) as Output;
      pairs = output.pairs;
      return [
        { row: programRow, ...output.program, peakMemoryBytes: null },
        { row: packRow, ...output.pack, peakMemoryBytes: null },
      ];
    },
  ],
  conclude: (medians) => {
    const [program, judged] = [medians.get(programRow), medians.get(packRow)];
    if (program === undefined || judged === undefined || pairs === 0) return [];
    return [
      `The pack adds ${((100 * judged.wallSeconds) / program.wallSeconds).toFixed(1)} % to the program: ` +
        `${((1000 * judged.wallSeconds) / (pairs / 1000)).toFixed(2)} ms for a thousand pairs of resource and rule, of which there are ${pairs.toLocaleString("en")}.`,
    ];
  },
};
