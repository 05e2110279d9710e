import { classificationLine } from "../../../../contracts/analyser-result.ts";
import type { Analysis, ScoreSeries } from "../../../../contracts/analysis.ts";
import { scoresKey } from "../../../../contracts/keys.ts";
import type { Subject } from "../../../../contracts/model.ts";
import { BrokenContract } from "../../../runtime/errors.ts";
import type { Lake } from "../../../runtime/lake.ts";
import { putCompressed } from "../chunks.ts";
import { type LookedAt, looks } from "../looks.ts";
import type { Sighting } from "../presence.ts";
import type { Finding } from "../results.ts";
import { samplesOf } from "../samples.ts";
import { type ProducerStatistics, producerStatistics } from "../statistics.ts";
import type { Video } from "../video.ts";

/** What a classifying network said inside the body, in columns: some tens of bytes a frame, so that a whole operation fits. */
export interface Series {
  finding: Finding;
  /** Frames of the analysis rendition, rising, and the source frames that they show. */
  frames: number[];
  shown: number[];
  /** For each label its probability in each frame, in ten-thousandths: finer would pretend. */
  scores: number[][];
  statistics: ProducerStatistics;
  lookedAt: LookedAt;
}

/** The unit of {@link Series.scores}. */
export const scale = 1e4;

export async function readSeries(lake: Pick<Lake, "lines">, finding: Finding, video: Video): Promise<Series> {
  const { producer, labels } = finding;
  const statistics = producerStatistics(finding);
  const looked = looks(finding, "classifications", video);
  const frames: number[] = [];
  const shown: number[] = [];
  const scores: number[][] = labels.map(() => []);
  for await (const sample of samplesOf(lake, finding, classificationLine, video)) {
    const given = sample.line.scores;
    if (given.length !== labels.length)
      throw new BrokenContract(`${producer.id} gives ${given.length} scores for its ${labels.length} labels in frame ${sample.frame}.`);
    looked.add(sample.frame);
    frames.push(sample.frame);
    shown.push(sample.shown);
    for (const [label, score] of given.entries()) (scores[label] as number[]).push(Math.round(score * scale));
    statistics.add(
      given.map((score, label): Sighting => [label, score]),
      sample.line.embedding,
    );
  }
  return { finding, frames, shown, scores, statistics: statistics.finish(), lookedAt: looked.finish() };
}

export async function storeSeries(
  lake: Pick<Lake, "put" | "uri">,
  { finding: { producer, labels }, shown, scores }: Series,
  subject: Subject,
  { caseId, runId }: Video,
): Promise<Analysis["scores"][number]> {
  const content: ScoreSeries = {
    schema: "score-series/1.0",
    producer: producer.id,
    labels,
    frames: shown,
    scores: scores.map((column) => column.map((score) => score / scale)),
  };
  const place = await putCompressed(lake, scoresKey(caseId, runId, producer.id), content);
  return { producer: producer.id, subject, labels, frameCount: shown.length, ...place };
}
