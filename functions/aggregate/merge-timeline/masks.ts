import { maskLine } from "../../../contracts/analyser-result.ts";
import type { Analysis, MaskChunk } from "../../../contracts/analysis.ts";
import { maskChunkKey } from "../../../contracts/keys.ts";
import type { Subject } from "../../../contracts/model.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { cutter, type Piece, putCompressed } from "./chunks.ts";
import { type LookedAt, looks } from "./looks.ts";
import { inWords, type Presence, presenceSpans } from "./presence.ts";
import type { Finding } from "./results.ts";
import { checkLabel, samplesOf } from "./samples.ts";
import { type ProducerStatistics, producerStatistics } from "./statistics.ts";
import type { Video } from "./video.ts";

export interface MergedMasks {
  masks: Analysis["masks"][number];
  presences: Presence[];
  statistics: ProducerStatistics;
  lookedAt: LookedAt;
}

/** Streams one producer's masks into chunks in the lake, and gathers when each thing was seen. Throws BrokenContract for masks that don't fill their grid, and for grids that change. */
export async function mergeMasks(
  lake: Pick<Lake, "lines" | "put" | "uri">,
  finding: Finding,
  subject: Extract<Subject, "instrument" | "structure">,
  video: Video,
): Promise<MergedMasks> {
  const { producer, labels } = finding;
  const masks: MergedMasks["masks"] = { producer: producer.id, labels, frameCount: 0, maskCount: 0, chunks: [] };
  const presence = presenceSpans(labels.length, video.rate, finding.frameStep);
  const statistics = producerStatistics(finding);
  const looked = looks(finding, "masks", video);
  let grid: { gridWidth: number; gridHeight: number } | undefined;
  const cut = cutter<MaskChunk>(video, () => ({
    schema: "mask-chunk/1.0",
    producer: producer.id,
    ...(grid as NonNullable<typeof grid>),
    ...{ frames: [], offsets: [0], label: [], score: [], runs: [] },
  }));
  const store = async ({ index, startFrame, endFrame, content }: Piece<MaskChunk>) => {
    const key = maskChunkKey(video.caseId, video.runId, producer.id, index);
    masks.chunks.push({ ...(await putCompressed(lake, key, content)), startFrame, endFrame });
  };

  for await (const { frame, shown, line } of samplesOf(lake, finding, maskLine, video)) {
    const { gridWidth, gridHeight } = line;
    looked.add(frame);
    grid ??= { gridWidth, gridHeight };
    if (grid.gridWidth !== gridWidth || grid.gridHeight !== gridHeight)
      throw new BrokenContract(`${producer.id} changes its grid from ${grid.gridWidth}x${grid.gridHeight} to ${gridWidth}x${gridHeight} in frame ${frame}.`);
    for (const [label, , runs] of line.masks) {
      checkLabel(label, finding, frame);
      const cells = runs.reduce((sum, run) => sum + run, 0);
      if (cells !== gridWidth * gridHeight)
        throw new BrokenContract(`A mask of ${producer.id} in frame ${frame} covers ${cells} cells of a grid of ${gridWidth}x${gridHeight}.`);
    }
    presence.add(
      frame,
      line.masks.filter(([, score]) => score >= (producer.threshold ?? 0)),
    );
    statistics.add(line.masks, line.embedding);
    const { content, done } = cut.at(shown);
    if (done) await store(done);
    content.frames.push(shown);
    for (const [label, score, runs] of line.masks) {
      content.label.push(label);
      content.score.push(score);
      content.runs.push(runs);
    }
    content.offsets.push(content.label.length);
    masks.frameCount++;
    masks.maskCount += line.masks.length;
  }
  for (const piece of cut.finish()) await store(piece);
  const presences = inWords(presence.finish(video.frameCount), subject, finding, video);
  return { masks, presences, statistics: statistics.finish(), lookedAt: looked.finish() };
}
