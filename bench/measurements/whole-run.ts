import { join } from "node:path";
import type { Measurement } from "../measurement.ts";
import { measureCommand } from "../resources.ts";
import { decode, decodeRow } from "./decode.ts";

const wholeRow = "whole local run";
/** States that do work; the others take milliseconds. Branches run side by side, so their times overlap. */
const stages = [
  "IndexSource",
  "Normalise",
  "IndexRendition",
  "ScreenFrames",
  "DecideGate",
  "RunAnalyser",
  "RenderReview",
  "IndexReview",
  "CollectShots",
  "MergeTimeline",
];

/** (d) Everything that `npm run analyse` does, from an empty folder: deployment, upload, and every state of the run. */
export const wholeRun: Measurement = {
  id: "whole-run",
  title: "The whole local run",
  baseline: decodeRow,
  needs: [decode.id],
  explanation:
    "Stack `local` deployed into an empty folder, the clip uploaded and analysed, the local cloud closed. Below it the states that " +
    "do work, on the wall; branches run side by side. `RenderReview` encodes full HD for people to watch, which no analysis needs: it is most of the cost.",
  prepare: async ({ clip, folder }) => {
    let run = 0;
    return [
      async () => {
        const dataDir = join(folder, `whole-run-${run++}`);
        const { sample, output } = await measureCommand(wholeRow, process.execPath, [
          join(import.meta.dirname, "../children/whole-run.ts"),
          clip.file,
          dataDir,
        ]);
        const seconds = JSON.parse(output) as Record<string, number>;
        return [sample, ...stages.map((state) => ({ row: state, cpuSeconds: null, wallSeconds: seconds[state] ?? 0, peakMemoryBytes: null }))];
      },
    ];
  },
};
