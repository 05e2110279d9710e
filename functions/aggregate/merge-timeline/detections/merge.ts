import { type DetectionLine, detectionLine } from "../../../../contracts/analyser-result.ts";
import type { Analysis, DetectionChunk, TrackList } from "../../../../contracts/analysis.ts";
import { detectionChunkKey, tracksKey } from "../../../../contracts/keys.ts";
import type { Subject } from "../../../../contracts/model.ts";
import type { Lake } from "../../../runtime/lake.ts";
import { cutter, type Piece, putCompressed } from "../chunks.ts";
import { compare } from "../items.ts";
import { type LookedAt, looks } from "../looks.ts";
import { outbox } from "../outbox.ts";
import { inWords, type Presence, presenceSpans } from "../presence.ts";
import type { Finding } from "../results.ts";
import { checkLabel, inStep, type Sample, samplesOf } from "../samples.ts";
import { type ProducerStatistics, producerStatistics } from "../statistics.ts";
import { longestGapFrames, type Video } from "../video.ts";
import { isDetectionLine } from "./line.ts";
import { type Candidate, suppress } from "./suppression.ts";
import { type Track, tracker } from "./tracker.ts";

export interface MergedDetections {
  detections: Analysis["detections"];
  presences: Presence[];
  /** Null where nothing is followed. */
  tracks: readonly Track[] | null;
  statistics: ProducerStatistics[];
  lookedAt: LookedAt[];
  /** The frame with the most boxes of all producers together. */
  busiest: Crowd | null;
}

/** How many boxes a frame has, and the sum of their scores. */
export interface Crowd {
  frame: number;
  boxes: number;
  score: number;
}

/** A chunk while it fills, and the track of each of its boxes: tracks get their numbers later. */
interface Filling {
  chunk: DetectionChunk;
  tracks: (Track | undefined)[];
}

/**
 * Streams the boxes of all producers of one subject side by side: suppresses across them what shows the same thing, follows
 * instruments, cuts chunks into the lake, and gathers when each thing was seen. Findings are in the order of their
 * producers' identifiers. Holds two chunks a producer, whatever the video's length.
 */
export async function mergeDetections(
  lake: Pick<Lake, "lines" | "put" | "uri">,
  findings: readonly Finding[],
  subject: Extract<Subject, "instrument" | "structure">,
  video: Video,
): Promise<MergedDetections> {
  const { frames, rate, raster } = video;
  const names = [...new Set(findings.flatMap(({ labels }) => labels))].sort(compare);
  const categoriesOf = findings.map(({ labels }) => labels.map((label) => names.indexOf(label)));
  const tracks = subject === "instrument" ? tracker(longestGaps(names, findings, rate), Math.hypot(raster.width, raster.height)) : undefined;
  const thresholds = findings.map(({ producer }) => producer.threshold ?? 0);
  const isSure = ({ producer, score }: Candidate) => score >= (thresholds[producer] as number);
  const out = outbox();
  let busiest: Crowd | null = null;

  const outlets = findings.map((finding) => {
    const { producer, labels } = finding;
    const detections: Analysis["detections"][number] = { producer: producer.id, labels, frameCount: 0, boxCount: 0, chunks: [] };
    const cut = cutter<Filling>(video, () => ({ chunk: emptyChunk(producer.id), tracks: [] }));
    const store = ({ index, startFrame, endFrame, content }: Piece<Filling>) => {
      content.chunk.track = content.tracks.map((track) => track?.number ?? -1);
      const key = detectionChunkKey(video.caseId, video.runId, producer.id, index);
      const place = detections.chunks.push({ uri: lake.uri(key), startFrame, endFrame, sha256: "" }) - 1;
      return out.add(async () => {
        const { sha256 } = await putCompressed(lake, key, content.chunk);
        (detections.chunks[place] as { sha256: string }).sha256 = sha256;
      });
    };
    return {
      ...{ finding, detections, cut, store },
      presence: presenceSpans(labels.length, rate, finding.frameStep),
      looked: looks(finding, "detections", video),
      statistics: producerStatistics(finding),
    };
  });

  for await (const samples of inStep(findings.map((finding) => samplesOf(lake, finding, detectionLine, video, isDetectionLine)))) {
    const found: Candidate[] = [];
    const categories = new Set<number>();
    for (const [i, sample] of samples.entries()) {
      if (!sample) continue;
      const { finding, presence, looked, statistics } = outlets[i] as (typeof outlets)[number];
      const boxes = candidatesOf(sample, finding, i, categoriesOf[i] as number[]);
      looked.add(sample.frame);
      presence.add(sample.frame, sightingsOf(sample.line.boxes, thresholds[i] as number));
      statistics.add(sample.line.boxes, sample.line.embedding);
      found.push(...boxes);
      for (const category of categoriesOf[i] as number[]) categories.add(category);
    }
    const { frame: renditionFrame, shown: frame } = samples.find((sample) => sample !== undefined) as Sample<DetectionLine>;
    const boxes = suppress(found, isSure);
    const trackOf = tracks?.add({ frame, renditionFrame, seconds: frames.secondsOf(frame), boxes, isSure, categories: [...categories] });
    busiest = busier(busiest, frame, boxes);
    let next = 0;
    for (const [i, sample] of samples.entries()) {
      if (!sample) continue;
      const { detections, cut, store } = outlets[i] as (typeof outlets)[number];
      const { content, done } = cut.at(frame);
      if (done) await store(done);
      detections.frameCount++;
      content.chunk.frames.push(frame);
      for (let box = boxes[next]; box?.producer === i; box = boxes[++next]) {
        content.chunk.label.push(box.label);
        content.chunk.score.push(box.score);
        content.chunk.box.push(box.x, box.y, box.width, box.height);
        content.tracks.push(trackOf?.get(box));
        detections.boxCount++;
      }
      content.chunk.offsets.push(content.chunk.label.length);
    }
  }
  for (const { cut, store } of outlets) for (const piece of cut.finish()) await store(piece);
  await out.finish();
  return {
    detections: outlets.map(({ detections }) => detections),
    presences: outlets.flatMap(({ finding, presence }) => inWords(presence.finish(video.frameCount), subject, finding, video)),
    tracks: tracks?.tracks ?? null,
    statistics: outlets.map(({ statistics }) => statistics.finish()),
    lookedAt: outlets.map(({ looked }) => looked.finish()),
    busiest,
  };
}

