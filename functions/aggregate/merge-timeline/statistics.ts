import type { CueType } from "../../../contracts/analyser-result.ts";
import type { RunStatistics } from "../../../contracts/run-statistics.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import type { Cues } from "./cues.ts";
import type { Sighting } from "./presence.ts";
import type { Finding } from "./results.ts";
import type { Video } from "./video.ts";

export type ProducerStatistics = RunStatistics["producers"][number];

const bins = 10;

/** Counts how one producer's scores are distributed, frame by frame, and where its frames lie on average. */
export function producerStatistics({ producer, labels }: Pick<Finding, "producer" | "labels">) {
  const threshold = producer.threshold ?? 0;
  const counts = labels.map(() => new Array<number>(bins).fill(0));
  const shown = labels.map(() => 0);
  const lastSeen = labels.map(() => -1);
  let frameCount = 0;
  let sums: number[] | undefined;
  return {
    /** Takes everything that was said of one frame. Throws BrokenContract where its embedding is not as long as that of the frames before. */
    add(sightings: readonly Sighting[], embedding: readonly number[] = []): void {
      sums ??= embedding.map(() => 0);
      if (embedding.length !== sums.length)
        throw new BrokenContract(`${producer.id} gives embeddings of ${sums.length} numbers and of ${embedding.length}; they must be as long in every frame.`);
      for (const [i, value] of embedding.entries()) sums[i] = (sums[i] as number) + value;
      for (const [label, score] of sightings) {
        const histogram = counts[label] as number[];
        const bin = Math.min(bins - 1, Math.floor(score * bins));
        histogram[bin] = (histogram[bin] as number) + 1;
        if (score < threshold || lastSeen[label] === frameCount) continue;
        lastSeen[label] = frameCount;
        shown[label] = (shown[label] as number) + 1;
      }
      frameCount++;
    },
    finish: (): ProducerStatistics => ({
      ...{ producer: producer.id, version: producer.version, digest: producer.digest },
      frameCount,
      labels: labels.map((label, i) => ({ label, frameCount: shown[i] as number, scores: counts[i] as number[] })),
      embedding: sums === undefined || sums.length === 0 ? null : sums.map((sum) => Math.round((1e4 * sum) / frameCount) / 1e4),
    }),
  };
}

/** Shares of the rendition's frames: outside the body, and with each cue that our own measurement found there or not. */
export function sharesOf({ gate, frameCount }: Pick<Video, "gate" | "frameCount">, cues: readonly Cues[]): RunStatistics["shares"] {
  const lines = cues.filter(({ producer }) => producer.kind === "algorithm").flatMap((found) => found.lines);
  const share = (spans: readonly { startFrame: number; endFrame: number }[]) =>
    Math.round((1e4 * spans.reduce((sum, { startFrame, endFrame }) => sum + endFrame - startFrame, 0)) / frameCount) / 1e4;
  const shareOf = (type: CueType) => share(lines.filter((line) => line.type === type));
  return { outOfBody: share(gate), black: shareOf("black"), blur: shareOf("blur"), overexposed: shareOf("overexposed"), underexposed: shareOf("underexposed") };
}