/** For each class the longest gap in a track, in frames of the rendition: that of the network that looks for it most often. */
const longestGaps = (names: readonly string[], findings: readonly Finding[], rate: Video["rate"]): number[] =>
  names.map((name) => Math.min(...findings.filter(({ labels }) => labels.includes(name)).map(({ frameStep }) => longestGapFrames(rate, frameStep))));

function candidatesOf({ frame, line }: Sample<DetectionLine>, finding: Finding, producer: number, categories: readonly number[]): Candidate[] {
  return line.boxes.map(([label, score, x, y, width, height]) => {
    checkLabel(label, finding, frame);
    return { producer, category: categories[label] as number, label, score, x, y, width, height };
  });
}

const sightingsOf = (boxes: DetectionLine["boxes"], threshold: number) => boxes.filter(([, score]) => score >= threshold);

/** Of two frames the one with more boxes; of several, the one whose boxes are surest, then the earliest. */
function busier(busiest: Crowd | null, frame: number, boxes: readonly Candidate[]): Crowd | null {
  if (boxes.length === 0 || boxes.length < (busiest?.boxes ?? 0)) return busiest;
  const score = boxes.reduce((sum, box) => sum + box.score, 0);
  return busiest && boxes.length === busiest.boxes && score <= busiest.score ? busiest : { frame, boxes: boxes.length, score };
}

const emptyChunk = (producer: string): DetectionChunk => ({
  schema: "detection-chunk/1.0",
  producer,
  frames: [],
  offsets: [0],
  label: [],
  score: [],
  box: [],
  track: [],
});

/** Writes the tracks down. They point into the detections of this merge, which come first in the analysis. */
export async function storeTracks(
  lake: Pick<Lake, "put" | "uri">,
  { detections, tracks: followed }: MergedDetections,
  { caseId, runId }: Video,
): Promise<NonNullable<Analysis["tracks"]>> {
  const names = [...new Set(detections.flatMap(({ labels }) => labels))].sort(compare);
  const tracks = followed ?? [];
  const list: TrackList = {
    schema: "track-list/1.2",
    detections: tracks.map(({ producer }) => producer),
    label: tracks.map(({ producer, category }) => (detections[producer]?.labels ?? []).indexOf(names[category] as string)),
    startFrame: tracks.map(({ startFrame }) => startFrame),
    endFrame: tracks.map(({ lastFrame }) => lastFrame + 1),
    boxCount: tracks.map(({ boxCount }) => boxCount),
    confidence: tracks.map(({ scores, boxCount }) => rounded(scores / boxCount)),
    pathLength: tracks.map(({ pathLength }) => rounded(pathLength)),
    // Finer: of a calm hand it is a small number.
    jerkSquared: tracks.map(({ jerk }) => Math.round(jerk.squared * 1e6) / 1e6),
    jerkSeconds: tracks.map(({ jerk }) => rounded(jerk.seconds)),
    stable: tracks.map(({ stable }) => stable),
  };
  return { ...(await putCompressed(lake, tracksKey(caseId, runId), list)), trackCount: tracks.length };
}

/** To a ten-thousandth. */
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
